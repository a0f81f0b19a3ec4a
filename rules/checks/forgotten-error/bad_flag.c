/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_map(int nr);
void demo_unpin(int nr);

int demo_start(int nr, bool pinned)
{
	int ret = demo_map(nr);

	if (ret < 0 && pinned) {	/* BAD */
		demo_unpin(nr);
		return ret;
	}
	nr++;
	return 0;
}
