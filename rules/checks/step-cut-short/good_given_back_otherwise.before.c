/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_free(void *ptr)
{
	WARN_ON(in_interrupt());
	vfree(ptr);
}
