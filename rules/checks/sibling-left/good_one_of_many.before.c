/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_read(struct demo *demo)
{
	demo_power(demo);
	return demo->n;
}

int demo_write(struct demo *demo)
{
	demo_power(demo);
	return 0;
}

int demo_flush(struct demo *demo)
{
	demo_power(demo);
	return 0;
}
