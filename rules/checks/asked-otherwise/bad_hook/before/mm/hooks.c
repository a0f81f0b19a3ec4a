struct demo_ops demo_platform = {
	.reserve = demo_reserve,
};

void demo_guest(void)
{
	demo_platform.reserve = demo_nothing;
}
