extern unsigned int demo_shift;
