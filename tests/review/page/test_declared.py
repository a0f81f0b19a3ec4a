"""Declarations that come, go or get an attribute are told as what they are, not as what was not seen."""

from __future__ import annotations

from ..test_seen import PATH, PLAIN, review

HEADER = "arch/x86/include/asm/set_memory.h"
RO = "int set_memory_ro(unsigned long addr, int numpages);\n"
NX = "int set_memory_nx(unsigned long addr, int numpages);\n"
INLINE = "static inline int set_memory_x(unsigned long addr, int numpages)\n{\n	return demo_set(addr);\n}\n"


def page(old: str, new: str) -> tuple[str, tuple[str, ...]]:
    """Return the conclusion of a change of the header, and what the page says was not seen."""
    found = review({HEADER: old, PATH: PLAIN}, {HEADER: new, PATH: PLAIN}).first_page
    return found.conclusion, found.not_seen


def test_a_declaration_that_comes_and_one_that_goes_are_told() -> None:
    """Neither still does what it did: one is new, the other is gone, and both stand in the mail."""
    said, not_seen = page(RO + "\nint demo_first(void);\n", "int demo_first(void);\n\n" + NX)
    assert said.startswith(f"{HEADER} now declares set_memory_nx() and no longer declares set_memory_ro(). ")
    assert not_seen == ()


def test_a_declaration_with_other_parameters_is_told() -> None:
    """What the function takes is another thing; that its callers fit is not said."""
    said, not_seen = page(RO, RO.replace("int numpages", "unsigned int numpages"))
    assert said.startswith(f"{HEADER} changes the declaration of set_memory_ro(). ")
    assert not_seen == ()


def test_an_attribute_of_the_result_is_told_alone() -> None:
    """Callers that drop the result are warned of from then on, or no longer; the functions are what they were."""
    checked = RO.replace("int set", "int __must_check set")
    assert page(RO + NX, checked + NX)[0].startswith(f"set_memory_ro() of {HEADER} is now __must_check. ")
    assert page(checked + NX, RO + NX)[0].startswith(f"set_memory_ro() of {HEADER} is no longer __must_check. ")


def test_an_attribute_of_a_definition_is_told() -> None:
    """A function that the header defines has the attribute at its head."""
    both = INLINE + INLINE.replace("set_memory_x", "set_memory_p")
    said, _ = page(both, both.replace("inline int", "inline int __must_check"))
    assert said.startswith(f"set_memory_p() and set_memory_x() of {HEADER} are now __must_check. ")
