/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
int demo_report(struct demo *d, unsigned long addr, int n)
{
	int ret = set_memory_decrypted(addr, n);

	if (ret)
		return ret;
	d->answer = kzalloc(n, GFP_KERNEL);
	if (!d->answer)
		return demo_give_up(d, addr, n, -ENOMEM);
	ret = demo_send(d, addr);
	set_memory_encrypted(addr, n);
	return ret;
}
