"""Both halves of what a patch changes are on the page: what moved into a helper, what went, what the tree has."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from one_patch import review

from reviewbot.findings.types import Claim, Evidence
from reviewbot.review.page import load_page_rules
from reviewbot.review.page.fitting import fitted
from reviewbot.review.page.said import row_text, told_claims
from reviewbot.review.page.types import EMPTY_PAGE, PageRow, Weight

FREE = """void demo_free(struct demo *demo)
{
	if (demo->first && demo_mode == DEMO_GUEST)
		set_memory_encrypted((unsigned long)demo->first, 1);
	if (demo->second && demo_mode == DEMO_GUEST)
		set_memory_encrypted((unsigned long)demo->second, 1);
	demo_log(demo, "freed the demonstration");
}
"""
HELPER = """static void demo_take_back(void *page)
{
	if (page && demo_mode != DEMO_ROOT)
		set_memory_encrypted((unsigned long)page, 1);
}

"""
SEALS = """static void demo_close(struct demo *demo)
{
	set_memory_ro((unsigned long)demo->text, 4);
}

void demo_mark(struct demo *demo)
{
	demo_close(demo);
	set_memory_ro((unsigned long)demo->data, 4);
	demo_log(demo, "marked the demonstration");
}
"""


def test_calls_that_go_into_a_helper_under_another_test_are_one_row() -> None:
    """The same is said of both, and the helper is named; whether there is any memory is asked on both sides."""
    moved = HELPER + "void demo_free(struct demo *demo)\n{\n" + (
        "	demo_take_back(demo->first);\n	demo_take_back(demo->second);\n") + FREE[FREE.index("	demo_log"):]
    [row] = [one for one in review(FREE, moved).first_page.rows if "demo_free()" in one.statement]
    said = "through demo_take_back() where demo_mode != DEMO_ROOT (before: where demo_mode == DEMO_GUEST)"
    assert said in row.statement
    assert len(row.because) == 2


def test_a_helper_that_is_called_no_more_is_a_row_beside_other_calls() -> None:
    """The function makes a call of its own on, on other memory."""
    gone = SEALS[SEALS.index("void demo_mark"):].replace("	demo_close(demo);\n", "")
    [row] = review(SEALS, gone).first_page.rows
    assert row.statement.startswith("demo_mark() no longer makes ")
    assert row.statement.endswith(" read-only through demo_close()")


def test_what_the_tree_has_of_a_patch_in_part_is_said_to_be_there() -> None:
    """One hunk is taken out of the tree before the patch is put on it: what it changes is no change to this tree."""
    seal = FREE.replace("demo_free", "demo_seal").replace("set_memory_encrypted", "set_memory_ro")
    held = seal.replace("{\n", "{\n	if (demo_mode == DEMO_EARLY)\n		return;\n", 1).replace(
        "	if (demo->second && demo_mode == DEMO_GUEST)\n		set_memory_ro((unsigned long)demo->second, 1);\n", "")
    plain = held.replace("	if (demo_mode == DEMO_EARLY)\n		return;\n", "")
    far = "".join(f"int demo_{number}(void);\n" for number in range(12))
    second = "int demo_open(struct demo *demo)\n{\n	return demo_run(demo);\n}\n"
    page = review(plain + far + second, held + far + second.replace("demo_run(demo)", "demo_run(demo, 1)"),
                  tree=held + far + second).first_page
    [row] = page.rows
    assert row.statement.endswith("demo_mode != DEMO_EARLY, which this tree has already")


def test_a_page_is_cut_to_the_lines_of_a_terminal() -> None:
    """What is for the worse stays longest, and what was left out is counted."""
    rules = load_page_rules()
    rows = tuple(PageRow(
        id=f"row-{number}", arch=("x86",), config="", verdict="worse" if number < 3 else "different", patch=1,
        statement=f"demo_{number}() " + "does something else than before with the memory " * 4, file="mm/demo.c",
        line=number, gist=f"demo_{number}() does something else", because=(f"cell-{number}",),
        weight=Weight(value=50 - number, consequence="changed", reach="distribution", certainty="proved"))
        for number in range(9))
    page = fitted(rules, EMPTY_PAGE.__class__(conclusion="", rows=rows, ask=(), claims=(), not_seen=(
        "mm/far.c, where hunks of patch 1 have no place", "whether demo_more() still does what it did (mm/more.c)",
        "what else changes in mm/more.c")), {}, (), lambda one: one.rows[0].gist)
    assert [row.line for row in page.rows][:3] == [0, 1, 2]
    every = [row.id for row in (*page.rows, *page.left_rows)]
    assert every == [f"row-{number}" for number in range(1, len(rows) + 1)]
    assert page.not_seen == ("mm/far.c, where hunks of patch 1 have no place",)
    assert page.left_out == len(rows) - len(page.rows) > 0


def test_a_row_that_fits_after_all_comes_back() -> None:
    """What went first, to make room for what then had to go as well, is on the page when there is room for it."""
    rules = load_page_rules()
    weight = Weight(value=50, consequence="changed", reach="distribution", certainty="proved")
    rows = tuple(PageRow(
        id=f"row-{number}", arch=("x86",), config="", verdict="different" if number < 4 else "same", patch=1,
        statement=f"demo_{number}() " + "does something else " * (60 if number == 3 else 20 if number < 3 else 1),
        file="mm/demo.c", line=number, because=(f"cell-{number}",), weight=weight) for number in range(5))
    page = fitted(rules, EMPTY_PAGE.__class__(conclusion="", rows=rows, ask=(), claims=(), not_seen=()), {}, (),
                  lambda _: "Something changes.")
    assert [(row.id, row.line) for row in page.rows] == [("row-1", 0), ("row-2", 1), ("row-3", 2), ("row-4", 4)]
    assert [(row.id, row.line) for row in page.left_rows] == [("row-5", 3)]


def test_claims_that_one_line_contradicts_are_told_once() -> None:
    """Two patches that say the same of a function are answered with one sentence; those that hold are no news."""
    def claim(patch: int, line: int, verdict: Literal["holds", "contradicted"] = "contradicted") -> Claim:
        shown = Evidence(kind="source", file="mm/demo.c", line=line, text="if (!demo)", rev="before the series")
        return Claim(patch=patch, text=f"demo_{patch}()", kind="only-config", verdict=verdict, because=(shown,))

    assert told_claims([claim(1, 7, "holds"), claim(1, 7), claim(2, 7), claim(3, 9)]) == [1, 3]


def test_what_a_row_says_beyond_the_conclusion_names_its_function() -> None:
    """Where the conclusion tells of two new functions, each failure is told of the one that has it."""
    weight = Weight(value=12, consequence="new", reach="distribution", certainty="proved")
    gists = ["the new demo_take() shares page with the hypervisor", "the new demo_give() makes page private again"]
    rows = tuple(PageRow(
        id=f"row-{number}", arch=("x86",), config="", verdict="different", patch=1, gist=gist,
        statement=f"{gist}: a failure is dealt with", file="mm/demo.c", line=number, because=(f"cell-{number}",),
        weight=weight) for number, gist in enumerate(gists))
    page = replace(EMPTY_PAGE, conclusion=f"On x86 {gists[0]}, and {gists[1]}.", rows=rows)
    assert [row_text(page, row) for row in rows] == [
        "demo_take(): a failure is dealt with", "demo_give(): a failure is dealt with"]
