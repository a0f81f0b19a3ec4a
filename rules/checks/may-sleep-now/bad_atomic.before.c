/* config: MMU=y   arch: x86   path: mm/demo.c */
void *demo_table(int size)
{
	return kmalloc(size, GFP_ATOMIC);
}
