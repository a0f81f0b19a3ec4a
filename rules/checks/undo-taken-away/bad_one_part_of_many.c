/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_image_free(struct demo_image *image)
{
	demo_free_list(&image->pages);
	kfree(image);	/* BAD: 'demo_release_area(image)' */
}
