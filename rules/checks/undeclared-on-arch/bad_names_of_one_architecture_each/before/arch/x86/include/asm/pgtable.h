#define demo_pte_young(pte)	((pte) & 4)
