/* config: MMU=y   arch: x86   path: mm/demo.c */
void *demo_image(struct demo *d)
{
	void *image = vmalloc(PAGE_SIZE);

	if (!image)
		return NULL;
	demo_add(d, image);	/* BAD: permissions */
	return image;
}
