/* config: X86=y   arch: x86   path: arch/x86/include/asm/pgtable_types.h */
typedef unsigned long pteval_t;
typedef struct { pteval_t pte; } pte_t;
typedef struct { pteval_t pgprot; } pgprot_t;

#define pte_val(x)	((x).pte)
#define __pte(x)	((pte_t) { (x) })
#define __pgprot(x)	((pgprot_t) { (x) })
#define pgprot_val(x)	((x).pgprot)

#define _PAGE_BIT_RW		1
#define _PAGE_BIT_DIRTY		6
#define _PAGE_BIT_SOFTW5	57

#define _PAGE_PRESENT	(_AT(pteval_t, 1) << 0)
#define _PAGE_RW	(_AT(pteval_t, 1) << _PAGE_BIT_RW)
#define _PAGE_DIRTY	(_AT(pteval_t, 1) << _PAGE_BIT_DIRTY)

#define PTE_PFN_MASK	((pteval_t)PHYSICAL_PAGE_MASK)
#define _PAGE_CHG_MASK	(PTE_PFN_MASK | _PAGE_DIRTY)

static inline int pte_dirty(pte_t pte)
{
	return pte_val(pte) & _PAGE_DIRTY;
}

static inline pte_t pte_set_flags(pte_t pte, pteval_t set)
{
	return __pte(pte_val(pte) | set);
}

static inline pte_t pte_mkdirty(pte_t pte)
{
	pteval_t dirty = _PAGE_DIRTY;

	return pte_set_flags(pte, dirty);
}

static inline pte_t pte_modify(pte_t pte, pgprot_t newprot)
{
	pteval_t val = pte_val(pte), oldval = val;

	val &= _PAGE_CHG_MASK;
	val |= pgprot_val(newprot) & ~_PAGE_CHG_MASK;
	return __pte(val);
}
