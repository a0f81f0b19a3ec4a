#include <linux/demo.h>

int demo_one(void)
{
	int ret = demo_attach(1);

	if (ret)
		return ret;
	return 0;
}

int demo_two(void)
{
	return demo_attach(2);
}

int demo_three(void)
{
	if (demo_attach(3))
		return -EIO;
	return 0;
}

int demo_four(void)
{
	int ret;

	ret = demo_attach(4);
	if (ret < 0)
		pr_err("four\n");
	return ret;
}

int demo_five(void)
{
	return demo_attach(5) ? -EIO : 0;
}
