/* config: MMU=y   arch: x86   path: mm/demo.c */
#define demo_note(thing) demo_record(sizeof(thing), (thing).number)
#define demo_say(thing) demo_note(thing)

int demo_attach(struct demo_owner *owner)
{
	struct demo *d = owner->priv;

	if (!d) {	/* BAD */
		demo_say(*d);
		return -ENOMEM;
	}
	return 0;
}
