#if defined(CONFIG_DEMO_WIDE) && defined(CONFIG_DEMO_SMALL)
#error "the demo is wide or small" /* BAD error: on x86 with DEMO_SMALL=y DEMO_WIDE=y */
#endif

int demo_width(void)
{
	return 2;
}
