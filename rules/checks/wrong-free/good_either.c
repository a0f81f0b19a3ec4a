/* config: MMU=y   arch: x86   path: mm/demo.c */
void *demo_get(int nr)
{
	void *p;

	if (nr < 4)
		p = kmalloc(nr, GFP_KERNEL);
	else
		p = vmalloc(nr);
	if (!demo_fill(p)) {
		kvfree(p);
		return NULL;
	}
	return p;
}
