"""Macros that take an argument for its type alone, through other macros."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from reviewbot.contracts.measured import _is_measured


def asked(text: str) -> tuple[bool, int]:
    """Return whether M0(x) only measures its argument, and how often macros were looked up."""
    looked: list[str] = []
    teacher: Any = SimpleNamespace(data=text.encode(), headers=lambda name: looked.append(name) or ())
    return _is_measured(teacher, "M0", 0, 4, {}), len(looked)


@pytest.mark.parametrize(("text", "expected"), [
    ("#define M0(x) sizeof(x)\n", True), ("#define M0(x) M1(typeof(x))\n", True), ("#define M0(x) demo(x)\n", False),
    ("#define M0(x) M1(x)\n#define M1(y) sizeof(y)\n", True), ("#define M0(x) M0(x)\n", False),
])
def test_what_is_measured_is_not_looked_at(text: str, expected: bool) -> None:
    """A macro is followed to what its argument comes to; one that comes back to itself tells nothing."""
    assert asked(text)[0] is expected


def test_macros_that_name_each_other_often_are_looked_through_once() -> None:
    """Thirty uses of a macro in each of four are thirty thousand ways, and four macros."""
    uses = [f"#define M{level}(x) {' '.join([f'M{level + 1}(x)'] * 30)}\n" for level in range(4)]
    assert asked("".join(uses) + "#define M4(x) sizeof(x)\n")[1] <= 5
