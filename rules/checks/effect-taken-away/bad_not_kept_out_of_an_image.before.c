/* config: HIBERNATION=y   arch: x86   path: mm/demo.c */
void demo_reserve(void)
{
	demo_dump(true);
	register_nosave_region(PFN_DOWN(__pa_symbol(&demo_begin)), PFN_UP(__pa_symbol(&demo_end)));
	demo_test(0);
}
