/* set_demo_ro() is for nobody */
void set_demo_ro(void);
