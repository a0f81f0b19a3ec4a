void demo_protect(void)
{
	unsigned long text = (unsigned long)_text;
	unsigned long data = (unsigned long)lm_alias(_data);

	set_memory_ro(text, ((unsigned long)_etext - text) >> PAGE_SHIFT);
	set_memory_nx(data, ((unsigned long)lm_alias(_end) - data) >> PAGE_SHIFT);
}
