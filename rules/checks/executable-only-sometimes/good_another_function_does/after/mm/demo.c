void demo_seal(struct demo *demo)
{
	if (!demo_strict)
		return;

	set_memory_ro((unsigned long)demo->text, demo->pages);
	set_memory_x((unsigned long)demo->text, demo->pages);
}

void demo_make_runnable(struct demo *demo)
{
	set_memory_x((unsigned long)demo->text, demo->pages);
}
