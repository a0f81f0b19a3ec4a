/* config: MMU=y   arch: x86   path: mm/demo.c */
long demo_write(struct demo_file *file, const char __user *from, size_t length, loff_t *offset)
{
	char *text;
	int rc;

	if (*offset != 0) {
		rc = -EPIPE;
		goto out;
	}
	text = demo_get_string(from, length);
	if (IS_ERR(text))
		goto out;	/* BAD */
	rc = demo_take(file, text);
	kfree(text);
out:
	*offset += length;
	return rc;
}

int demo_attach(struct demo_map *map, int kind)
{
	int err = -EINVAL;

	demo_get(map);
	if (kind != map->kind)
		goto put;
	map->attached = true;
	return 0;

put:
	demo_put(map);
	return 0;	/* BAD */
}
