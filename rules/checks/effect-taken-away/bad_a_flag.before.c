/* config: MMU=y   arch: s390   path: arch/s390/mm/demo.c */
static void demo_pmd(pmd_t *pmdp, unsigned long flags)
{
	pmd_t new = *pmdp;

	if (flags & DEMO_RO)
		new = demo_protect(new);
	if (flags & DEMO_INV)
		new = demo_invalidate(new);
	demo_set(pmdp, new);
}

static void demo_pud(pud_t *pudp, unsigned long flags)
{
	pud_t new = *pudp;

	if (flags & DEMO_RO)
		new = demo_protect(new);
	if (flags & DEMO_INV)
		new = demo_invalidate(new);
	demo_set(pudp, new);
}
