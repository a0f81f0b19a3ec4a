/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 arm64   path: drivers/demo/demo.c */
#include <linux/set_memory.h>

enum demo_mode { DEMO_PLAIN, DEMO_SHARE, DEMO_UNSHARE };

static int demo_get_page(void **page, enum demo_mode mode)
{
	int ret = 0;

	*page = (void *)__get_free_page(GFP_KERNEL);
	if (!*page)
		return -ENOMEM;
	switch (mode) {
	case DEMO_SHARE:
		ret = set_memory_decrypted((unsigned long)*page, 1);
		break;
	case DEMO_UNSHARE:
		ret = set_memory_encrypted((unsigned long)*page, 1);
		break;
	default:
		break;
	}
	if (ret)
		*page = NULL;
	return ret;
}

static void demo_put_page(void **page, enum demo_mode mode)
{
	int ret = 0;

	if (mode == DEMO_UNSHARE)
		ret = set_memory_encrypted((unsigned long)*page, 1);
	if (!ret)
		free_page((unsigned long)*page);
}

int demo_setup(struct demo *d)
{
	const enum demo_mode mode = (!demo_is_confidential()) ? DEMO_SHARE : DEMO_PLAIN;

	return demo_get_page(&d->message_page, mode);	/* BAD: only where '!demo_is_confidential()' | in every case */
}

void demo_teardown(struct demo *d)
{
	demo_put_page(&d->message_page, DEMO_UNSHARE);
}
