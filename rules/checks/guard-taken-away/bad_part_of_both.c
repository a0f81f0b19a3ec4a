/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_domain(struct demo *d)
{
	if (d->identity)
		return DEMO_IDENTITY;	/* BAD */
	return 0;
}
