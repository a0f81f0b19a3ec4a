#ifndef _ASM_DEMO_H
#define _ASM_DEMO_H

#define DEMO_SHIFT 2

#endif
