/* config: MMU=y   arch: powerpc   path: arch/powerpc/kernel/demo.c */
u32 demo_make(struct demo_entry *entry, u32 to)
{
	struct demo_entry made;

	made.jump[0] = demo_load(to);
	made.jump[1] = demo_jump();
	if (demo_patch_all(entry, &made))
		return 0;
	demo_count(entry);
	return (u32)entry;
}
