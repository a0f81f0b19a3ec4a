/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _VAULT_H
#define _VAULT_H

struct page;

struct vault_link {
	void *page;
	int id;
};

struct vault_key {
	struct page *page;
	size_t size;
};

struct vault_key *vault_alloc_key(size_t size);
void vault_free_key(struct vault_key *key);
int vault_read_key(struct vault_key *key, void *to);
void *vault_load_program(const void *code, int pages);
void vault_drop_program(void *text, int pages);
int vault_enter(void *text, struct vault_key *key);

#endif
