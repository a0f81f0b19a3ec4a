"""What one file says: functions, calls, mentions, macros."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reviewbot.cfacts import Family, account, facts, functions_of, load_family, read_file
from reviewbot.cfacts.functions import names_pattern

RULES = Path(__file__).parent.parent.parent / "rules" / "api"


@pytest.fixture(scope="module")
def family() -> Family:
    return load_family((RULES,))


def kinds(data: bytes, family: Family) -> list[tuple[int, str, str]]:
    facts = read_file("f.c", data, names=family)
    assert account("f.c", data, facts, names=family.names()) == ()
    return [(mention.line, mention.name, mention.kind) for mention in facts.mentions]


def test_every_place_of_a_name_is_told_apart(family: Family) -> None:
    """Declarations, definitions, exports, macros, directives and escapes are mentions, each of its kind."""
    data = b"""\
int set_memory_ro(unsigned long addr, int numpages);
#define set_memory_rox set_memory_rox
#ifndef set_memory_x
#endif
int set_memory_nx(unsigned long addr, int numpages)
{
	return 0;
}
EXPORT_SYMBOL_GPL(set_memory_nx);
static struct ops ops = { .set = set_memory_rw, };
/* set_memory_np() */
static char *text = "set_memory_p";
int f(struct ops *o)
{
	o->set_memory_uc = set_memory_wb;
	return o->set_memory_uc(1, 2);
}
"""
    assert kinds(data, family) == [
        (1, "set_memory_ro", "declaration"), (2, "set_memory_rox", "macro"), (2, "set_memory_rox", "macro"),
        (3, "set_memory_x", "preprocessor"), (5, "set_memory_nx", "definition"), (9, "set_memory_nx", "export"),
        (10, "set_memory_rw", "escape"), (15, "set_memory_uc", "member"), (15, "set_memory_wb", "escape"),
        (16, "set_memory_uc", "member")]


def test_functions_made_by_a_macro_are_functions(family: Family) -> None:
    """A macro whose body defines functions defines them where it is used, with pasted names."""
    data = b"""\
#define __SET_MEMORY_FUNC(fname, flags)				\\
static inline int fname(unsigned long addr, int numpages)	\\
{								\\
	return __set_memory(addr, numpages, (flags));		\\
}								\\
static inline int __##fname(void *start, void *end)		\\
{								\\
	return __set_memory(start, end, (flags));		\\
}

__SET_MEMORY_FUNC(set_memory_ro, SET_MEMORY_RO)
"""
    facts = read_file("f.h", data, names=family)
    assert [(f.name, f.returns, f.by_macro, f.span.line) for f in facts.functions] == [
        ("__set_memory_ro", "int", "__SET_MEMORY_FUNC", 11), ("set_memory_ro", "int", "__SET_MEMORY_FUNC", 11)]
    assert [(call.callee, call.use, call.function) for call in facts.calls] == [
        ("__set_memory", "in-macro", "__SET_MEMORY_FUNC")] * 2
    assert account("f.h", data, facts, names=family.names()) == ()


def test_a_macros_user_is_a_call_through_the_macro(family: Family) -> None:
    """Where a macro is used in its own file, the call names the macro and what it stands for."""
    data = b"#define map(p) set_pages_uc(p, 1)\nvoid f(struct page *p)\n{\n\tmap(p);\n}\n"
    calls = read_file("f.c", data, names=family).calls
    assert [(c.span.line, c.callee, c.use, c.through) for c in calls] == [
        (1, "set_pages_uc", "in-macro", ()), (4, "map", "discarded", ("set_pages_uc",))]


def test_a_files_own_definition_says_what_a_name_returns(family: Family) -> None:
    """A void function of the family that this file defines as int is no void callee, and the other way round."""
    data = (b"int hibernate_map_page(struct page *p)\n{\n\treturn 0;\n}\n"
            b"void g(struct page *p)\n{\n\thibernate_map_page(p);\n}\n")
    assert [c.use for c in read_file("f.c", data, names=family).calls] == ["discarded"]
    assert [c.use for c in read_file("f.c", b"void g(void)\n{\n\tset_memory_ro(1, 1);\n}\n", names=family,
                                     returns={"set_memory_ro": "void"}).calls] == ["void-callee"]


def test_headers_are_read_through_annotations() -> None:
    """Name, return type, parameters and marks of a definition."""
    data = b"""\
