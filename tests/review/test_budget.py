"""What a review may cost: what runs out is left out and named, and nobody else pays for it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.budget import LIMITS, Budget
from reviewbot.cli import main
from reviewbot.errors import BudgetError

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
WORDS = ["review", str(EXAMPLES / "series.mbox"), "--tree", str(EXAMPLES / "linux"), "--no-network", "--no-progress",
         "--format", "json"]


def review(*more: str) -> Result:
    return CliRunner().invoke(main, [*WORDS, "--no-cache", *more])


def whole_review() -> str:
    """Return the review with nothing cut, made once."""
    return CliRunner().invoke(main, WORDS).stdout


def test_a_part_that_runs_out_becomes_a_skip_and_the_next_one_goes_on() -> None:
    """The first takes more than a part may, the second does not, and the review says of the first what it was."""
    budget = Budget(replace(LIMITS, part=10))
    assert budget.attempt(lambda: budget.spend(11), where="rule a", stage="rule") is None
    assert budget.attempt(lambda: budget.spend(9) or "done", where="rule b", stage="rule") == "done"
    assert [(skip.where, skip.stage, skip.why) for skip in budget.skips] == [
        ("rule a", "rule", "it takes too many steps")]


def test_what_is_nested_too_deep_is_left_out_and_said() -> None:
    """The stack is a budget too: the part that ends it is skipped, and the review goes on."""
    def deeper(number: int) -> int:
        return deeper(number + 1) + 1

    budget = Budget()
    assert budget.attempt(lambda: deeper(0), where="rule a", stage="rule") is None
    assert [(skip.where, skip.why) for skip in budget.skips] == [("rule a", "something in it is nested too deep")]
    assert budget.attempt(lambda: "done", where="rule b", stage="rule") == "done"


def test_a_part_ends_at_the_step_that_is_too_much() -> None:
    """What counts its steps is stopped by them: it does not go on to its own end."""
    budget, done = Budget(replace(LIMITS, part=10)), []

    def work() -> None:
        for number in range(100):
            budget.spend()
            done.append(number)

    assert budget.attempt(work, where="a", stage="rule") is None
    assert done == list(range(10))


def test_a_spent_review_begins_nothing_more() -> None:
    """What comes after the last step is not begun, and each thing is named."""
    budget, begun = Budget(replace(LIMITS, review=5)), []
    budget.attempt(lambda: budget.spend(6), where="a", stage="cells")
    assert budget.attempt(lambda: begun.append("b"), where="b", stage="cells") is None
    assert begun == []
    assert [skip.why for skip in budget.skips] == ["the steps of the review are spent"] * 2


def test_an_error_that_somebody_below_caught_is_not_forgotten() -> None:
    """Code that makes do without an answer cannot hide that the budget ran out."""
    def work(budget: Budget) -> str:
        try:
            budget.spend(11)
        except BudgetError:
            return "something else"
        return "done"

    budget = Budget(replace(LIMITS, part=10))
    assert budget.attempt(lambda: work(budget), where="a", stage="rule") is None
    assert len(budget.skips) == 1


def test_seconds_take_the_place_of_steps() -> None:
    """With a clock that stands still no number of steps runs out; when it has moved on, everything does."""
    now = [0.0]
    budget = Budget(clock=lambda: now[0], seconds=5)
    assert budget.attempt(lambda: budget.spend(10 ** 12) or "done", where="a", stage="rule") == "done"
    now[0] = 6.0
    assert budget.attempt(lambda: "done", where="b", stage="rule") is None
    assert budget.skips[0].why == "the 5 seconds of the review are spent"


def test_the_report_is_the_same_with_the_budget_on_and_off() -> None:
    """Steps decide by default, and an ordinary series comes near none of the limits."""
    assert whole_review() == review("--budget", "100000").stdout


@pytest.mark.parametrize("steps", [0, 40, 400, 1200, 2000])
def test_whatever_runs_out_the_report_names_it_and_says_nothing_false(steps: int, monkeypatch: pytest.MonkeyPatch
                                                                      ) -> None:
    """With too few steps every finding is one of the whole review's, the rest is a skip, and the page says so."""
    whole = json.loads(whole_review())
    limits = replace(LIMITS, review=steps)
    monkeypatch.setattr("reviewbot.cli.review.Budget", lambda **_: Budget(limits))
    done = review()
    assert done.exit_code == 0, done.stderr
    cut = json.loads(done.stdout)
    assert {finding["fingerprint"] for finding in cut["findings"]} <= {
        finding["fingerprint"] for finding in whole["findings"]}
    assert any("steps" in skip["why"] for skip in cut["skips"])
    assert cut["first_page"]["not_seen"]
    assert not any(row["verdict"] == "same" for row in cut["first_page"]["rows"])


