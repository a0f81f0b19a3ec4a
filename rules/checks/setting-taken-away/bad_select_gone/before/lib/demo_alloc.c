unsigned long demo_pool_take(unsigned long size)
{
	return size;
}
