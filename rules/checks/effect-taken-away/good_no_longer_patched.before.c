/* config: MMU=y   arch: x86   path: arch/x86/kernel/demo.c */
static void demo_unlock_all(u8 **start, u8 **end)
{
	for (u8 **one = start; one < end; one++)
		text_poke(*one, &demo_plain, 1);
}

static void demo_add(struct demo *d, u8 **start, u8 **end)
{
	mutex_lock(&demo_mutex);
	if (demo_alone(d))
		demo_unlock_all(start, end);
	mutex_unlock(&demo_mutex);
}

void demo_start(struct demo *d)
{
	demo_apply(d, demo_first, demo_last);
	if (demo_only_one()) {
		demo_add(d, demo_locks, demo_locks_end);
	}
	demo_unmap_boot(d, demo_text);
	demo_seal(d);
}
