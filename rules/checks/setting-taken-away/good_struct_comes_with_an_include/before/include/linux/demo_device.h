struct demo_device {
	bool shared;
};
