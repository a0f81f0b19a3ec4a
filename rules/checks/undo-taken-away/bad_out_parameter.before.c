/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_add(struct demo_image *image)
{
	void *headers;
	int ret;

	ret = demo_prepare(&headers);
	if (ret)
		return ret;
	ret = demo_add_buffer(image);
	if (ret) {
		vfree(headers);
		goto out;
	}
	image->headers = headers;
out:
	return ret;
}
