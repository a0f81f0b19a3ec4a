/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_up(struct demo *demo)
{
	set_demo_bit_atomic(demo, 1);
}

void demo_down(struct demo *demo)
{
	set_demo_bit_atomic(demo, 2);
}

void demo_over(struct demo *demo)
{
	set_demo_bit(demo, 3);	/* BAD */
}
