/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_online(unsigned int cpu)
{
	demo_ring_init(cpu);
	return 0;
}

int demo_offline(unsigned int cpu)
{
	if (demo_is_busy(cpu))
		return -EBUSY;

	demo_ring_off(cpu);
	return 0;
}
