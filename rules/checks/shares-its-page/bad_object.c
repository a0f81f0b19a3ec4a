/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64   path: drivers/demo.c */
int demo_share(struct demo *demo)
{
	struct demo_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);

	if (!ring)
		return -ENOMEM;
	demo->ring = ring;
	return set_memory_decrypted((unsigned long)ring, 1);	/* BAD */
}
