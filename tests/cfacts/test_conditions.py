"""Under which condition a line of C is compiled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cfacts import condition_at, parse_c_condition, read_conditions
from reviewbot.logic import TRUE

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
    ("ret != 0", "!(ret == 0)"),
    ("unlikely(ret)", "ret"),
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


@given(st.text(alphabet=st.sampled_from("#ifendlsab\n \"'/*\\()&|!")))
def test_any_text_has_conditions(text: str) -> None:
    """Nothing that a file may hold makes the reader fail."""
    data = text.encode()
    conditions = read_conditions(data)
    for line in range(1, conditions.lines.count() + 1):
        conditions.at_line(line)
