/* config: MMU=y   arch: x86   path: mm/demo.c */
void *demo_pages(struct demo_map *map)
{
	if (!map->count)
		return ERR_PTR(-EINVAL);
	return demo_address(map->first);
}

void *demo_keep(struct demo *d, struct demo_map *map)
{
	void *p = demo_pages(map);

	if (IS_ERR(p))
		return p;
	d->kept = p;
	return p;
}

static struct demo_item *demo_next(struct demo *d)
{
	if (!d->first)
		return NULL;
	return demo_item_of(d->first);
}

int demo_step(struct demo *d)
{
	struct demo_item *item = demo_next(d);

	if (!item)
		return -ENOENT;
	return item->step;
}
