#define DEMO_FULL 4
int demo_fill(void);
