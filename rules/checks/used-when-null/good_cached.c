/* config: MMU=y   arch: x86   path: mm/demo.c */
struct demo *demo_find(int nr);
struct demo *demo_alloc(int nr);

struct demo *demo_get(int nr)
{
	struct demo *d = demo_find(nr);

	if (d)
		return d;
	d = demo_alloc(nr);
	return d;
}
