/* config: MMU=y   arch: arm64   path: arch/arm64/kernel/demo.c */
static void demo_put(u32 *where, u32 word)
{
	*where = word;
}

static void demo_flush(void *where, unsigned int words)
{
	caches_clean_inval_pou((unsigned long)where, (unsigned long)where + 4 * words);
}

void demo_fix(void *where, u32 value)
{
	u32 *at = lm_alias(where);

	demo_put(at, value);
	demo_put(at + 1, value >> 16);
	demo_flush(where, 2);
}
