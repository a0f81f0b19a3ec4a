/* config: MMU=y   arch: riscv   path: kernel/demo.c */
void demo_protect(struct demo *d)
{
	demo_fill(d);
	set_memory_ro((unsigned long)d->ptr, 1);
	set_memory_x((unsigned long)d->ptr, 1);
}
