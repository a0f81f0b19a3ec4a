/* config: MMU=y   arch: x86   path: mm/demo.c */
struct demo_driver {
	struct list_head list;
	spinlock_t lock;
	int id;
};

struct demo_driver *demo_find(struct demo_pool *pool, int id)
{
	struct demo_driver *one;

	spin_lock(&pool->lock);
	list_for_each_entry(one, &pool->drivers, list) {
		if (one->id == id) {
			one->users++;
			return one;	/* BAD */
		}
	}
	spin_unlock(&pool->lock);
	return NULL;
}

unsigned long demo_young(struct mm_struct *mm, pmd_t *pmd, unsigned long addr)
{
	unsigned long young = 0;
	spinlock_t *ptl;

	ptl = pmd_lock(mm, pmd);
	if (pmd_leaf(*pmd)) {
		young = demo_test_young(pmd_pfn(*pmd), addr);
		return young;	/* BAD */
	}
	spin_unlock(ptl);
	return young;
}

void demo_purge(struct demo_pool *pool, struct demo_driver *one)
{
	mutex_lock(&pool->mutex);
	if (!one->id)
		goto out;
	list_del(&one->list);
	kfree(one);
out:
	return;	/* BAD */
}
