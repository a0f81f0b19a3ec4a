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
