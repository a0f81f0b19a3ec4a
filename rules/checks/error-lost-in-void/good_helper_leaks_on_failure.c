/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
static void demo_free_shared(void *buffer)
{
	if (set_memory_encrypted((unsigned long)buffer, 1))
		return;
	free_page((unsigned long)buffer);
}

void demo_remove(struct demo *d)
{
	demo_free_shared(d->buffer);
	kfree(d);
}
