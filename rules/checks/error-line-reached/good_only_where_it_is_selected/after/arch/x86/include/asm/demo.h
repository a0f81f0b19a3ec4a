#ifndef _ASM_DEMO_H
#define _ASM_DEMO_H

#define DEMO_SHIFT 2

#ifdef CONFIG_DEMO_GUARD
#define DEMO_GUARD_SIZE 4096
#else
#define DEMO_GUARD_SIZE 0
#endif

#endif
