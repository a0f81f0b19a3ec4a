/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_flush(struct demo *d, struct mm_struct *mm)
{
	if (mm == d->users_mm)
		demo_flush_here(mm);
}
