#include <linux/demo.h>
