#ifndef _LINUX_DEMO_H
#define _LINUX_DEMO_H
void __demo_map(struct page *page, int numpages, int enable);

static inline void
demo_map(struct page *page, int numpages, int enable)	/* BAD */
{
	__demo_map(page, numpages, enable);
}
#endif
