/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64   path: drivers/demo.c */
int demo_share(struct demo *demo)
{
	demo->page = (void *)__get_free_page(GFP_KERNEL);
	if (!demo->page)
		return -ENOMEM;
	return set_memory_decrypted((unsigned long)demo->page, 1);
}
