"""Scenarios of the model, held against what a series makes of their calls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewbot.arch import Model, load_model, parse_version
from reviewbot.arch.machine import load_scenarios
from reviewbot.budget import Budget
from reviewbot.findings.types import Cell, Effect
from reviewbot.logic import TRUE, parse_condition
from reviewbot.resources import data_folder
from reviewbot.review.explored import Explored, explored, with_explored
from reviewbot.review.page import EMPTY_PAGE, PageRow, Weight

FOLDERS = (data_folder("rules"),)
VERSION = parse_version("5.10")
DIRECT = "set_direct_map_default_noflush"


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(FOLDERS)


def effect(symbol: str, acts: str) -> Effect:
    return Effect(resolves_to="arch/arm64/mm/pageattr.c:1", via=(), does=f"{symbol}(): {acts}", may_fail=False,
                  errnos=(), on_failure="cannot-fail", symbol=symbol, acts=parse_condition(acts), only=TRUE,
                  flushes=True, splits="no")


def cell(before: Effect, after: Effect, *, patch: str = "1", function: str = "safe_copy_page",
         call: str = "hibernate_map_page(p, 1)") -> Cell:
    return Cell(patch=patch, file="kernel/power/snapshot.c", function=function, call=call, arch="arm64",
                config=(("DEBUG_PAGEALLOC", "y"), ("HIBERNATION", "y")), before=before, after=after)


WORKS = effect("__kernel_map_pages", "debug_pagealloc_enabled || rodata_full")
NARROW = replace(effect(DIRECT, "rodata_full"), flushes=False)


def shown(model: Model, *cells: Cell) -> tuple[Explored, ...]:
    return explored(cells, lambda: load_scenarios(FOLDERS), model, VERSION, Budget())


def test_a_call_that_works_in_fewer_cases_breaks_the_scenario_there(model: Model) -> None:
    """Hibernation reads a page that nothing maps, with the options under which the new call does nothing."""
    [one] = shown(model, cell(WORKS, NARROW))
    assert (one.scenario.name, one.arch, one.verdict) == ("hibernation-debug-pagealloc", "arm64", "worse")
    assert "debug_pagealloc=on" in one.config
    assert "rodata!=full" in one.config
    assert [(turn.patch, turn.result.outcome) for turn in one.turns] == [(0, "holds"), (1, "broken")]
    assert "hibernation reads page, which is not present" in one.statement


def test_the_way_back_mends_it(model: Model) -> None:
    """The same change the other way round holds from the patch on, and broke before."""
    [one] = shown(model, cell(NARROW, WORKS))
    assert one.verdict == "better"


def test_a_later_definition_takes_part(model: Model) -> None:
    """When what unmaps the page stops to do so as well, nothing breaks any more: only the patches between are told."""
    wide = effect("__kernel_map_pages", "debug_pagealloc_enabled || rodata_full")
    itself = replace(cell(wide, effect("__kernel_map_pages", "rodata_full"), patch="2", function="__kernel_map_pages",
                          call="__kernel_map_pages"), file="arch/arm64/mm/pageattr.c", config=())
    [one] = shown(model, cell(WORKS, NARROW), itself)
    assert [(turn.patch, turn.result.outcome) for turn in one.turns] == [(0, "holds"), (1, "broken"), (2, "holds")]
    assert one.verdict == "different"


@pytest.mark.parametrize("after", [
    replace(NARROW, acts=None),
    replace(NARROW, known=False),
    replace(NARROW, acts=parse_condition("rodata_full && demo_asks")),
])
def test_what_is_not_known_says_nothing(model: Model, after: Effect) -> None:
    """An effect of which nobody can tell when it works, or whether it fails, leaves the scenario alone."""
    assert not shown(model, cell(WORKS, after))


def test_another_function_is_not_in_the_scenario(model: Model) -> None:
    """A scenario is about the functions that it names."""
    assert not shown(model, cell(WORKS, NARROW, function="demo_copy_page"))


def test_a_call_the_other_way_is_another_step(model: Model) -> None:
    """That the page stays mapped afterwards breaks nothing here, and mapping it is not taken from unmapping it."""
    assert not shown(model, cell(WORKS, replace(NARROW, symbol="set_direct_map_invalid_noflush"),
                                 call="hibernate_map_page(p, 0)"))


def test_the_row_about_the_same_call_rests_on_it(model: Model) -> None:
    """Whoever asks why a row stands there is led to the scenario."""
    [one] = shown(model, cell(WORKS, NARROW))
    row = PageRow(id="row-1", arch=("arm64",), config="", verdict="worse", statement="s", patch=1, file="f", line=1,
                  weight=Weight(value=1, consequence="c", reach="r", certainty="c"), because=("cell-1-1",))
    page = with_explored(replace(EMPTY_PAGE, rows=(row, replace(row, because=("cell-1-2",)))), [one])
    assert [found.because for found in page.rows] == [("cell-1-1", "explored-1"), ("cell-1-2",)]
