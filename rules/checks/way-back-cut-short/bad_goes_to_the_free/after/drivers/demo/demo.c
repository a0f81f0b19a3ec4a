/* what the author has */
void *demo_take(struct demo *demo, struct page *page, void *ret, size_t size)
{
	memset(ret, 0, size);
	if (demo->second) {
		ret = demo_second(ret, size);
		if (!ret)
			goto out_free;	/* BAD: without 'set_memory_encrypted' | by 'goto out_private' */
	}
	demo->address = ret;
	return ret;
out_free:
	demo_give(page, size);
	return NULL;
}
