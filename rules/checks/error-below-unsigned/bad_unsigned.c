/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_probe(int nr);

int demo_start(int nr)
{
	u32 r = demo_probe(nr);

	if (r < 0)	/* BAD */
		return r;
	return 0;
}
