/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LOAN_H
#define LOAN_H

struct cma;
struct module;
struct page;

struct loan {
	void *ring;
	int pages;
	bool open;
};

void loan_give_back(struct cma *cma, struct page *page, int order);

#endif
