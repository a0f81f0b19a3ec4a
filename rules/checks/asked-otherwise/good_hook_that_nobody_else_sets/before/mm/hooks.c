struct demo_ops demo_platform = {
	.reserve = demo_reserve,
};
