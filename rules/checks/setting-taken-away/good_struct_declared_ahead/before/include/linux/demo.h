struct demo_params {
	int level;
};
