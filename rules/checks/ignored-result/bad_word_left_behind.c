/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
static void demo_free(struct demo *demo)
{
	/* demo_unlock() says so */
	if (!demo->part.locked) {
		/* nobody else has it */
		free_page(demo->part.addr);
	}
}

static int demo_unlock(struct demo *demo, struct demo_part *part)
{
	int ret;

	demo_wait(demo);
	ret = set_memory_rw(part->addr, part->pages);
	if (ret)
		pr_warn("demo: locked\n");
	part->locked = ret;
	return ret;
}

static int demo_forget(struct demo *demo, struct demo_part *part)
{
	int ret = set_memory_rw(part->addr, part->pages);

	part->last = ret;
	return ret;
}

int demo_open(struct demo *demo)
{
	if (!demo_start(demo))
		return 0;
	demo_unlock(demo, &demo->part);	/* BAD note: leaves word of a failure in 'part->locked', which demo_free() asks */
	demo_free(demo);
	return -EIO;
}

void demo_close(struct demo *demo)
{
	demo_forget(demo, &demo->part);	/* BAD error */
	free_page(demo->part.addr);
}
