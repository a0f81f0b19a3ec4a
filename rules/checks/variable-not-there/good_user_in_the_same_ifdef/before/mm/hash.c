#include <linux/demo.h>

unsigned int demo_shift = 12;
