/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_clean(struct demo_tree *tree)
{
	struct demo_state state = demo_begin(tree);
	void *area;

	demo_for_each(state, area) {
		struct vm_struct *vm = find_vm_area(area);
		size_t size = demo_length(&state);

		if (vm && demo_size(vm) == size && IS_ALIGNED(size, PMD_SIZE) && IS_ALIGNED(state.index, PMD_SIZE)) {
			demo_store(&state, NULL);
			vfree(area);
		}
	}
}
