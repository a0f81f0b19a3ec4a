pgprot_t demo_prot(struct demo *d, pgprot_t prot)
{
	if (d->shared)
		prot = pgprot_decrypted(prot);
	if (d->coherent)
		return prot;
	return pgprot_noncached(prot);
}
