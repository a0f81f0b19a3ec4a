static const struct page_ops ops = {
	.present = kernel_page_present,
};
