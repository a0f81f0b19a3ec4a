#define demo_enabled() demo_flag
