/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: s390   path: arch/s390/mm/init.c */
static int demo_tell(unsigned long addr)
{
	if (demo_call(addr))
		return -EIO;
	return 0;
}

static int demo_convert(unsigned long addr, int numpages)
{
	int i;

	for (i = 0; i < numpages; i++)
		demo_tell(addr + i * PAGE_SIZE);	/* BAD */
	return 0;
}

int set_memory_encrypted(unsigned long addr, int numpages)
{
	return demo_convert(addr, numpages);
}
