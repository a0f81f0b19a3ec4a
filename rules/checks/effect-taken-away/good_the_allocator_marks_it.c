/* config: MMU=y   arch: x86   path: mm/demo.c */
static void *demo_alloc(void)
{
	return demo_vmalloc(PAGE_SIZE, VM_MAP | VM_FLUSH_RESET_PERMS);
}

void *demo_image(struct demo *d)
{
	void *image = demo_alloc();

	if (!image)
		return NULL;
	demo_add(d, image);
	return image;
}
