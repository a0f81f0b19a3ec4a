// SPDX-License-Identifier: GPL-2.0
/* Keys live in pages of their own, one key a page. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/set_memory.h>
#include "vault.h"

struct vault_key *vault_alloc_key(size_t size)
{
	struct vault_key *key = kzalloc(sizeof(*key), GFP_KERNEL);

	if (!key)
		return NULL;
	key->page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!key->page) {
		kfree(key);
		return NULL;
	}
	key->size = size;
	return key;
}

void vault_free_key(struct vault_key *key)
{
	memzero_explicit(page_address(key->page), PAGE_SIZE);
	__free_page(key->page);
	kfree(key);
}

int vault_read_key(struct vault_key *key, void *to)
{
	debug_pagealloc_map_pages(key->page, 1);
	memcpy(to, page_address(key->page), key->size);
	debug_pagealloc_unmap_pages(key->page, 1);
	return 0;
}
