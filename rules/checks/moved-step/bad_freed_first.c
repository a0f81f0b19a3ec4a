/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_stop(struct demo *d)
{
	void *p = d->buffer;

	vfree(p);	/* BAD */
	set_memory_encrypted((unsigned long)p, 1);
	demo_done(d);
}
