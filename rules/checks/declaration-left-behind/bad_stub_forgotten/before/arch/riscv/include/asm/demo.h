#ifdef CONFIG_MMU
void set_demo_ro(void);
#else
static inline void set_demo_ro(void) { }
#endif
