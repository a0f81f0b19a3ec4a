void *demo_other(struct demo *d)
{
	return demo_prot(d);
}
