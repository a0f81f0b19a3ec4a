/* config: DEBUG_PAGEALLOC=y   arch: arm64   path: arch/arm64/mm/demo.c */
#ifdef CONFIG_DEMO
void demo_init(void)
{
}
#endif
