/* config: MMU=y   arch: x86 */
int demo_protect(struct demo *d)
{
	if (set_memory_ro(d->addr, 1))
		pr_warn("demo is not protected\n");
	return 0;
}

int demo_both(struct demo *d)
{
	int ret = set_memory_ro(d->addr, 1);

	if (ret)
		return ret;
	return set_memory_x(d->addr, 1);
}
