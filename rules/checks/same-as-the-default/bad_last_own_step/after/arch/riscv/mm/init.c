void free_demo(void)	/* BAD */
{
	free_demo_default(POISON_FREE);
}
