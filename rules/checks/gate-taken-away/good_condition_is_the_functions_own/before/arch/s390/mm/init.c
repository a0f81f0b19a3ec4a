#include <linux/set_memory.h>

int set_memory_encrypted(unsigned long addr, int numpages)
{
	return share_with_host(addr, numpages, 0);
}

int set_memory_decrypted(unsigned long addr, int numpages)
{
	return share_with_host(addr, numpages, 1);
}
