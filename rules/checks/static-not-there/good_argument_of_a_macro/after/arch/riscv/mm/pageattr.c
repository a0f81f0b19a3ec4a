#include <linux/mm.h>

static ssize_t demo_split(struct device *dev, struct device_attribute *attr, char *buf)
{
	return demo_pages(buf);
}

static DEMO_ATTR(split, 0444, demo_split, NULL);

int demo_set(unsigned long addr)
{
	return demo_add(&demo_attr_split);
}
