int demo_share(unsigned long size)
{
	return set_memory_decrypted(demo_pool_take(size), 1);
}
