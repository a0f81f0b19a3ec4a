/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_command(void *p);

static int demo_send(void *p)
{
	int ret = demo_command(p);

	if (ret)
		goto fail;
	return 0;
fail:
	kfree(p);
	return ret;
}

int demo_run(void *p)
{
	if (demo_send(p)) {
		kfree(p);	/* BAD */
		return -EIO;
	}
	return 0;
}
