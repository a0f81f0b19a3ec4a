#include <linux/demo_platform.h>
#include <asm/demo_encrypt.h>

static bool demo_maker_has(int attr)
{
#ifdef CONFIG_DEMO_ENCRYPT
	switch (attr) {
	case DEMO_MEM_ENCRYPT:
		return demo_guest;
	default:
		return false;
	}
#else
	return false;
#endif
}

bool demo_platform_has(int attr)
{
	if (demo_mask)
		return demo_maker_has(attr);
	return false;
}
