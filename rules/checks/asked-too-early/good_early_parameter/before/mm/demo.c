int demo_interval = 100;

static int __init demo_early(char *buf)
{
	demo_interval = 0;
	return 0;
}
early_param("demo.interval", demo_early);
module_param_cb(interval, &demo_ops, &demo_interval, 0600);
