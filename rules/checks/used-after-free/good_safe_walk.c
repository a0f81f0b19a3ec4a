/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_drop(struct list_head *head)
{
	struct demo *d, *next;

	list_for_each_entry_safe(d, next, head, list) {
		list_del(&d->list);
		kfree(d);
	}
	list_for_each_entry(d, head, list) {
		if (d->last) {
			kfree(d);
			break;
		}
	}
}
