/* config: MMU=y   arch: x86   path: mm/demo.c */
static struct demo *demo_box __ro_after_init;

void demo_wake(unsigned long at)
{
	demo_box->at = at;
}
