/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_build(struct demo *d, int left)
{
	struct piece *head;
	struct piece *part = NULL;

	head = kzalloc(d->size, GFP_KERNEL);
	if (!head)
		goto nomem;
	part = kzalloc(d->size, GFP_KERNEL);
	if (!part)
		goto nomem;
	if (demo_fill(part, left))
		goto nomem;
	demo_keep(d, head, part);
	return 0;
nomem:
	kfree(head);
	kfree(part);
	return -ENOMEM;
}
