/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_work(struct demo *d)
{
	int again;

	again = demo_lock_late_work(&d->rest.device);
	demo_step(d);
	demo_wait(&d->rest.device);
	demo_unlock_late_work(&d->rest.device, again);
}
