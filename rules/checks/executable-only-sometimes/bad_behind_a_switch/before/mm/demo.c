void demo_seal(struct demo *demo)
{
	if (!demo_strict)
		return;

	set_memory_ro((unsigned long)demo->text, demo->pages);
}
