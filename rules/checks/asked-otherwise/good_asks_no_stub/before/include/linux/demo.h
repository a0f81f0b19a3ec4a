#ifdef CONFIG_DEMO_TLB
int demo_is_huge(pmd_t pmd);
#else
static inline int demo_is_huge(pmd_t pmd)
{
	return 0;
}
#endif
