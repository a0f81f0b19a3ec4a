/* config: MMU=y   arch: x86   path: mm/demo.c */
struct demo_entry {
	struct list_head list;
};

int demo_add(struct list_head *head, int nr)
{
	struct demo_entry *entry = kcalloc(nr, sizeof(*entry), GFP_KERNEL);
	int i;

	if (!entry)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		list_add(&entry[i].list, head);	/* BAD */
	return 0;
}

void demo_drop(struct list_head *head)
{
	struct demo_entry *entry, *next;

	list_for_each_entry_safe(entry, next, head, list)
		kfree(entry);
}
