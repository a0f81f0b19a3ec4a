/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: s390 */
bool kernel_page_present(struct page *page)
{
	unsigned int cc = demo_look_up(page);

	return CC_PART(cc) == 0;
}
