#include <linux/demo.h>

void demo_encrypt(struct demo_params *params);
