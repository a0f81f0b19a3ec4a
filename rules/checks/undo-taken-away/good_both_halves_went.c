/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_work(struct demo *d)
{
	demo_step(d);
	demo_wait(&d->rest.device);
}
