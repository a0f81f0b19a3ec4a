#if defined(CONFIG_DEMO_WIDE) && defined(CONFIG_DEMO_SMALL)
#error "the demo is wide or small"
#endif

int demo_width(void)
{
	return 1;
}
