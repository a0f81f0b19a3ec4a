void demo_seal(struct demo *demo)
{
	set_memory_x((unsigned long)demo->text, demo->pages);
	if (!demo_strict)
		return;

	set_memory_ro((unsigned long)demo->text, demo->pages);
}
