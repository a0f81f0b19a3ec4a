/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_stop(struct demo *d)
{
	vfree(d->log);
	set_memory_encrypted((unsigned long)d->buffer, 1);
	demo_done(d);
}
