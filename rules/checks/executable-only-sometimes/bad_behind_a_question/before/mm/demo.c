void demo_seal(struct demo *demo)
{
	set_memory_ro((unsigned long)demo->text, demo->pages);
}
