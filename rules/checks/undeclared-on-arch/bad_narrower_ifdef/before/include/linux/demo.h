#ifndef _LINUX_DEMO_H
#define _LINUX_DEMO_H
#if defined(CONFIG_DEBUG_PAGEALLOC) || defined(CONFIG_ARCH_HAS_SET_DIRECT_MAP)
void demo_map(struct page *page, int enable);	/* BAD */
#endif
#endif
