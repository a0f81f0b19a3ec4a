/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
int demo_report(struct demo *d, unsigned long addr, int n)
{
	struct demo_answer *answer;
	int ret;

	answer = kzalloc(sizeof(*answer), GFP_KERNEL);
	if (!answer)
		return -ENOMEM;
	ret = set_memory_decrypted(addr, n);
	if (ret)
		goto out;
	ret = demo_send(d, addr, answer);
	if (set_memory_encrypted(addr, n))
		demo_leak(addr, n);
out:
	kfree(answer);
	return ret;
}
