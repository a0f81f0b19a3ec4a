/* config: MMU=y   arch: x86   path: mm/demo.c */
static struct demo *demo_box;

void demo_wake(unsigned long at)
{
	demo_box->at = at;
}
