/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_flush_now(void);
void demo_flush_later(void);

void demo_flush(void)
{
	if (!irqs_disabled())	/* BAD */
		demo_flush_later();
	else
		demo_flush_now();
}
