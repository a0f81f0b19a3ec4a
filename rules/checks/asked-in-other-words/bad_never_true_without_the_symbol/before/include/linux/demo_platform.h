#ifdef CONFIG_ARCH_HAS_DEMO_PLATFORM
bool demo_platform_has(int attr);
#else
static inline bool demo_platform_has(int attr) { return false; }
#endif
