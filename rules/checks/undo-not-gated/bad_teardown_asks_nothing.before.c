/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
int ring_open(struct ring *ring, void *buf, int pages)
{
	int ret;

	ret = set_memory_decrypted((unsigned long)buf, pages);
	if (ret)
		return ret;
	ring->mem = buf;
	ring->pages = pages;
	return 0;
}

int ring_close(struct ring *ring)
{
	int ret;

	ring_stop(ring);
	ret = set_memory_encrypted((unsigned long)ring->mem, ring->pages);
	if (ret)
		pr_warn("lost\n");
	return ret;
}
