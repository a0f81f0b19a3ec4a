/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_command(void *p);

static int demo_send(void *p, void *q)
{
	int ret = demo_command(p);

	if (ret)
		kfree(q);
	return ret;
}

int demo_run(void *p, void *q)
{
	if (demo_send(p, q)) {
		kfree(p);
		return -EIO;
	}
	return 0;
}
