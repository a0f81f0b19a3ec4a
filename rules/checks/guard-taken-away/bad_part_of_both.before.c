/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_domain(struct demo *d)
{
	if (!mem_encrypt_active() && d->identity)
		return DEMO_IDENTITY;
	return 0;
}
