#include <asm/kfence.h>

void hide_object(unsigned long addr)
{
	kfence_protect_page(addr, true);
}
