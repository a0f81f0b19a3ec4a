/* config: MMU=y   arch: s390   path: arch/s390/mm/demo.c */
void demo_pud(pud_t *pudp, unsigned long flags)
{
	pud_t new = *pudp;

	if (flags & DEMO_RO)
		new = demo_protect(new);
	demo_set(pudp, new);
}
