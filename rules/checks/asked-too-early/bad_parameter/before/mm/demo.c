int demo_interval = 100;
module_param_cb(interval, &demo_ops, &demo_interval, 0600);
