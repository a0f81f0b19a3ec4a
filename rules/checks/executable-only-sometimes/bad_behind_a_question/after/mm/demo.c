void demo_seal(struct demo *demo)
{
	set_memory_ro((unsigned long)demo->text, demo->pages);
	if (demo_is_strict())
		set_memory_x((unsigned long)demo->text, demo->pages);	/* BAD: what demo_alloc() maps */
}
