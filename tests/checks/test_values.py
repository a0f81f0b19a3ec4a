"""A constant that is handed to a helper decides what the helper calls."""

from __future__ import annotations

import pytest

from reviewbot.cfacts import read_file
from reviewbot.checks.analysis import Side, Wrapper
from reviewbot.checks.leaves import leaves_of
from reviewbot.checks.values import constants_anywhere, number_of
from reviewbot.source import MemoryTree

HEAD = """
#include <linux/demo.h>
#define DEMO_MOST 4
enum demo_mode { DEMO_NONE, DEMO_SHOW, DEMO_HIDE = 7, DEMO_BOTH };
"""
SWITCH = """
static int helper(void *at, enum demo_mode mode)
{
	switch (mode) {
	case DEMO_SHOW:
		return show(at);
	case DEMO_HIDE:
		return hide(at);
	case DEMO_BOTH:
		show(at);
		fallthrough;
	case DEMO_ELSE:
		return hide(at);
	default:
		return 0;
	}
}
"""
IF = """
static int helper(void *at, bool mode)
{
	if (!mode)
		return show(at);
	return hide(at);
}
"""
NAMES = frozenset({"show", "hide"})


def reached(helper: str, caller: str) -> list[tuple[str, str]]:
    """Return the functions that the caller's call of helper() reaches, with the tests in between."""
    text = HEAD + helper + caller
    tree = MemoryTree({"mm/demo.c": text, "include/linux/demo.h": "#define DEMO_ELSE 9\n#define DEMO_FAR 0x10\n"})
    names = NAMES | {"helper", "inner"}
    facts = read_file("mm/demo.c", text.encode(), names=names, returns=dict.fromkeys(names, "int"))
    wrappers: dict[str, tuple[Wrapper, ...]] = {}
    for function in facts.functions:
        calls = tuple(call for call in facts.calls if call.function == function.name)
        wrappers[function.name] = (Wrapper(name=function.name, file="mm/demo.c", function=function, calls=calls),)
    side = Side(tree=tree, facts={"mm/demo.c": facts}, wrappers={name: those for name, those in wrappers.items()
                                                                 if name != "caller"})
    [call] = wrappers["caller"][0].calls
    leaves = leaves_of(side, call.callee, near="mm/demo.c", arguments=call.arguments, primitives=NAMES,
                       values=call.values)
    return [(leaf.primitive, " and ".join(str(one) for one in leaf.guards if str(one) != "1")) for leaf in leaves]


def caller(argument: str, before: str = "") -> str:
    return f"int caller(void *at, bool wanted, int how)\n{{\n{before}\treturn helper(at, {argument});\n}}\n"


@pytest.mark.parametrize(("argument", "before", "expected"), [
    ("DEMO_SHOW", "", [("show", "")]),
    ("DEMO_HIDE", "", [("hide", "")]),
    ("DEMO_BOTH", "", [("show", ""), ("hide", "")]),
    ("DEMO_NONE", "", []),
    ("(enum demo_mode)DEMO_NONE", "", []),
    ("DEMO_ELSE", "", [("hide", "")]),
    ("DEMO_FAR", "", []),
    ("7", "", [("hide", "")]),
    ("8", "", [("show", ""), ("hide", "")]),
    ("wanted ? DEMO_SHOW : DEMO_NONE", "", [("show", "wanted")]),
    ("mode", "\tconst enum demo_mode mode = !wanted ? DEMO_HIDE : DEMO_NONE;\n", [("hide", "!wanted")]),
    ("mode", "\tenum demo_mode mode = DEMO_NONE;\n\n\tif (wanted)\n\t\tmode = DEMO_SHOW;\n",
     [("show", "(mode == DEMO_SHOW)")]),
    ("mode", "\tenum demo_mode mode = DEMO_NONE;\n\n\tif (wanted)\n\t\tmode = how;\n",
     [("show", "(mode == DEMO_SHOW)"), ("hide", "(mode == DEMO_HIDE)"), ("show", "(mode == DEMO_BOTH)"),
      ("hide", "(mode == DEMO_BOTH) || (mode == DEMO_ELSE)")]),
    ("how", "", [("show", "(how == DEMO_SHOW)"), ("hide", "(how == DEMO_HIDE)"), ("show", "(how == DEMO_BOTH)"),
                 ("hide", "(how == DEMO_BOTH) || (how == DEMO_ELSE)")]),
])
def test_a_switch_makes_the_calls_of_its_constant(argument: str, before: str, expected: list[tuple[str, str]]) -> None:
    """Only the labels that the argument can be are reached; what it is computed from is the test in front."""
    assert reached(SWITCH, caller(argument, before)) == expected


@pytest.mark.parametrize(("argument", "expected"), [
    ("true", [("hide", "")]), ("false", [("show", "")]), ("0", [("show", "")]), ("DEMO_MOST", [("hide", "")]),
    ("NULL", [("show", "")]), ("wanted", [("show", "!wanted"), ("hide", "wanted")]),
    ("!wanted", [("show", "wanted"), ("hide", "!wanted")]), ("&how", [("hide", "")]),
])
def test_a_truth_decides_an_if(argument: str, expected: list[tuple[str, str]]) -> None:
    """A literal, a macro and an address are true or false for good."""
    assert reached(IF, caller(argument)) == expected


def test_a_constant_goes_through_several_helpers() -> None:
    """A parameter that is handed on unchanged is the caller's constant still."""
    chain = SWITCH.replace("helper(", "inner(") + (
        "static int helper(void *at, enum demo_mode mode)\n{\n\treturn inner(at, mode);\n}\n")
    assert reached(chain, caller("DEMO_HIDE")) == [("hide", "")]


@pytest.mark.parametrize("write", ["mode = !mode;", "mode |= other(at);", "fill(&mode);"])
def test_a_parameter_that_the_helper_changes_is_no_constant(write: str) -> None:
    """What the helper assigns to its own parameter is not what it was called with."""
    changed = IF.replace("\tif (!mode)", f"\t{write}\n\tif (!mode)")
    assert [name for name, _ in reached(changed, caller("true"))] == ["show", "hide"]


def test_a_name_with_two_values_is_no_constant() -> None:
    """Where two files define a name otherwise, nobody knows which one is meant."""
    twice = "#undef DEMO_MOST\n#define DEMO_MOST 0\n"
    assert [name for name, _ in reached(twice + IF, caller("DEMO_MOST"))] == ["show", "hide"]


def test_a_constant_that_an_enumerator_is_given_keeps_its_number() -> None:
    """A name behind the sign of equality in some enumeration is no entry of that, and what it is stays known."""
    tree = MemoryTree({"include/linux/sizes.h": "#define DEMO_SIZE 0x2000\n",
                       "include/linux/demo.h": "enum demo { DEMO_ROOM = DEMO_SIZE };\n"})
    assert number_of("DEMO_SIZE", constants_anywhere(tree, ("mm/demo.c",))) == 0x2000


@pytest.mark.parametrize(("text", "number"), [
    ("1 << DEMO_ORDER", 4), ("DEMO_ORDER * 3", 6), ("(DEMO_ORDER) - 1", 1), ("DEMO_ORDER << 70", None),
    ("DEMO_ORDER + demo", None), ("DEMO_FAR << DEMO_FAR", None),
])
def test_two_constants_come_to_a_number(text: str, number: int | None) -> None:
    """What is counted with a constant of the file is a number; what nobody knows, or would be endless, is none."""
    tree = MemoryTree({"mm/demo.c": b"#define DEMO_ORDER 2\n"})
    assert number_of(text, constants_anywhere(tree, ("mm/demo.c",))) == number
