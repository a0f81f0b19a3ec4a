/* config: MMU=y   arch: x86   path: mm/demo.c */
ssize_t demo_map_sg(void *sg, int nents);

int demo_map(void *sg, int nents, int len)
{
	ssize_t ret;

	ret = demo_map_sg(sg, nents);
	if (ret < len)
		return -EIO;
	return 0;
}
