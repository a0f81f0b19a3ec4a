/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_stop(struct demo *d)
{
	set_memory_encrypted((unsigned long)d->buffer, 1);
	vfree(d->log);
	demo_done(d);
}
