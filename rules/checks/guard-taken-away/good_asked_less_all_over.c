/* config: MMU=y   arch: x86   path: mm/demo.c */
bool demo_mirrored;

static unsigned long demo_absent(int nid, unsigned long start)
{
	unsigned long absent = demo_holes(nid, start);

	return absent;
}

static void demo_adjust(int nid, unsigned long *end)
{
	if (demo_movable(nid) < *end)
		*end = demo_movable(nid);
	demo_note(nid);
}

static bool demo_overlaps(int nid, unsigned long pfn)
{
	demo_count(nid);
	return demo_last(nid) > pfn;
}

void demo_setup(void)
{
	if (demo_mirrored)
		demo_find();
}