module_init(start)
static __init __must_check struct page *
take(unsigned long addr, int (*set)(unsigned long, int)) __acquires(&lock)
{
	return find(addr);
}
SYSCALL_DEFINE2(demo, int, fd, void __user *, p)
{
	return 0;
}
struct list { int a; };
int table[] = { 1, 2 };
extern inline void nothing(void) { }
"""
    found = functions_of(data)
    assert [(f.name, f.returns, f.static, f.inline, f.must_check) for f in found] == [
        ("take", "struct page *", True, False, True), ("demo", "", False, False, False),
        ("nothing", "void", False, True, False)]
    assert found[0].parameters == ("unsigned long addr", "int (*set)(unsigned long, int)")
    assert found[0].calls_all == ("find",)
    assert (found[0].span.line, found[0].body.line, found[0].span.end_line) == (2, 4, 6)
    assert found[1].by_macro == "SYSCALL_DEFINE2"


def test_one_broken_function_spoils_no_other(family: Family) -> None:
    """Where braces do not balance, the other functions are still found and the file says so in a Skip."""
    data = b"""\
int f(unsigned long a)
{
	if (a) {
	return set_memory_ro(a, 1);
}

int g(unsigned long a)
{
	return set_memory_x(a, 1);
}
"""
    facts = read_file("f.c", data, names=family)
    assert [(c.function, c.use) for c in facts.calls] == [("f", "returned"), ("g", "returned")]
    assert [skip.stage for skip in facts.skips] == ["split"]


def test_an_unreadable_statement_is_a_call_and_a_skip(family: Family) -> None:
    """A call that the grammar cannot place is told by the words around it and recorded as a Skip."""
    nested = b"(" * 400
    data = b"void f(unsigned long a)\n{\n\tint b = " + nested + b"a" + b")" * 400 + b";\n\tset_memory_ro(a, 1);\n}\n"
    facts = read_file("f.c", data, names=family)
    assert [(c.use, c.arguments) for c in facts.calls] == [("discarded", ("a", "1"))]
    assert len(facts.skips) == 1


@pytest.mark.parametrize("data", [b"", b"\n", b"{", b"}", b"#if", b"\xff\x00set_memory_ro(", b'"set_memory_ro',
                                  b"set_memory_ro(", b"set_memory_ro", b"#define set_memory_ro(", b"/* set_memory_ro"])
def test_scraps_are_accounted_for(data: bytes, family: Family) -> None:
    """Nothing crashes and no mention is lost, whatever stands in a file."""
    facts = read_file("f.c", data, names=family)
    assert account("f.c", data, facts, names=family.names()) == ()


def test_fragments_keep_their_lines_and_say_what_is_not_in_sight(family: Family) -> None:
    """Of a file known in parts, the parts are read where they stand; names come from the hunks' sections."""
    lines = [""] * 80
    lines[9:17] = ["\t}", "\tret = set_memory_ro(addr, 1);", "\tif (ret)", "\t\tgoto out;", "out:", "\treturn ret;",
                   "}", ""]
    lines[19:23] = ["int next(unsigned long addr)", "{", "\tint err;", "\terr = set_memory_nx(addr, 1);"]
    lines[49:52] = [" * set_memory_x(", " */", "\tset_memory_rw(addr,"]
    facts = read_file("f.c", "\n".join(lines).encode(), names=family, known=((10, 23), (50, 52)),
                      sections={10: "static int first(unsigned long addr)", 50: "void other(void)"})
    assert [(c.span.line, c.function, c.use) for c in facts.calls] == [
        (11, "first", "returned"), (23, "next", "handled"), (52, "other", "handled")]
    assert facts.calls[1].note == "what happens to it later is not in sight"


@pytest.mark.kernel
@pytest.mark.parametrize("version", ["5.10", "6.1", "6.12", "7.3"])
def test_no_mention_of_a_real_tree_is_lost(version: str, kernel_tree: Callable[[str], Path], family: Family) -> None:
    """In every file of a real tree that mentions the family, each mention is accounted for."""
    tree = kernel_tree(version)
    names = family.names()
    wanted = [name.encode() for name in sorted(names)]
    calls = 0
    for folder in ("arch", "drivers", "include", "kernel", "mm", "net", "security", "lib"):
        for path in sorted((tree / folder).rglob("*.[ch]")):
            data = path.read_bytes()
            if any(name in data for name in wanted):
                facts = read_file(str(path), data, names=family)
                assert account(str(path), data, facts, names=names) == ()
                calls += len(facts.calls)
    assert calls > 150


@pytest.mark.parametrize("names", [{"map"}, {"map", "map_x", "unmap"}, {"nowhere"}])
def test_a_few_names_are_found_as_the_pattern_finds_them(names: set[str]) -> None:
    """To look for one name after the other says what a pattern of all of them says, in the same order."""
    data = b"map map_x; $map map$ unmap(map, map_x) xmap map_x1 /* map */ \xe4map\nmap"
    plain = [(found.start(), found.group().decode()) for found in names_pattern(frozenset(names)).finditer(data)]
    assert facts._places(frozenset(names), data) == plain
