/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_update(struct demo *demo, int n)
{
	int ret = demo_prepare(demo);

	if (ret)
		return ret;
	set_memory_ro((long)demo->image, n);
	set_memory_x((long)demo->image, n);
	ret = demo_attach(demo);
	if (ret == -EAGAIN) {
		demo_detach(demo);
		set_memory_nx((long)demo->image, n);
		set_memory_rw((long)demo->image, n);
	}
	return ret;
}
