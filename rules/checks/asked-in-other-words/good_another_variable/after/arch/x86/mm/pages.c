#include <linux/demo_platform.h>
#include <asm/demo_encrypt.h>

int set_memory_decrypted(unsigned long addr, int numpages)
{
	if (demo_platform_has(DEMO_MEM_ENCRYPT))
		return demo_share(addr, numpages);
	return 0;
}
