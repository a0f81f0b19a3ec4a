/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
void demo_free(struct demo *d)
{
	if (set_memory_encrypted((unsigned long)d->buffer, 1)) {
		pr_warn_once("demo: leaking a shared page\n");
		return;
	}
	free_page((unsigned long)d->buffer);
}
