/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
static void demo_release(struct demo *d)
{
	if (set_memory_encrypted((unsigned long)d->buffer, 1)) {
		pr_warn_once("demo: leaking a shared page\n");
		return;
	}
	free_page((unsigned long)d->buffer);
}

void demo_remove(struct demo *d)
{
	demo_release(d);
}
