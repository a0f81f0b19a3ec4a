/* config: X86=y   arch: x86   path: arch/x86/include/asm/pgtable_types.h */
typedef unsigned long pteval_t;
typedef struct { pteval_t pte; } pte_t;
typedef struct { pteval_t pgprot; } pgprot_t;

#define pte_val(x)	((x).pte)
#define __pte(x)	((pte_t) { (x) })
#define pgprot_val(x)	((x).pgprot)

#define _PAGE_PRESENT	(1UL << 0)
#define _PAGE_RW	(1UL << 1)
#define _PAGE_ACCESSED	(1UL << 5)
#define _PAGE_DIRTY	(1UL << 6)
#define _PAGE_SAVED	(1UL << 58)

#define PTE_PFN_MASK	0x000ffffffffff000UL
#define _PAGE_CHG_MASK	(PTE_PFN_MASK | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_SAVED)

static inline pte_t pte_modify(pte_t pte, pgprot_t newprot)
{
	pteval_t val = pte_val(pte);

	val &= _PAGE_CHG_MASK;
	val |= pgprot_val(newprot) & ~_PAGE_CHG_MASK;
	return __pte(val);
}

static inline pte_t pte_mksaved(pte_t pte)
{
	return __pte(pte_val(pte) | _PAGE_SAVED);
}
