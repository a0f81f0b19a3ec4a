/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_unmap(struct demo *d, unsigned long at)
{
	demo_entry_t *entry;

	entry = demo_locked_entry(d, at);
	demo_clear(d, entry);	/* BAD: WARN_ON_ONCE */
	demo_put_entry(entry);
}
