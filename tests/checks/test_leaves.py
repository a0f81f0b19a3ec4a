"""What is not understood in a condition stays open: a call under it never vanishes."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.cfacts import read_file
from reviewbot.checks.analysis import Side
from reviewbot.checks.leaves import global_part
from reviewbot.kconfig import KernelConfig
from reviewbot.kconfig.guards import is_no_option
from reviewbot.logic import And, Cond, Not, Or, Ternary, Var, without
from reviewbot.source import MemoryTree

OPEN = ("a->ready", "b->trusted", "count", "(state == 3)", "locked(a)")
OPTIONS = ("CONFIG_SWAP", "CONFIG_NET")
HEAD = "int demo(struct demo *a, struct demo *b, int count)\n{\n\tint state = demo_state(a);\n\n"
TREE = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
    "Kconfig": 'config SWAP\n\tbool "Swap"\n\nconfig NET\n\tbool "Net"\n\nsource "arch/$(SRCARCH)/Kconfig"\n',
    "Kbuild": "obj-y += mm/\n", "mm/Makefile": "obj-y += demo.o\n", "arch/x86/Kconfig": "config X86\n\tdef_bool y\n",
}

conditions = st.recursive(
    st.sampled_from([Var(name) for name in (*OPEN, *OPTIONS)]),
    lambda inner: st.one_of(st.builds(Not, inner), st.builds(And, inner, inner), st.builds(Or, inner, inner)),
    max_leaves=10)


def can_hold(conds: list[Cond], chosen: dict[str, bool]) -> bool:
    """Return whether values of the open names let all conditions hold: each test sees its own moment."""
    return all(any(cond.assume(chosen).evaluate(dict(zip(OPEN, row, strict=True))) is Ternary.YES
                   for row in product((False, True), repeat=len(OPEN))) for cond in conds)


def in_c(cond: Cond) -> str:
    """Return the condition as C code, options asked for with IS_ENABLED()."""
    text = str(cond)
    for name in OPTIONS:
        text = text.replace(name, f"IS_ENABLED({name})")
    return text


def sides(code: str) -> tuple[Side, Cond]:
    """Return the code as a side, and what its one call of `mapped` says about options."""
    tree = MemoryTree({**TREE, "mm/demo.c": code})
    facts = read_file("mm/demo.c", code.encode(), names=frozenset({"mapped"}), returns={"mapped": "int"})
    side = Side(tree=tree, facts={"mm/demo.c": facts}, wrappers={})
    [call] = facts.calls
    return side, And(*(global_part(guard.condition, facts.functions[0], side) for guard in call.guards))


@given(conditions, conditions)
def test_what_is_left_of_two_conditions_is_no_only_where_nothing_lets_them_hold(first: Cond, second: Cond) -> None:
    """Brute force over all values of what is not understood agrees with every NO."""
    left = And(*(without(cond, is_no_option) for cond in (first, second)))
    for row in product((False, True), repeat=len(OPTIONS)):
        chosen = dict(zip(OPTIONS, row, strict=True))
        assert left.evaluate(chosen) is not Ternary.NO or not can_hold([first, second], chosen)


@settings(max_examples=40)
@given(st.lists(conditions, min_size=1, max_size=3), st.booleans())
def test_a_call_is_ruled_out_only_where_nothing_lets_it_run(conds: list[Cond], early: bool) -> None:
    """Nested tests and early returns in C code, seen through the helper and through Kconfig: NO means never."""
    if early:
        code = HEAD + "".join(f"\tif (!({in_c(cond)}))\n\t\treturn 0;\n" for cond in conds) + "\treturn mapped(a);\n}\n"
    else:
        code = HEAD + "".join(f"\tif ({in_c(cond)})\n" for cond in conds) + "\t\treturn mapped(a);\n\treturn 0;\n}\n"
    side, left = sides(code)
    line = next(number for number, text in enumerate(code.splitlines(), 1) if "mapped" in text)
    presence = KernelConfig(side.tree).presence("mm/demo.c", line, "x86")
    for row in product((False, True), repeat=len(OPTIONS)):
        chosen = dict(zip(OPTIONS, row, strict=True))
        if can_hold(conds, chosen):
            known = chosen | {f"{name}_MODULE": False for name in OPTIONS}
            assert left.evaluate(known) is not Ternary.NO
            assert presence.evaluate(known) is not Ternary.NO


@pytest.mark.parametrize(("before", "test", "left"), [
    ("", "a->ready && !b->trusted", "1"),
    ("", "!a->ready && (b->trusted || !count)", "1"),
    ("", "a->ready && !a->ready", "0"),
    ("", "always_on && !b->trusted", "always_on"),
    ("if (!once)\n\t\treturn 0;\n\tonce = false;\n", "!once", "1"),
    ("if (state)\n\t\treturn 0;\n\tstate = demo_state(b);\n", "state", "1"),
])
def test_two_local_values_are_two_unknowns(before: str, test: str, left: str) -> None:
    """A positive and a negated test of different things may both hold; so may two of one thing that changes."""
    _, found = sides(f"{HEAD}\t{before}\tif ({test})\n\t\treturn mapped(a);\n\treturn 0;\n}}\n")
    assert str(found) == left
