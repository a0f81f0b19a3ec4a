/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_flush(struct demo *d, struct mm_struct *mm)
{
	if (mm == d->lazy_mm)	/* BAD: 'd->lazy_mm' where it asked 'd->mm' */
		demo_flush_here(mm);
	else
		demo_flush_other(mm);
}

struct mm_struct *demo_lazy(struct demo *d)
{
	return d->mm ? d->mm : d->lazy_mm;
}
