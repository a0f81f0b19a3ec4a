"""Under which condition a line of C is compiled."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cfacts import condition_at, parse_c_condition, read_conditions
from reviewbot.cfacts.conditions import Arm
from reviewbot.logic import TRUE, And, Ternary

NEST = b"""\
#ifndef _DEMO_H
#define _DEMO_H
int always;
#if defined(CONFIG_A) && !IS_ENABLED(CONFIG_B) /* why */
int a;
# ifdef FOO
int foo;
# endif
#elif FOO > 2
int two;
#else
int other;
#endif
int after;
#endif /* _DEMO_H */
"""


@pytest.mark.parametrize(("line", "condition"), [
    (3, "1"),
    (5, "!CONFIG_B && !CONFIG_B_MODULE && CONFIG_A"),
    (7, "!CONFIG_B && !CONFIG_B_MODULE && CONFIG_A && defined(FOO)"),
    (10, "(!CONFIG_A || CONFIG_B || CONFIG_B_MODULE) && (FOO > 2)"),
    (12, "!(FOO > 2) && (!CONFIG_A || CONFIG_B || CONFIG_B_MODULE)"),
    (14, "1"),
])
def test_the_nest_of_a_line(line: int, condition: str) -> None:
    """Arms exclude the arms before them, and the include guard is no condition."""
    assert str(condition_at(NEST, line)) == condition


@pytest.mark.parametrize(("text", "condition"), [
    ("CONFIG_X", "CONFIG_X"),
    ("defined CONFIG_X", "CONFIG_X"),
    ("IS_ENABLED(CONFIG_X)", "CONFIG_X || CONFIG_X_MODULE"),
    ("IS_BUILTIN(CONFIG_X)", "CONFIG_X"),
    ("IS_MODULE(CONFIG_X)", "CONFIG_X_MODULE"),
    ("IS_REACHABLE(CONFIG_X)", "CONFIG_X || (CONFIG_X_MODULE && defined(MODULE))"),
    ("!debug_pagealloc_enabled() && !rodata_full", "!debug_pagealloc_enabled() && !rodata_full"),
    ("!(a || b)", "!a && !b"),
    ("ret != 0", "ret"),
    ("p == NULL", "!p"),
    ("is_on(d) == true && d->mode != false", "d->mode && is_on(d)"),
    ("(a & b) == 0", "!(a & b)"),
    ("a & b == 0", "(a & b == 0)"),
    ("CONFIG_LEVELS == 0", "(CONFIG_LEVELS == 0)"),
    ("ret != 1", "!(ret == 1)"),
    ("unlikely(ret)", "ret"),
    ("p->next == NULL", "!p->next"),
    ("!(NULL != demo_of(p))", "!demo_of(p)"),
    ("(void *)p == NULL", "!(void *)p"),
    ("*p + 1 == NULL", "(*p + 1 == NULL)"),
    ("&demo == NULL", "(&demo == NULL)"),
    ("!a == b", "(!a == b)"),
    ("!p->on", "!p->on"),
    ("a ? b : c", "(a ? b : c)"),
    ("0", "0"),
    ("0x10UL", "1"),
    ("1 &&", "1"),
    ("((", "(("),
    ("12ab", "12ab"),
    ("!defined(__ASSEMBLY__)", "1"),
])
def test_an_expression_as_a_condition(text: str, condition: str) -> None:
    """Junctions, negations and option macros are followed; the rest is a variable in C's words."""
    assert str(parse_c_condition(text.encode())) == condition


def test_strays_of_a_fragment_are_passed_over() -> None:
    """An #else or #endif without its #if says nothing."""
    assert condition_at(b"#else\nint a;\n#endif\nint b;\n", 2) == TRUE


def test_directives_in_comments_and_strings_are_none() -> None:
    """Only real preprocessor lines count."""
    text = b'/*\n#if 0\n*/\nchar *s = "\\\n#if 0\\\n";\nint a;\n'
    assert condition_at(text, 7) == TRUE
    assert read_conditions(text).arms == ()


LINES = ["#if A", "#if !B", "#if defined(C) && A", "#ifdef B", "#ifndef C", "#elif A", "#elif !C", "#else", "#endif",
         "int a;", "", "/*", "*/", '"', "'", "\\", " # if B \\", "//"]


@given(st.one_of(st.text(alphabet=st.sampled_from("#ifendlsab\n \"'/*\\()&|!")),
                 st.lists(st.sampled_from(LINES), max_size=20).map("\n".join)))
