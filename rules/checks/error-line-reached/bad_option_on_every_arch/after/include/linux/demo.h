#ifndef _LINUX_DEMO_H
#define _LINUX_DEMO_H

#include <asm/demo.h>

#ifndef DEMO_GUARD_SIZE
#ifdef CONFIG_DEMO_GUARD
#error "no guard on this architecture" /* BAD error: on arm64 with DEMO_GUARD=y */
#endif
#define DEMO_GUARD_SIZE 0
#endif

#endif
