void *demo_other(struct demo *d)
{
	return demo_remap(d, demo_prot(d, PAGE_KERNEL));
}
