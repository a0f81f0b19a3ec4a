#define demo_pte_valid(pte)	((pte) & 4)
