/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_encode(struct demo *d, struct demo_req *req)
{
	demo_old_encrypt(d->ctx, req->in, req->out, req->len);
	return 0;
}

int demo_send(struct demo *d, struct demo_req *req)
{
	if (!virt_addr_valid(req->in) || !virt_addr_valid(req->out))
		return -EINVAL;

	demo_take(d);
	demo_check_key(d);
	return demo_encode(d, req);
}
