/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_last(void);

void demo_stop(void *p)
{
	kfree(p);
}

int demo_next(void)
{
	return 0;
}
