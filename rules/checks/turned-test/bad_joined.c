/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_set(struct demo_state *state, int write)
{
	int ret;

	if (write || demo_is_fixed(state))	/* BAD */
		return -EINVAL;
	ret = demo_check(state);
	if (ret < 0)
		return ret;
	ret = demo_fill(state);
	if (ret > 0)	/* BAD */
		return ret;
	return demo_apply(state);
}
