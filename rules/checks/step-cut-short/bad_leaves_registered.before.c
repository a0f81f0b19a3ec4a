/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_exit(void)
{
	demo_report_unregister(&demo_ops);
	demo_free(demo_data);
	misc_deregister(&demo_misc);
}
