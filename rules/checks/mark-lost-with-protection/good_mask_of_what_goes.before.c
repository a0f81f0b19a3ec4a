/* config: LOONGARCH=y   arch: loongarch   path: arch/loongarch/include/asm/pgtable.h */
typedef struct { unsigned long pte; } pte_t;
typedef struct { unsigned long pgprot; } pgprot_t;

#define pte_val(x)	((x).pte)
#define __pte(x)	((pte_t) { (x) })
#define pgprot_val(x)	((x).pgprot)

#define _PAGE_VALID	(1UL << 0)
#define _PAGE_WRITE	(1UL << 8)
#define _PAGE_CHG_MASK	(~(unsigned long)(_PAGE_VALID | _PAGE_WRITE))

static inline pte_t pte_modify(pte_t pte, pgprot_t newprot)
{
	return __pte((pte_val(pte) & _PAGE_CHG_MASK) | pgprot_val(newprot));
}
