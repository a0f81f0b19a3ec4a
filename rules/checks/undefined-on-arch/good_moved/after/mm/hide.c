#include <linux/demo.h>

int demo_other(struct page *page)
{
	return 0;
}
