void *demo_direct(struct demo *d)
{
	demo_count(d);
	return demo_prot(d);
}
