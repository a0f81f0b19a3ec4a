/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_lock_area(struct demo *d)
{
	demo_protect(d->addr);
}

static void demo_unlock_area(struct demo *d)
{
	demo_unprotect(d->addr);
}

int demo_open(struct demo *d)
{
	demo_lock_area(d);
	return demo_run(d);
}

void demo_close(struct demo *d)
{
	demo_unlock_area(d);
	demo_done(d);
}
