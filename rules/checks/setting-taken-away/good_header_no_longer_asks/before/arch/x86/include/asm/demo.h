#ifdef USE_EARLY_DEMO
#define demo_enabled() demo_flag
#else
#define demo_enabled() demo_cpu_has()
#endif
