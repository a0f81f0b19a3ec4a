/* config: MMU=y   arch: powerpc   path: arch/powerpc/kernel/demo.c */
u32 demo_make(struct demo_entry *entry, u32 to)
{
	entry->jump[0] = demo_load(to);	/* BAD: read-only */
	entry->jump[1] = demo_jump();
	demo_count(entry);
	return (u32)entry;
}
