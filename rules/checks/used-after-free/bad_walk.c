/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_drop(struct list_head *head)
{
	struct demo *d;

	list_for_each_entry(d, head, list) {
		list_del(&d->list);
		kfree(d);	/* BAD */
	}
}
