void *demo_direct(struct demo *d)
{
	pgprot_t prot = demo_prot(d, PAGE_KERNEL);

	return demo_remap(d, prot);
}
