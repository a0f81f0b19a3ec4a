#ifndef _LINUX_DEMO_H
#define _LINUX_DEMO_H
#ifdef CONFIG_DEBUG_PAGEALLOC
void demo_map(struct page *page, int enable);
#endif
#endif
