/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_release(void *p);

void demo_stop(void *p)
{
	demo_disable(p);
	demo_release(p);
}
