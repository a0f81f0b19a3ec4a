int demo_make(struct demo *d, unsigned long pages)
{
	return demo_known(d, pages);
}
