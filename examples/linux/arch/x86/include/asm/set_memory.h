/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_SET_MEMORY_H
#define _ASM_SET_MEMORY_H

struct page;

int set_memory_ro(unsigned long addr, int numpages);
int set_memory_rw(unsigned long addr, int numpages);

int set_memory_np(unsigned long addr, int numpages);
int set_memory_encrypted(unsigned long addr, int numpages);
int set_memory_decrypted(unsigned long addr, int numpages);

int set_direct_map_invalid_noflush(struct page *page);
int set_direct_map_default_noflush(struct page *page);
bool kernel_page_present(struct page *page);

#endif
