/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_put_back(struct demo *d, unsigned long addr)
{
	if (d->testing)
		demo_unprotect(addr);
	if (d->other) {
		demo_protect(d->other);
		d->other = 0;
	}
	demo_check(d);

	demo_protect(addr);
	demo_list(d);
}
