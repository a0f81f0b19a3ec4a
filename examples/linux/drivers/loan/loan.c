// SPDX-License-Identifier: GPL-2.0
/* Memory that a guest lends to its host for a while. */
#include <linux/mm.h>
#include <linux/set_memory.h>
#include "loan.h"

void loan_give_back(struct cma *cma, struct page *page, int order)
{
	if (cma_release(cma, page, 1 << order))
		return;
	__free_pages(page, order);
}
