"""Outlines of Kconfig files, and that the part that a question reaches answers as the whole would."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewbot.kconfig.layout import lay_out
from reviewbot.kconfig.outline import Catalogue, OddFileError, Outline
from reviewbot.kconfig.reading import read_model
from reviewbot.kconfig.solving import Questions
from reviewbot.kconfig.store import Sources, Store, surroundings
from reviewbot.logic import And, Not, Or, Var
from reviewbot.source import MemoryTree, open_tree

FILE = """\
config FLASH
	bool "Flash"
	depends on BUS && \\
		(A || B)
	select CRC if FAST
	imply LEDS
	help
\t  config inside a help text is no entry,
\t    source "neither"

\t  nor is this.

if BUS
menu "Cards"
	visible if EXPERT

choice
	prompt "Speed"
	default SLOW if OLD

config SLOW
	bool "slow"

config FAST
	bool "fast"
endchoice
source "drivers/more/Kconfig"
endmenu
endif
cc-new := $(success,$(CC) -fnew)
"""


def test_an_outline_knows_where_each_entry_stands_and_what_it_names() -> None:
    """Continuation lines belong to their entry, help texts to nothing; strings name no symbol."""
    outline = lay_out(FILE)
    assert outline.plain
    flash, slow, fast = outline.entries
    assert (flash.name, flash.first, flash.last, flash.kind, flash.frame) == ("FLASH", 1, 6, "bool", -1)
    assert set(flash.mentions) == {"on", "BUS", "A", "B"}
    assert flash.selects == (("CRC", ("if", "FAST")), ("LEDS", ()))
    assert [frame.word for frame in outline.frames] == ["if", "menu", "choice"]
    assert [(frame.first, frame.last, frame.end, frame.outer) for frame in outline.frames] == [
        (13, 13, 29, -1), (14, 15, 28, 0), (17, 19, 26, 1)]
    assert "EXPERT" in outline.frames[1].mentions
    assert "Cards" not in outline.frames[1].mentions
    assert (slow.frame, fast.frame) == (2, 2)
    assert [(source.line, source.target, source.frame) for source in outline.sources] == [
        (27, "drivers/more/Kconfig", 1)]
    assert outline.macros == (30,)


@pytest.mark.parametrize("text", [
    "config\n", "config A B\n", "if A\n", "endif\n", "menu \"x\"\nendif\n", "config A\n\tbool \"x\n", "\tbool\n",
    "config A\n\tfrobnicate yes\n", "rsource \"x\"\n", "help\n", "source\n", "config A\n" + "x" * (4 << 20)],
    ids=lambda text: repr(text[:20]))
def test_what_is_no_plain_kconfig_is_not_laid_out(text: str) -> None:
    """Anything unknown has the tree parsed as one, which says what is wrong with it."""
    assert not lay_out(text).plain


def outline_of(texts: dict[str, str], **given: str) -> Outline:
    catalogue = Catalogue()
    return Outline(lambda path: catalogue.file(path, texts[path]) if path in texts else None, catalogue, given=given)


TEXTS = {
    "Kconfig": 'source "a"\nif TOP\nsource "b"\nendif\n',
    "a": "config A\n\tbool\n\tselect B if C\n\tselect X if Y\nconfig C\n\tbool\nconfig Y\n\tbool\nconfig TOP\n\tbool\n",
    "b": "config B\n\tbool\nconfig D\n\tdepends on B\n\ttristate\n",
}


def test_a_question_reaches_the_lines_that_decide_it() -> None:
    """Selectors with their conditions and what stands around them; other selects of an entry do not count."""
    outline = outline_of(TEXTS)
    kept = outline.reached(["B"])
    assert {"A", "B", "C", "TOP"} <= kept.names
    assert not {"Y", "X", "D"} & kept.names
    assert kept.lines["Kconfig"] == {1, 2, 3, 4}
    assert kept.part("b", TEXTS["b"]) == ((1, "config B"), (2, "\tbool"))
    assert (outline.kind("D"), outline.kind("X")) == ("tristate", None)
    assert list(outline.names()) == ["A", "C", "Y", "TOP", "B", "D"]


def test_a_member_of_a_choice_brings_the_others_also_from_elsewhere() -> None:
    """The members of a choice exclude each other, and blocks of one name are one choice."""
    texts = {"Kconfig": 'source "a"\nsource "b"\n',
             "a": 'choice SPEED\n\tprompt "Speed"\nconfig SLOW\n\tbool "slow"\nendchoice\nconfig OTHER\n\tbool\n',
             "b": 'choice SPEED\nconfig FAST\n\tbool "fast" if EXTRA\nendchoice\nconfig EXTRA\n\tbool\n'}
    kept = outline_of(texts).reached(["SLOW"])
    assert {"SLOW", "FAST", "EXTRA"} <= kept.names
    assert "OTHER" not in kept.names


LITTLE = """\
config HIDDEN
	bool
