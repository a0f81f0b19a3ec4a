/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
static void demo_flush(struct demo_area *area)
{
}
