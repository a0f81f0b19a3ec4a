struct demo_params;

void demo_encrypt(struct demo_params *params);
