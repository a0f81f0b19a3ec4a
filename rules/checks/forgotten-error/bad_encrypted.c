/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_map(int nr);
int demo_share(int nr);
bool demo_is_encrypted(int nr);

int demo_start(int nr)
{
	int ret;

	ret = demo_map(nr);
	if (ret && demo_is_encrypted(nr)) {	/* BAD */
		demo_share(nr);
		goto out;
	}
	return 0;
out:
	return ret;
}
