/* set_demo_ro() was for nobody */
