static void *demo_map(struct demo *d)
{
	void *p = demo_area(d);

	if (!p)
		return NULL;
	return kasan_reset_tag(p);
}

void *demo_prot(struct demo *d)
{
	demo_count(d);
	return demo_map(d);
}