def test_many_conditions_in_one_file_are_cut_and_said(tmp_path: Path) -> None:
    """Of hundreds of new conditions the first are looked at, and the skip says how many."""
    from shapes import SHAPES  # noqa: PLC0415

    make, _ = SHAPES["elifs"]
    source = tmp_path / "trap.mbox"
    source.write_text(make(320))
    done = CliRunner().invoke(main, ["review", str(source), *WORDS[2:]])
    said = [(skip["where"], skip["why"]) for skip in json.loads(done.stdout)["skips"] if skip["stage"] == "gates"]
    assert said == [("mm/trap.c", "of the conditions that patch 1 brings only the first 300 are looked at")]


def test_many_patches_to_one_function_are_cut_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls of the first patches are compared, the patch from which on they are not is named; a clock cuts none."""
    from shapes_of_rules import RULE_SHAPES  # noqa: PLC0415

    source = tmp_path / "trap.mbox"
    source.write_text(RULE_SHAPES["patched"][0](6))
    words = ["review", str(source), *WORDS[2:], "--no-cache"]
    monkeypatch.setattr("reviewbot.cli.review.Budget", lambda **_: Budget(replace(LIMITS, part=3000)))
    cut = json.loads(CliRunner().invoke(main, words).stdout)
    [skip] = [skip for skip in cut["skips"] if skip["stage"] == "cells"]
    first = int(skip["where"].split()[1])
    assert skip["why"] == "there are too many calls to compare"
    assert {int(cell["patch"]) for cell in cut["behaviour"]} < set(range(1, first + 1))
    monkeypatch.undo()
    whole = json.loads(CliRunner().invoke(main, [*words, "--budget", "1000"]).stdout)
    assert not [skip for skip in whole["skips"] if skip["stage"] == "cells"]


def test_work_ends_where_its_steps_do() -> None:
    """What would go on without end is not waited for."""
    budget, done = Budget(replace(LIMITS, part=10)), []

    def work() -> None:
        while len(done) < 1000:
            done.append(len(done))
            budget.spend()

    budget.attempt(work, where="demo", stage="rule")
    assert len(done) == 11


def test_files_with_too_many_calls_between_them_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file whose calls no longer fit is left out and said; one that fits is read all the same."""
    from shapes import HEAD, mail, new_file  # noqa: PLC0415

    def text(name: str, count: int) -> str:
        calls = "\tset_memory_ro(a, 1);\n" * count
        return f"{HEAD}int {name}(unsigned long a)\n{{\n{calls}\treturn 0;\n}}\n"

    monkeypatch.setattr("reviewbot.checks.reading.LIMITS", replace(LIMITS, calls=10))
    source = tmp_path / "trap.mbox"
    source.write_text(mail(*(new_file(f"mm/{name}.c", text(name, count)) for name, count in (
        ("first", 6), ("second", 5), ("third", 3)))))
    report = json.loads(CliRunner().invoke(main, ["review", str(source), *WORDS[2:]]).stdout)
    assert [(skip["where"], skip["why"]) for skip in report["skips"]] == [
        ("mm/second.c", "its 5 calls, with those of the files before, are too many")]
    assert {cell["file"] for cell in report["behaviour"]} == {"mm/first.c", "mm/third.c"}


def test_calls_that_are_too_many_after_a_patch_are_not_taken_for_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                                     ) -> None:
    """Where a file is read before a patch and not after it, nothing is said of what the patch does to its calls."""
    from shapes_of_rules import RULE_SHAPES  # noqa: PLC0415

    source = tmp_path / "trap.mbox"
    source.write_text(RULE_SHAPES["grown twice"][0](6))
    monkeypatch.setattr("reviewbot.checks.reading.LIMITS", replace(LIMITS, calls=10))
    report = json.loads(CliRunner().invoke(main, ["review", str(source), *WORDS[2:], "--no-cache"]).stdout)
    assert [skip["why"] for skip in report["skips"]] == [
        "its 12 calls, with those of the files before, are too many"]
    assert {cell["patch"] for cell in report["behaviour"]} == {"1"}
    assert {finding["patch"] for finding in report["findings"]} == {1}
    assert not [finding for finding in report["findings"] if finding.get("fixed_by")]


@pytest.mark.parametrize("cut", [0, 1, 2, 5, 9, 20, 40, 80, 160])
def test_a_review_can_be_cut_wherever_it_is(cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever meets the end of the steps, the review ends with a report."""
    limits = replace(LIMITS, review=cut * 50, part=cut * 20)
    monkeypatch.setattr("reviewbot.cli.review.Budget", lambda **_: Budget(limits))
    assert review().exit_code == 0
