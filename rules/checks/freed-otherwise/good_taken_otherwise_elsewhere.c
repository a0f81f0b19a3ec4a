/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_add(struct demo *d)
{
	struct demo_message *message;

	message = demo_zalloc(sizeof(*message));
	if (message)
		list_add(&message->link, &d->messages);
}

void demo_del(struct demo *d, struct demo_message *message)
{
	list_del(&message->link);
	vfree(message);
}
