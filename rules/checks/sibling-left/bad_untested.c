/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_read(struct demo *demo)
{
	int ret = demo_power(demo);

	if (ret)
		return ret;
	return demo->n;
}

int demo_write(struct demo *demo)
{
	int ret = demo_power(demo);

	if (ret)
		return ret;
	demo->n++;
	return 0;
}

int demo_flush(struct demo *demo)
{
	demo_power(demo);	/* BAD */
	return 0;
}
