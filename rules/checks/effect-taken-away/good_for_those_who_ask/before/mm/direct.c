void *demo_direct(struct demo *d)
{
	pgprot_t prot = demo_prot(d, PAGE_KERNEL);

	prot = pgprot_decrypted(prot);
	return demo_remap(d, prot);
}
