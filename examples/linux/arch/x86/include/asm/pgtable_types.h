/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_PGTABLE_TYPES_H
#define _ASM_PGTABLE_TYPES_H

#define PAGE_SHIFT 12
#define PMD_SHIFT 21

#endif
