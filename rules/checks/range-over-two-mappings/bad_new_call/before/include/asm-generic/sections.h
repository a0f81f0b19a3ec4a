extern char _text[], _etext[];
extern char _data[], _end[];
