// SPDX-License-Identifier: GPL-2.0
/* What user space may ask of the vault. */
#include <linux/mm.h>
#include "vault.h"

int vault_run_once(struct vault_key *key, const void *code, int pages)
{
	void *text = vault_load_program(code, pages);
	int ret;

	if (!text)
		return -ENOMEM;
	ret = vault_enter(text, key);
	vault_drop_program(text, pages);
	return ret;
}

void vault_forget(struct vault_key *key)
{
	vault_free_key(key);
}
