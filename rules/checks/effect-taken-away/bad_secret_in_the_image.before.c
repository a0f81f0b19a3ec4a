/* config: HIBERNATION=y   arch: x86   path: mm/demo.c */
bool demo_available(void)
{
	return !demo_locked() && !secretmem_active() && !demo_busy();
}
