"""Answers about configurations, on small trees and against brute force."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import kconfiglib
import pytest

from reviewbot.kconfig import KernelConfig
from reviewbot.kconfig.reading import read_model
from reviewbot.kconfig.solving import MOST_ALIVE, Questions
from reviewbot.kconfig.store import surroundings
from reviewbot.logic import Ternary, parse_condition
from reviewbot.source import MemoryTree
from tests.kconfig.trees import TREE, demo_tree


def test_a_possible_configuration_comes_with_the_few_symbols_to_set() -> None:
    """What has the right default is not in the example."""
    answer = KernelConfig(demo_tree()).possible(parse_condition("HIBERNATION && SWAP"), "fast")
    assert (answer.ternary, answer.example) == (Ternary.YES, (("HIBERNATION", "y"),))


def test_an_impossible_configuration_comes_with_the_chain() -> None:
    """The reason names each line that takes part, nearest to the question first."""
    answer = KernelConfig(demo_tree()).possible(parse_condition("HIBERNATION"), "odd")
    assert answer.ternary is Ternary.NO
    assert answer.reason == (
        "HIBERNATION depends on SWAP && ARCH_HIBERNATION_POSSIBLE (mm/Kconfig:19)",
        "ARCH_HIBERNATION_POSSIBLE has no prompt, no default, and nothing here selects it (mm/Kconfig:23)",
    )


def test_a_condition_on_a_dependency_counts_only_where_it_holds() -> None:
    """`depends on !HIBERNATION if X` forbids the pair only with X."""
    kernel = KernelConfig(demo_tree())
    assert kernel.possible(parse_condition("DEBUG_PAGEALLOC && HIBERNATION"), "fast").ternary is Ternary.NO
    assert kernel.possible(parse_condition("DEBUG_PAGEALLOC && !HIBERNATION"), "fast").ternary is Ternary.YES
    plain = kernel.after(demo_tree(arch__odd__Kconfig=TREE["arch/odd/Kconfig"].replace(
        "select ARCH_HAS_SET_MEMORY", "select ARCH_HIBERNATION_POSSIBLE")), changed=["arch/odd/Kconfig"])
    assert plain.possible(parse_condition("DEBUG_PAGEALLOC && HIBERNATION"), "odd").ternary is Ternary.YES


def test_what_only_the_compiler_knows_stays_open() -> None:
    """A dependency on `$(cc-option,...)` gives UNKNOWN and the question; nothing is run."""
    answer = KernelConfig(demo_tree()).possible(parse_condition("SHADOW"), "fast")
    assert (answer.ternary, answer.free) == (Ternary.UNKNOWN, ("$(cc-option,-fshadow)",))
    assert not Path("made-by-kconfig").exists()


def test_what_a_tool_chain_can_have_is_possible_with_it() -> None:
    """Asked of a tool chain that has all that is asked for, the dependency holds; what options rule out stays out."""
    kernel = KernelConfig(demo_tree())
    assert kernel.with_clang(parse_condition("SHADOW"), "fast").ternary is Ternary.YES
    assert kernel.with_clang(parse_condition("SHADOW && SWAP=m"), "fast").ternary is Ternary.UNKNOWN


def test_a_module_needs_modules() -> None:
    """A tristate is m only with MODULES, and a bool never."""
    kernel = KernelConfig(demo_tree())
    answer = kernel.possible(parse_condition("NET=m"), "fast")
    assert answer.example == (("MODULES", "y"), ("NET", "m"))
    assert kernel.possible(parse_condition("NET=m && !MODULES"), "fast").ternary is Ternary.NO
    assert kernel.possible(parse_condition("SWAP=m"), "fast").ternary is Ternary.NO


def test_a_tree_without_kconfig_answers_unknown() -> None:
    """Absent Kconfig is no error: the symbols of the question are free."""
    answer = KernelConfig(MemoryTree({"mm/a.c": ""})).possible(parse_condition("MMU"), "x86")
    assert (answer.ternary, answer.free) == (Ternary.UNKNOWN, ("CONFIG_MMU",))


def test_a_symbol_that_no_file_defines_is_off() -> None:
    """In a complete Kconfig an undefined symbol is n, and the reason says so."""
    answer = KernelConfig(demo_tree()).possible(parse_condition("NO_SUCH"), "fast")
    assert (answer.ternary, answer.reason) == (Ternary.NO, ("NO_SUCH: no Kconfig file of fast defines it",))


def test_a_line_that_cannot_be_read_is_left_out_and_reported() -> None:
    """A broken line costs that line, not the architecture."""
    tree = demo_tree(mm__Kconfig=TREE["mm/Kconfig"] + "\nconfig BAD\n\tbool \"x\n\nconfig GOOD\n\tbool \"Good\"\n")
    kernel = KernelConfig(tree)
    assert kernel.possible(parse_condition("GOOD"), "fast").ternary is Ternary.YES
    assert [skip.stage for skip in kernel.skips("fast")] == ["kconfig"]


def test_the_environment_decides_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither variables nor a kconfigfunctions module in the way of Python change what is read."""
    (tmp_path / "kconfigfunctions.py").write_text("raise SystemExit('run')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, value in {"srctree": "/elsewhere", "CONFIG_": "X_", "KCONFIG_STRICT": "y", "SRCARCH": "odd"}.items():
        monkeypatch.setenv(name, value)
    assert KernelConfig(demo_tree()).possible(parse_condition("FAST"), "fast").ternary is Ternary.YES


@pytest.mark.parametrize("arch", ["fast", "odd"])
def test_what_a_question_reaches_answers_as_the_whole_would(arch: str) -> None:
    """Every symbol of the tree is possible or not, alone and with another, as in the Kconfig parsed as one."""
    given = surroundings(arch, version="6.12")
    whole = Questions(read_model(TREE.get, surroundings=given), arch)
    names = sorted(whole.model.symbols)
    for first, second in product(names, names):
        cond = parse_condition(first if first == second else f"{first} && !{second}")
        part = KernelConfig(demo_tree()).possible(cond, arch)
        assert part.ternary is whole.ask(cond).ternary, str(cond)
        assert (part.reason, part.free) == (whole.ask(cond).reason, whole.ask(cond).free), str(cond)


def test_a_patched_kconfig_is_asked_anew() -> None:
    """After a patch to Kconfig the answer is that of the new text; the old tree keeps its own."""
    before = KernelConfig(demo_tree())
    after = before.after(demo_tree(arch__plain__Kconfig="config PLAIN\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n"),
                         changed=["arch/plain/Kconfig"])
    question = parse_condition("ARCH_HAS_SET_MEMORY")
    assert before.possible(question, "plain").ternary is Ternary.NO
    assert after.possible(question, "plain").ternary is Ternary.YES


SMALL = """\
config MODULES
	bool "modules"
	modules

config A
	bool "a"

config B
	tristate "b" if A
	default y if !A

config C
	tristate "c"
	depends on B
	select D if A

config D
	tristate
	depends on !E

config E
	bool "e"
	default A

choice
	prompt "one"
	depends on A
	default Q

config P
	bool "p"

config Q
	bool "q" if E

endchoice

config F
	def_tristate m if B
	imply G

config G
	tristate "g"
"""


def test_every_combination_agrees_with_brute_force(tmp_path: Path) -> None:
    """For each pair of values of each pair of symbols: possible here exactly when kconfiglib can reach it."""
    path = tmp_path / "Kconfig"
    path.write_text(SMALL.replace("\tmodules\n", "\toption modules\n"))
    library = kconfiglib.Kconfig(str(path), warn=False)
    names = ["MODULES", "A", "B", "C", "D", "E", "F", "G", "P", "Q"]
    reached = set()
    ranges = [(0, 2), (0, 2), (0, 1, 2), (0, 1, 2), (0, 2), (0, 1, 2)]
    for values in product(*ranges):
        for chosen in ("P", "Q"):
            library.unset_values()
            for name, value in zip(("MODULES", "A", "B", "C", "E", "G"), values, strict=True):
                library.syms[name].set_value(value)
            library.syms[chosen].set_value(2)
            reached.add(tuple(library.syms[name].tri_value for name in names))
    questions = Questions(read_model({"Kconfig": SMALL}.get, surroundings={}), "small")
    for (i, first), (j, second) in product(enumerate(names), enumerate(names)):
        if i >= j:
            continue
        for a, b in product(range(3), repeat=2):
            wanted = any(row[i] == a and row[j] == b for row in reached)
            text = f"{first}={'nmy'[a]} && {second}={'nmy'[b]}"
            assert (questions.ask(parse_condition(text)).ternary is Ternary.YES) == wanted, text


def test_solvers_are_let_go_and_built_again() -> None:
    """However many models are asked, few have a solver at a time, and each answers as if it had kept it."""
    model = read_model({"Kconfig": SMALL}.get, surroundings={})
    asked = [parse_condition(text) for text in ("A", "!A && B", "P && Q", "D && !MODULES", "E && C && !G")]
    told = [Questions(model, "small").can(cond) for cond in asked]
    many = [Questions(model, "small") for _ in range(2 * MOST_ALIVE)]
    for cond, ternary in zip(asked, told, strict=True):
        for one in many:
            assert one.can(cond) is ternary
        assert sum(one.has_solver for one in many) == MOST_ALIVE
