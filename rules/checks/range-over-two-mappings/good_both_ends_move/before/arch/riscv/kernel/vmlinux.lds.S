#define LOAD_OFFSET PAGE_OFFSET

SECTIONS
{
	. = LOAD_OFFSET;
	_text = .;
}
