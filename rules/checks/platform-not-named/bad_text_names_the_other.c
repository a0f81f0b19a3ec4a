/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
int demo_share(struct demo *d)
{
	int err = set_memory_decrypted((unsigned long)d->ring, d->pages);	/* BAD: Should the text say so, too? */

	if (err)
		return err;
	d->shared = true;
	return 0;
}
