"""Kconfig of newer kernels in the words of the parser."""

from __future__ import annotations

import pytest

from reviewbot.errors import BudgetError
from reviewbot.kconfig.rewrite import rewrite_kconfig

CASES = {
    "modules names the symbol": ("config MODULES\n\tbool\n\tmodules\n", "config MODULES\n\tbool\n\n"),
    "transitional is dropped": ("config OLD\n\tbool\n\ttransitional\n", "config OLD\n\tbool\n\n"),
    "a condition on a dependency": ("\tdepends on A if B\n", "\tdepends on ((A) || !((B != n)))\n"),
    "its operators stay": ("\tdepends on A || X if B && C=y\n", "\tdepends on ((A || X) || !((B != n) && C=y))\n"),
    "a macro is one operand": ("\tdepends on A if $(cc-option,-m x)\n",
                               "\tdepends on ((A) || !(($(cc-option,-m x) != n)))\n"),
    "a comment is no condition": ("\tdepends on A || !A # if A=m\n", "\tdepends on A || !A # if A=m\n"),
    "joined lines keep their count": ("\tdepends on A && \\\n\t\tB if C\n",
                                      "\tdepends on ((A &&  \t\tB) || !((C != n)))\n\n"),
    "a default keeps its if": ("\tdefault y if A\n", "\tdefault y if A\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_lines_are_rewritten(name: str) -> None:
    """Each form that kconfiglib does not know becomes one that it knows, on the same line."""
    before, after = CASES[name]
    assert rewrite_kconfig(before) == after
    assert rewrite_kconfig(before).count("\n") == before.count("\n")


def test_a_huge_file_is_refused() -> None:
    """A Kconfig file has a budget."""
    with pytest.raises(BudgetError):
        rewrite_kconfig("#" * (5 << 20))