def test_any_text_has_conditions(text: str) -> None:
    """Whatever a file holds, its arms nest, and each byte has the condition of the innermost arm around it."""
    data = text.encode()
    conditions = read_conditions(data)
    arms = conditions.arms
    for number, arm in enumerate(arms):
        assert 0 <= arm.directive <= arm.start <= arm.end <= len(data)
        assert -1 <= arm.parent < number
        if arm.parent >= 0:
            around = arms[arm.parent]
            assert around.start <= arm.directive
            assert arm.end <= around.end
        before = [other for other in arms[:number] if other.group == arm.group]
        assert all(other.end == following.directive for other, following in pairwise([*before, arm]))
    for offset in range(len(data) + 1):
        around_it = [number for number, arm in enumerate(arms) if arm.directive <= offset < arm.end]
        innermost = conditions.arm_at(offset)
        if innermost >= 0 and arms[innermost].end <= offset:  # at the end of the file a group may still be open
            assert offset == len(data)
            continue
        assert innermost == max(around_it, default=-1)
        assert conditions.at_offset(offset) == And(*(arms[number].condition for number in _chain(arms, innermost)))
    for line in range(1, conditions.lines.count() + 1):
        assert conditions.at_line(line) == condition_at(data, line)


def _chain(arms: tuple[Arm, ...], arm: int) -> list[int]:
    return [arm, *_chain(arms, arms[arm].parent)] if arm >= 0 else []


CONDITIONS = {"defined(A)": lambda on: "A" in on, "!defined(B)": lambda on: "B" not in on,
              "defined(A) && !defined(C)": lambda on: "A" in on and "C" not in on,
              "defined(B) || defined(C)": lambda on: bool({"B", "C"} & on), "0": lambda on: False}
CODE = st.just(("int x;",))
GROUPS = st.recursive(
    st.lists(CODE, max_size=2).map(tuple),
    lambda inner: st.tuples(st.lists(st.tuples(st.sampled_from(sorted(CONDITIONS)), inner), min_size=1, max_size=3),
                            st.one_of(st.none(), inner), inner),
    max_leaves=8)


def _write(group: tuple[object, ...], alive: bool, on: set[str]) -> Iterator[tuple[str, bool]]:
    """Yield the lines of a group with whether a preprocessor keeps them where `on` is defined."""
    if not group or not isinstance(group[0], list):
        yield from (("int x;", alive) for _ in group)
        return
    arms, otherwise, rest = group
    taken = False
    for number, (text, inner) in enumerate(arms):
        yield f"#{'elif' if number else 'if'} {text}", False
        here = not taken and CONDITIONS[text](on)
        yield from _write(inner, alive and here, on)
        taken = taken or here
    if otherwise is not None:
        yield "#else", False
        yield from _write(otherwise, alive and not taken, on)
    yield "#endif", False
    yield from _write(rest, alive, on)


@given(GROUPS)
def test_a_line_has_the_condition_under_which_a_preprocessor_keeps_it(group: tuple[object, ...]) -> None:
    """For every choice of what is defined, a line is kept just where its condition says yes."""
    for on in ({name for name, wanted in zip("ABC", choice, strict=True) if wanted}
               for choice in product((False, True), repeat=3)):
        lines = list(_write(group, True, on))
        conditions = read_conditions("\n".join(line for line, _ in lines).encode())
        values = {f"defined({name})": name in on for name in "ABC"}
        for number, (line, kept) in enumerate(lines, 1):
            if not line.startswith("#"):
                assert conditions.at_line(number).evaluate(values) is (Ternary.YES if kept else Ternary.NO)


@pytest.mark.parametrize("text", [
    b"#ifndef _DEMO_MAP_H\n#define _DEMO_MAP_H\nint here;\n",  # the end is not in sight
    b"#ifndef __ASM_DEMO_H__\n#define __ASM_DEMO_H__\nint here;\n#endif\n#ifdef CONFIG_A\nint more;\n#endif\n",
])
def test_a_guard_is_known_by_its_name_too(text: bytes) -> None:
    """A header that is known in parts, or goes on behind its guard, still hangs on no condition of its own."""
    assert read_conditions(text).at_line(3) == TRUE


def test_an_include_guard_with_an_else_is_a_condition() -> None:
    """What a header says when it is read again is no part of what it says the first time."""
    text = b"#ifndef _DEMO_H\n#define _DEMO_H\nint first;\n#else\nint again;\n#endif\n"
    assert read_conditions(text).at_line(5) != TRUE
