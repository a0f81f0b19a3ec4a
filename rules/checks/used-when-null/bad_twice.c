/* config: MMU=y   arch: x86   path: mm/demo.c */
struct demo *demo_alloc(int nr);
int demo_fill(struct demo *d);

void demo_start(int nr)
{
	struct demo *d = demo_alloc(nr);

	if (!WARN_ON(!d))	/* BAD */
		return;
	demo_fill(d);
}