config CHOSEN
	bool "Chosen"
	select KEPT
	select ELSEWHERE if OTHER_ARCH
	select ELSEWHERE if CHOSEN && HIDDEN  # never
	select PERHAPS if !OTHER_ARCH
config KEPT
	bool
config ELSEWHERE
	tristate
config PERHAPS
	bool
config GIVEN
	bool
	default y
config FOREIGN
	bool "Foreign"
	depends on CHOSEN && OTHER_ARCH
	select BEHIND
config BEHIND
	bool
config EITHER
	bool "Either"
	depends on CHOSEN || OTHER_ARCH
config ONE
	bool
	select TWO
config TWO
	bool
	select ONE
choice
config MEMBER
	bool
endchoice
"""


def test_what_nothing_sets_is_plain_to_see_without_a_parser() -> None:
    """A symbol is off that has no value of its own, or needs what is off, and that only such symbols select."""
    outline = outline_of({"Kconfig": LITTLE})
    off = {"HIDDEN", "ELSEWHERE", "FOREIGN", "BEHIND", "OTHER_ARCH"}
    assert {name for name in {*outline.names(), "OTHER_ARCH"} if outline.is_unset(name)} == off
    part = Store().slices(Sources(MemoryTree({"Kconfig": LITTLE.encode()})), "x86", version="6.1")
    whole = Questions(read_model({"Kconfig": LITTLE}.get, surroundings={}), "x86")
    for cond in (Var(f"CONFIG_{name}{end}") for name in outline.names() for end in ("", "_MODULE")):
        assert part.can(cond) is whole.can(cond), str(cond)
    incomplete = outline_of({"Kconfig": f'{LITTLE}source "gone"\n'})
    assert not any(incomplete.is_unset(name) for name in ("OTHER_ARCH", "FOREIGN"))


def test_only_files_that_a_name_leads_to_are_laid_out() -> None:
    """What is wrong with a file matters when a question needs it; a help text may name what it does not define."""
    texts = {"Kconfig": 'source "good"\nsource "odd"\n', "odd": "config ODD\n\tfrob\n",
             "good": "config GOOD\n\tbool\n\thelp\n\t  Like\n\t  config ODD\n\t  but good.\n"}
    outline = outline_of(texts)
    for _ in range(2):
        assert outline.reached(["GOOD"]).names >= {"GOOD"}
        with pytest.raises(OddFileError):
            outline.kind("ODD")


def test_a_file_may_be_missing_only_where_it_is_optional() -> None:
    """`osource` takes in what is there; with `source` the Kconfig is incomplete, and unknown symbols stay open."""
    assert outline_of({"Kconfig": 'osource "none"\n'}).complete
    assert not outline_of({"Kconfig": 'osource "none"\nsource "none"\n'}).complete
    assert not outline_of({"Kconfig": 'source "late"\nosource "none"\n', "late": 'source "none"\n'}).complete
    assert not outline_of({"Kconfig": 'osource "none"\nsource "late"\n', "late": 'source "none"\n'}).complete
    assert outline_of({"Kconfig": "config A\n\tbool\n\thelp\n\t  Get the\n\t  source code of it.\n"}).complete
    assert not outline_of({}).complete


def test_a_source_line_that_only_a_macro_can_tell_has_the_tree_parsed_whole() -> None:
    """`source "$(WHERE)/Kconfig"` is followed for variables that the Makefile sets, and for no others."""
    texts = {"Kconfig": 'source "$(SRCARCH)/Kconfig"\n', "x86/Kconfig": ""}
    assert outline_of(texts, SRCARCH="x86").followed
    assert not outline_of(texts).followed


@pytest.mark.kernel
@pytest.mark.parametrize(("release", "arch"), [("5.10", "x86"), ("6.1", "um"), ("6.12", "arm64"), ("7.3", "riscv")])
def test_parts_of_a_real_kconfig_answer_as_the_whole(kernel_tree: Callable[[str], Path], release: str,
                                                      arch: str) -> None:
    """Random questions have the same answer whether the tree is parsed as one or only where they reach."""
    sources = Sources(open_tree(kernel_tree(release)))
    whole = Questions(read_model(sources.read, surroundings=surroundings(arch, version=release)), arch)
    names = sorted(whole.model.symbols)
    part = Store().slices(sources, arch, version=release)
    assert part.names() == names
    chosen = random.Random(release)
    for _ in range(12):
        first, second, third = (Var(f"CONFIG_{name}") for name in chosen.sample(names, 3))
        for cond in (first, And(first, Not(second)), And(Not(first), Or(second, Var(f"{third.name}_MODULE")))):
            assert part.ask(cond).ternary is whole.ask(cond).ternary, str(cond)
            assert part.can(cond) is whole.can(cond), str(cond)
