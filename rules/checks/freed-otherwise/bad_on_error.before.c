/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_sort(struct demo_table *table, int count)
{
	void *room = kvmalloc_array(count, sizeof(long), GFP_KERNEL);

	if (!room)
		return -ENOMEM;
	if (demo_fill(table, room)) {
		kvfree(room);
		return -EIO;
	}
	table->room = room;
	return 0;
}
