"""What a patch changes that the family's callers ask, in files that it does not touch."""

from __future__ import annotations

import pytest

from reviewbot.review.reach import Spot, callers_in, seen_from

from .test_seen import HEAD, changed, review, sayings

S390, X86, GENERIC = (Spot(file=f"{folder}/demo.h", line=1) for folder in (
    "arch/s390/include/asm", "arch/x86/include/asm", "include/linux"))
OWN = Spot(file="mm/demo.c", line=9, static=True)


@pytest.mark.parametrize(("path", "spots", "expected"), [
    ("arch/x86/mm/demo.c", [S390], None),
    ("arch/x86/mm/demo.c", [S390, X86], X86),
    ("arch/x86/mm/demo.c", [S390, GENERIC], GENERIC),
    ("mm/other.c", [S390], S390),
    ("mm/other.c", [OWN], None),
    ("mm/demo.c", [OWN], OWN),
])
def test_no_function_asks_the_header_of_another_architecture(path: str, spots: list[Spot], expected: Spot | None
                                                             ) -> None:
    """A changed helper is what a caller can mean: its own file's, a generic one, or its architecture's."""
    assert seen_from(path, spots) == expected


def test_a_body_without_its_end_calls_nothing_of_the_next_function() -> None:
    """Where a rebuilt file lost the end of a function, the calls of those behind it are not its own."""
    text = ("int demo_first(int now)\n{\n	if (now) {\n		return demo_size(1);\n}\n\n"
            "int demo_next(unsigned long addr)\n{\n	return set_memory_ro(addr, demo_size(2));\n}\n}\n")
    core = frozenset({"set_memory_ro"})
    assert "demo_first" not in {name for name, _ in callers_in(text.encode(), core)}
    assert callers_in(text.replace("now) {", "now)").encode(), core)[0][0] == "demo_next"


def test_a_new_call_that_leads_to_the_family_over_two_helpers_is_not_nothing() -> None:
    """The patch leaves both helpers as they are: what the new call comes to is not followed, and nothing is proved."""
    helpers = ("static void demo_pick(void *page)\n{\n	set_memory_decrypted((unsigned long)page, 1);\n}\n\n"
               "static void demo_start(void *page)\n{\n	demo_pick(page);\n}\n\n")
    own = "	set_memory_encrypted((unsigned long)page, 1);\n"
    old = HEAD + helpers + f"int demo_go(void *page)\n{{\n{own}	return 0;\n}}\n"
    said = [one.statement for one in changed(old, old.replace(own, f"{own}	demo_start(page);\n")).level_set]
    assert not any("do what they did" in text for text in said)


ASKS = """bool demo_has(int what)
{
	switch (what) {
	case DEMO_OLD:
		return demo_level;
	default:
		return false;
	}
}

int demo_own(unsigned long addr)
{
	return set_memory_ro(addr, 1);
}
"""


@pytest.mark.parametrize(("asked", "told"), [("DEMO_OLD", False), ("DEMO_NEW", True), ("demo->what", True)])
def test_a_new_case_is_none_of_the_others(asked: str, told: bool) -> None:
    """Who asks for a constant that has the case it had is not concerned by one that gets another answer."""
    user, path = "mm/demo.c", "arch/x86/kernel/asks.c"
    code = HEAD + (f"int demo_go(struct demo *demo)\n{{\n	if (!demo_has({asked}))\n		return 0;\n"
                   "	return set_memory_decrypted(demo->addr, 1);\n}\n")
    new = ASKS.replace("	case DEMO_OLD:\n", "	case DEMO_OLD:\n	case DEMO_NEW:\n")
    kernel = {"Kconfig": "", "arch/x86/Kconfig": "config X86\n	def_bool y\n", user: code}
    found = review({**kernel, path: ASKS}, {**kernel, path: new})
    assert ("beside the family's calls" in sayings(found)) is told


def test_what_is_new_in_a_new_function_is_seen_there() -> None:
    """The call of the family and all that stands around it are new: each is told where it is."""
    new = ("static int demo_begin(void *page)\n{\n	return demo_first(page);\n}\n\n"
           "int demo_go(void *page)\n{\n	if (demo_begin(page))\n		return -EINVAL;\n"
           "	return set_memory_decrypted((unsigned long)page, 1);\n}\n")
    assert "beside the family's calls" not in sayings(changed(HEAD, HEAD + new))
    old = HEAD + new.partition("\n\n")[2].replace("demo_begin(page)", "!page")
    assert "beside the family's calls" in sayings(changed(old, HEAD + new))
