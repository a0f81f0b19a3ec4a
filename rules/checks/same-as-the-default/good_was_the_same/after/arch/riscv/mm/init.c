void free_demo(void)	
{
	/* all of it */
	free_demo_default(POISON_FREE);
}
