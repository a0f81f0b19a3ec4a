#define demo_pte_valid(pte)	((pte) & 1)
#define demo_pmd_leaf(pmd)	((pmd) & 2)
