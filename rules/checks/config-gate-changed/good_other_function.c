/* config: DEBUG_PAGEALLOC=y   arch: arm64   path: arch/arm64/mm/demo.c */
void demo_init(void)
{
}
