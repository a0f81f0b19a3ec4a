/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 arm64 */
void demo_unshare(struct demo *demo)
{
	if (!set_memory_encrypted((unsigned long)demo->buf, demo->pages))
		demo->decrypted = false;
}
