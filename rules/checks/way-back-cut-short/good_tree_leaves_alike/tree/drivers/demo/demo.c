/* what the tree has: much of it in other words */
static void *demo_take_pages(struct demo_device *device, size_t bytes)
{
	struct page *first = demo_pages_of(device, bytes, GFP_KERNEL);
	void *address;

	if (WARN_ON(!first))
		return NULL;
	address = page_address(first);
	if (device->shares && set_memory_decrypted((unsigned long)address, PFN_UP(bytes)))
		goto out_leak;
	clear_bytes(address, bytes);
	if (device->needs_second_step) {
		address = demo_second(address, bytes);
		if (!address)
			goto out_plain;
	}
	device->memory = address;
	return address;

out_private:
	if (device->shares && set_memory_encrypted((unsigned long)page_address(first), PFN_UP(bytes)))
		goto out_leak;
out_plain:
	demo_give(first, bytes);
out_leak:
	return NULL;
}
