/* config: MMU=y   arch: x86   path: mm/demo.c */
static DEFINE_MUTEX(demo_lock);

static int demo_send(struct demo *d)
{
	return demo_command(d);
}

static int demo_report(struct demo *d)
{
	return demo_send(d);
}

int demo_ioctl(struct demo *d)
{
	mutex_lock(&demo_lock);
	d->result = demo_report(d);
	mutex_unlock(&demo_lock);
	return d->result;
}
