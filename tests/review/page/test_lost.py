"""What a page says of hunks without a place names no more than what was not seen."""

from __future__ import annotations

from ..test_seen import HEAD, PATH, review

FAR = "\n".join(f"int demo_far_{number};" for number in range(12)) + "\n"
OPEN = HEAD + """int demo_open(unsigned long addr)
{
	demo_ready(addr);
	return set_memory_decrypted(addr, 1);
}

"""
CLOSE = """
int demo_close(unsigned long addr)
{
	demo_quiet(addr);
	demo_count(addr);
	return set_memory_encrypted(addr, 1);
}
"""
NEW_CLOSE = CLOSE.replace("	demo_count(addr);\n", "	addr = demo_round(addr);\n	demo_count(addr);\n")
LATE_CLOSE = "\nint demo_late(void)\n{\n	return set_memory_encrypted(1, 1);\n}\n"


def test_of_a_file_that_was_seen_the_hunks_without_a_place_are_counted() -> None:
    """One of two hunks has no place: the other was seen, so the file as a whole is not named as unseen."""
    new = OPEN.replace("demo_ready(addr)", "demo_ready_now(addr)") + FAR + NEW_CLOSE
    page = review({PATH: OPEN + FAR + CLOSE}, {PATH: new}, there={PATH: OPEN + FAR + LATE_CLOSE}).first_page
    assert page.not_seen[0] == f"1 of 2 hunks of {PATH} (patch 1), in demo_close()"


def test_a_file_none_of_whose_hunks_has_a_place_is_named() -> None:
    """All that the patch does to the file is not seen."""
    page = review({PATH: OPEN + FAR + CLOSE}, {PATH: OPEN + FAR + NEW_CLOSE},
                  there={PATH: OPEN + FAR + LATE_CLOSE}).first_page
    assert page.not_seen[0] == f"{PATH}, where hunks of patch 1 have no place"


def test_a_function_that_the_page_judges_is_not_named_as_unseen() -> None:
    """Its hunk has no place, but the mail shows what a row of the page says of it."""
    old = "\nint demo_close(unsigned long addr)\n{\n	return set_memory_encrypted(addr, 1);\n}\n"
    new = old.replace("return set_memory_encrypted(addr, 1);", "set_memory_encrypted(addr, 1);\n	return 0;")
    page = review({PATH: OPEN + FAR + old}, {PATH: OPEN.replace("demo_ready", "demo_now") + FAR + new},
                  there={PATH: OPEN + FAR + LATE_CLOSE}).first_page
    assert any("demo_close()" in row.statement for row in page.rows), page.rows
    assert page.not_seen[0] == f"1 of 2 hunks of {PATH} (patch 1), beyond what the mail shows"


def test_functions_that_call_the_family_are_named_first() -> None:
    """What is cut off at the end of a list are those that say least about mappings."""
    others = [f"\nint demo_other_{name}(int addr)\n{{\n	return demo_ask_{name}(addr);\n}}\n" for name in "abc"]
    old, new = (FAR.join(one.replace("demo_ask", ask) for one in (*others, CLOSE.replace("demo_quiet", ask)))
                for ask in ("demo_ask", "demo_tell"))
    page = review({PATH: OPEN + FAR + old}, {PATH: OPEN.replace("demo_ready", "demo_now") + FAR + new},
                  there={PATH: OPEN + FAR + LATE_CLOSE}).first_page
    assert page.not_seen[0] == f"4 of 5 hunks of {PATH} (patch 1), in demo_close(), demo_other_a() and 2 more functions"


def test_the_other_files_with_hunks_without_a_place_are_counted() -> None:
    """What nobody knows to bear on the family is not named, but the list says that it is there."""
    others = {f"drivers/demo/far_{name}.c": f"int far_{name}(int addr)\n{{\n	return demo_ask_{name}(addr);\n}}\n"
              for name in "ab"}
    old, new = {PATH: OPEN + FAR + CLOSE}, {PATH: OPEN + FAR + NEW_CLOSE}
    there = {PATH: OPEN + FAR + LATE_CLOSE}
    for number, (path, text) in enumerate(others.items(), 1):
        old, new = old | {path: text}, new | {path: text.replace("demo_ask", "demo_tell")}
        page = review(old, new, there=there | dict.fromkeys(others, FAR)).first_page
        assert page.not_seen[0] == (f"{PATH}, where hunks of patch 1 have no place; hunks of {number} more "
                                    f"{'file' if number == 1 else 'files'} have no place either")


def test_an_undecided_function_of_the_family_comes_first() -> None:
    """Beside what is known to change elsewhere it is news that a definition of the family was not compared."""
    mapper = "arch/x86/mm/pat/set_memory.c"
    inner = HEAD + "static int demo_walk(unsigned long addr)\n{\n	demo_lock(addr);\n	return demo_one(addr);\n}\n\n"
    own = "int set_memory_decrypted(unsigned long addr, int pages)\n{\n	return demo_walk(addr);\n}\n"
    lost = "int demo_last(unsigned long addr)\n{\n	int ret = set_memory_ro(addr, 1);\n\n	return ret;\n}\n"
    old = {mapper: inner + own, PATH: HEAD + lost}
    more = "demo_lock(addr);\n	demo_more(addr, 3);\n	demo_less(addr, 2);\n"
    dropped = lost.replace("	int ret = set_memory_ro(addr, 1);\n\n	return ret;",
                           "	set_memory_ro(addr, 1);\n	return 0;")
    new = {mapper: inner.replace("demo_lock(addr);\n", more) + own, PATH: HEAD + dropped}
    page = review(old, new).first_page
    assert page.rows
    assert page.not_seen[0].startswith("whether demo_walk() (work of set_memory_decrypted()) is what it was, in ")
