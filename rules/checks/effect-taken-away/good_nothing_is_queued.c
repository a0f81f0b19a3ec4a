/* config: MMU=y   arch: x86   path: drivers/demo/demo.c */
static int demo_setup(struct demo *demo, struct work_struct *work)
{
	int ret;

	set_memory_decrypted(demo->addr, 1);
	ret = demo_connect(demo);
	if (ret)
		free_pages(demo->addr, 0);
	return ret;
}
