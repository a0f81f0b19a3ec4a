/* config: MMU=y   arch: x86 arm64 */
#ifndef _LINUX_DEMO_CRYPT_H
#define _LINUX_DEMO_CRYPT_H

struct demo_device;

bool demo_is_shared(struct demo_device *dev);
int set_memory_encrypted(unsigned long addr, int numpages);

#endif
