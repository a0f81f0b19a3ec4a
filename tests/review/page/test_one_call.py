"""A new call that can fail on some architectures alone is told of all that make it."""

from __future__ import annotations

import pytest
from one_patch import review

PATH = "mm/demo.c"
HEAD = "#include <linux/set_memory.h>\n\n"
NONE = HEAD + "int demo_seal(struct demo *demo)\n{\n\treturn 0;\n}\n"
KEPT = "\treturn set_memory_ro((unsigned long)demo->text, demo->pages);\n"
LOST = "\tset_memory_ro((unsigned long)demo->text, demo->pages);\n\treturn 0;\n"
BUILD = {"Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n', "Kbuild": "obj-y += mm/\n",
         "mm/Makefile": "obj-y += demo.o\n",
         **{f"arch/{arch}/Kconfig": f"config {arch.upper()}\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\n"
                                    "config ARCH_HAS_SET_MEMORY\n\tbool\n" for arch in ("arm64", "x86")}}


@pytest.mark.parametrize(("body", "arches", "failure"), [
    (KEPT, ("arm64", "x86"), ""), (LOST, ("x86",), "fail")])
def test_a_failure_that_is_looked_after_splits_no_row(body: str, arches: tuple[str, ...], failure: str) -> None:
    """Only x86 has to split a leaf for it: that it can fail there is a row of its own where the failure is lost."""
    new = NONE.replace("\treturn 0;\n", body)
    rows = review(NONE, new, path=PATH, files=BUILD, arches=("arm64", "x86")).first_page.rows
    [row] = [one for one in rows if one.verdict != "same"]
    assert set(arches) <= set(row.arch)
    assert failure in row.statement + review(NONE, new, path=PATH, files=BUILD, arches=("arm64", "x86")
                                             ).first_page.conclusion
