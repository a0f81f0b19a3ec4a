/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
static int patch_begin(struct patcher *p)
{
	int err = patch_lock(p);

	if (err)
		return err;
	err = set_memory_rw(p->text, p->pages);
	if (err)
		patch_unlock(p);
	return err;
}

static int patch_end(struct patcher *p)
{
	int err = set_memory_ro(p->text, p->pages);

	patch_unlock(p);
	return err;
}

int patch_run(struct patcher *p)
{
	int err = patch_begin(p);

	if (err)
		return err;
	patch_write(p);
	return patch_end(p);
}
