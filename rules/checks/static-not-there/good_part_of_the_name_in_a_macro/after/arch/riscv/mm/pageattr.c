#include <linux/mm.h>

static ssize_t split_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return demo_pages(buf);
}

static DEMO_ATTR_RO(split);

int demo_set(unsigned long addr)
{
	return demo_add(&demo_attr_split);
}
