int demo;

void free_demo(void)	/* BAD */
{
	/* what is left over */
	free_demo_default(POISON_FREE);
}
