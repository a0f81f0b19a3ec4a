/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_announce(struct demo *d, int result)
{
	scoped_guard(mutex, &demo_lock) {
		if (!demo_is_known(d))
			return;
		d->result = result;
	}

	demo_queue(d);
}
