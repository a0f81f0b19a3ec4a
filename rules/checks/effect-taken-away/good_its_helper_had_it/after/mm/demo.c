static void *demo_map(struct demo *d)
{
	void *p = demo_area(d);

	if (!p)
		return NULL;
	return p;
}

void *demo_prot(struct demo *d)
{
	void *p;

	demo_count(d);
	p = demo_map(d);
	return kasan_reset_tag(p);
}
