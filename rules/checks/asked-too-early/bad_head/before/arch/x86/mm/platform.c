/* config: MMU=y   arch: x86 */
static u64 demo_mask = 0;

bool demo_platform_has(unsigned long what)
{
	return what & demo_mask;
}
