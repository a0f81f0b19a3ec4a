"""An option that the tree does not define may be younger than the tree."""

from __future__ import annotations

import pytest
from one_patch import review

PATH = "arch/x86/mm/demo.c"
FILES = {"Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
         "arch/x86/Kconfig": "config X86\n\tdef_bool y\n\nconfig DEMO_SEAL\n\tbool \"Demo\"\n"}
CODE = "int demo(void)\n{\n\tif (IS_ENABLED(CONFIG_DEMO_SEAL))\n\t\treturn 1;\n\treturn 0;\n}\n"
CALL = "int demo_seal(unsigned long addr)\n{\n\treturn set_memory_ro(addr, 1);\n}\n"


@pytest.mark.parametrize(("symbol", "asked"), [
    ("LATER_OPTION", 0),   # what the patch is made on may define it
    ("X86_DEMO_SEAL", 1),  # another form of the one that it takes away
    ("DEMO_SEALS", 1),     # nearly one that there is
    ("LATER_PTDUMP", 1),   # one of the subject
])
def test_only_one_near_the_subject_or_another_is_asked_about(symbol: str, asked: int) -> None:
    """The tree is not the one that the patch was made on: want of a definition shows a slip only near the subject, or
    where the name is a form of another."""
    found = review(CODE, CODE.replace("DEMO_SEAL", symbol), path=PATH, files=FILES)
    assert [one.rule for one in found.findings] == asked * ["dead-gate"]


def test_a_file_of_the_family_is_asked_of_any() -> None:
    """The file has a call of the family: each option that nothing defines is worth the question."""
    found = review(CALL + CODE, CALL + CODE.replace("DEMO_SEAL", "LATER_OPTION"), path=PATH, files=FILES)
    assert [one.rule for one in found.findings if one.level != "note"] == ["dead-gate"]
