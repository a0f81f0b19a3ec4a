#include <linux/set_memory.h>
