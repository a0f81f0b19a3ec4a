// SPDX-License-Identifier: GPL-2.0
/* Small programs that run beside the keys. */
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <linux/vmalloc.h>
#include "vault.h"

void *vault_load_program(const void *code, int pages)
{
	void *text = vmalloc(pages * PAGE_SIZE);

	if (!text)
		return NULL;
	memcpy(text, code, pages * PAGE_SIZE);
	set_memory_ro((unsigned long)text, pages);
	return text;
}

int vault_enter(void *text, struct vault_key *key)
{
	int (*program)(struct vault_key *key) = text;

	return program(key);
}

void vault_drop_program(void *text, int pages)
{
	set_memory_rw((unsigned long)text, pages);
	vfree(text);
}
