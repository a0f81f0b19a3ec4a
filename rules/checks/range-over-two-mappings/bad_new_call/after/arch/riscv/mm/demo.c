void demo_protect(void)
{
	unsigned long text = (unsigned long)lm_alias(_text);
	int count = PFN_UP((unsigned long)_etext - text);

	set_memory_ro(text, count);	/* BAD: outside of the linear map */
}
