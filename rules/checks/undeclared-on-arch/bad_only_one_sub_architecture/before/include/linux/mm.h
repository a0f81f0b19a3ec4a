#ifndef _LINUX_MM_H
#define _LINUX_MM_H
#include <asm/pgtable.h>
#endif
