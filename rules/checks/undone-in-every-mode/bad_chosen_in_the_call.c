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
	return demo_get_page(&d->event_page, d->plain ? DEMO_PLAIN : DEMO_SHARE);	/* BAD */
}

void demo_teardown(struct demo *d)
{
	if (d->running)
		demo_put_page(&d->event_page, DEMO_UNSHARE);
}
