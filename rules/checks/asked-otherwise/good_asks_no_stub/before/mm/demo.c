int demo_clear_huge(pmd_t *pmd)
{
	if (demo_is_huge(*pmd)) {
		pmd_clear(pmd);
		return 1;
	}
	return 0;
}
