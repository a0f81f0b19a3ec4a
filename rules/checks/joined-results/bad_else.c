/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: mm/demo.c */
int demo_stop(void *in, void *out, int order)
{
	int err;

	err = set_memory_encrypted((unsigned long)in, 1 << order);
	err |= set_memory_encrypted((unsigned long)out, 1 << order);
	if (err) {	/* BAD */
		pr_warn("demo: leaking\n");
	} else {
		free_pages((unsigned long)in, order);
		free_pages((unsigned long)out, order);
	}
	return err;
}
