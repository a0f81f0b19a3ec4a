#ifdef CONFIG_X86_64
int set_mce_nospec(unsigned long pfn); /* BAD error */
#else
static inline int set_mce_nospec(unsigned long pfn)
{
	return 0;
}
#endif
