void demo_protect(void)
{
}
