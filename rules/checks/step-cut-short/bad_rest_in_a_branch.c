/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
void demo_offer_all(struct demo *d)
{
	d->offer_in_progress = true;
	if (d->ready) {	/* BAD: offer_in_progress = false */
		demo_offer(d);
		d->offer_in_progress = false;
	}
}
