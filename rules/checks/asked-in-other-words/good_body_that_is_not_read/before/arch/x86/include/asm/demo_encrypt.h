#ifdef CONFIG_DEMO_ENCRYPT
extern unsigned long demo_mask;
#else
#define demo_mask 0UL
#endif

static inline bool demo_encrypt_active(void)
{
	return demo_mask;
}
