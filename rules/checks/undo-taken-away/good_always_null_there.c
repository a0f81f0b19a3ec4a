/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_build(struct demo *d, int left)
{
	struct piece *head;
	struct piece *part = NULL;

	head = kzalloc(d->size, GFP_KERNEL);
	if (!head)
		goto nomem;
	while (left--) {
		part = kzalloc(d->size, GFP_KERNEL);
		if (!part)
			goto nomem;
		list_add_tail(&part->entry, &head->parts);
	}
	d->head = head;
	return 0;
nomem:
	kfree(head);
	return -ENOMEM;
}
