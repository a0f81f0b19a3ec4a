/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_online(unsigned int cpu)
{
	demo_ring_init(cpu);
	demo_tick_setup(cpu, DEMO_TICK);
	return 0;
}

int demo_offline(unsigned int cpu)
{
	demo_ring_off(cpu);	/* BAD: demo_tick_cleanup */
	return 0;
}
