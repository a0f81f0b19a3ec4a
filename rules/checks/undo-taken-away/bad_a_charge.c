/* config: MMU=y   arch: x86   path: mm/demo.c */
void *demo_make(unsigned int length)
{
	unsigned int size = round_up(length, DEMO_CHUNK);
	void *image, *copy;

	if (demo_charge(size))
		return NULL;
	image = demo_image_alloc(size);
	if (!image)
		return NULL;	/* BAD: demo_uncharge(size) */
	copy = demo_copy_of(size);
	if (!copy) {
		demo_image_free(image, size);
		demo_uncharge(size);
		return NULL;
	}
	return image;
}
