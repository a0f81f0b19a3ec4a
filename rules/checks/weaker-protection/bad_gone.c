/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_step(struct demo *d)
{
	demo_first(d);	/* BAD */
	demo_second(d);
}
