/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_packet(struct demo *d, void *data)
{
	struct demo_packet *packet = kzalloc(sizeof(*packet), GFP_KERNEL);

	if (!packet)
		return -ENOMEM;
	packet->data = data;
	set_memory_uc((unsigned long)data, 1);
	spin_lock(&d->lock);
	packet->number = d->next++;
	list_add_tail(&packet->list, &d->packets);
	spin_unlock(&d->lock);
	return 0;
}
