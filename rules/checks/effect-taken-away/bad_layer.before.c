/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_poke_init(void)
{
	demo_mm = mm_alloc();
	paravirt_arch_dup_mmap(NULL, demo_mm);
	demo_place(demo_mm);
}
