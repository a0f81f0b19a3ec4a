/* what the author has */
void *demo_take(struct demo *demo, struct page *page, void *ret, size_t size)
{
	memset(ret, 0, size);
	if (demo->second)
		ret = demo_second(ret, size);
	demo->address = ret;
	return ret;
}
