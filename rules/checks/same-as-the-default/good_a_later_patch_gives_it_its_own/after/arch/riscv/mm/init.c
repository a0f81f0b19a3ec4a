void free_demo(void)
{
	free_demo_default(POISON_FREE);
}
