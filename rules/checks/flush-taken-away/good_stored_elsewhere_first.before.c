/* config: MMU=y   arch: powerpc   path: arch/powerpc/kernel/demo.c */
u32 demo_make(struct demo_entry *entry, u32 to)
{
	if (patch_instruction(&entry->jump[0], demo_load(to)))
		return 0;
	if (patch_instruction(&entry->jump[1], demo_jump()))
		return 0;
	demo_count(entry);
	return (u32)entry;
}
