/* config: MMU=y   arch: x86   path: mm/demo.c */
static DEFINE_MUTEX(demo_lock);

static int demo_send(struct demo *d)
{
	guard(mutex)(&demo_lock);
	return demo_command(d);
}

static int demo_report(struct demo *d)
{
	return demo_send(d);
}

int demo_ioctl(struct demo *d)
{
	d->result = demo_report(d);
	return d->result;
}
