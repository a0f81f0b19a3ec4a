/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_attach(int nr);
int demo_map(int nr);

int demo_start(int nr, bool late)
{
	int ret;

	if (late) {
		ret = demo_attach(nr);
		goto out;	/* BAD */
	}
	ret = demo_map(nr);
out:
	return ret;
}
