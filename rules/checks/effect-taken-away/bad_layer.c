/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_poke_init(void)
{
	demo_mm = mm_alloc();
	demo_place(demo_mm);	/* BAD */
}
