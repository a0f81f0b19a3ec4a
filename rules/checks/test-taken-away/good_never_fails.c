/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_open(struct inode *inode, struct file *file)
{
	file->f_mode |= FMODE_STREAM;
	return 0;
}

int demo_start(struct inode *inode, struct file *file)
{
	demo_open(inode, file);
	return demo_go(file);
}
