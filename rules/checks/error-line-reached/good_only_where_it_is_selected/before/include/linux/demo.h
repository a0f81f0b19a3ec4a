#ifndef _LINUX_DEMO_H
#define _LINUX_DEMO_H

#include <asm/demo.h>

#endif
