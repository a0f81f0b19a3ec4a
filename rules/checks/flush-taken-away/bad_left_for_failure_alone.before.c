/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_change(struct cpa_data *cpa, unsigned long cache)
{
	int ret = __change_page_attr_set_clr(cpa, 1);

	if (ret) {
		cpa_flush_all(cache);
		goto out;
	}
	cpa_flush(cpa, cache);
out:
	return ret;
}
