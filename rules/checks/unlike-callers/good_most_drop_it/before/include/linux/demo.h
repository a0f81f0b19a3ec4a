int demo_attach(int nr);
