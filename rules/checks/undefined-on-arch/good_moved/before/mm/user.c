#include <linux/demo.h>

int user(struct page *page)
{
	return demo_hide(page);
}
