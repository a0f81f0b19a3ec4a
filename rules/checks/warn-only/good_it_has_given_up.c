/* config: MMU=y   arch: x86 */
int demo_show(struct demo *d, unsigned long addr, int n)
{
	int err;

	d->list = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!d->list) {
		err = set_memory_p(addr, n);
		WARN_ON_ONCE(err);
		return -ENOMEM;
	}
	return demo_list(d, addr, n);
}
