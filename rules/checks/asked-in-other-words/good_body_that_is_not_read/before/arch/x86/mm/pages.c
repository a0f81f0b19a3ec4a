#include <linux/demo_platform.h>
#include <asm/demo_encrypt.h>

int set_memory_decrypted(unsigned long addr, int numpages)
{
	if (demo_encrypt_active())
		return demo_share(addr, numpages);
	return 0;
}
