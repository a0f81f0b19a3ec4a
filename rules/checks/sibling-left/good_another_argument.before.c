/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_open(struct demo *demo)
{
	demo->ports = kzalloc(sizeof(struct ports), GFP_KERNEL);
	return demo->ports ? 0 : -ENOMEM;
}

int demo_bind(struct demo *demo)
{
	demo->lanes = kzalloc(sizeof(*demo->lanes), GFP_KERNEL);
	return demo->lanes ? 0 : -ENOMEM;
}

int demo_copy(struct demo *demo, size_t bytes)
{
	demo->copy = kzalloc(bytes, GFP_KERNEL);
	return demo->copy ? 0 : -ENOMEM;
}
