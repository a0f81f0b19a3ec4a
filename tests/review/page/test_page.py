"""The first page: what stands on it, in which order, and what does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewbot.arch import Runtime, parse_range, parse_version
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.errors import DataError
from reviewbot.logic import TRUE, And, Not, Or, Var
from reviewbot.mail import read_source
from reviewbot.report import render_json
from reviewbot.review import Review, review_series
from reviewbot.review.page import PageRow, load_page_rules
from reviewbot.review.page.switches import say_condition
from reviewbot.series import choose_series, find_series
from reviewbot.source import apply_series, open_tree

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture(scope="module")
def review() -> Review:
    series = choose_series(find_series(read_source(EXAMPLES / "series.mbox")))
    return review_series(series, apply_series(series, open_tree(EXAMPLES / "linux")), load_knowledge(()),
                         version=parse_version("6.12"))


def _runtime(name: str, holds: str = "0", parameters: tuple[tuple[str, bool], ...] = (), requires: str = "") -> Runtime:
    return Runtime(name=name, versions=parse_range("5.10.."), holds=holds, parameters=parameters, requires=requires,
                   text="", anchors=())


SWITCHES = (
    _runtime("guard_full", parameters=(("guard=off", False), ("guard=on", False), ("guard=full", True))),
    _runtime("tracking", parameters=(("tracking=on", True), ("tracking=off", False)), requires="TRACKING"),
    _runtime("tracking_static", holds="tracking"),
)


def test_the_page_keeps_within_its_limits(review: Review) -> None:
    """A page has at most seven rows and five questions, however much there is to say; what was left out is counted."""
    page = review.first_page
    assert 0 < len(page.rows) <= 7
    assert 0 < len(page.ask) <= 5
    assert page.left_out > 0
    said = [page.conclusion, *(row.statement for row in page.rows)]
    said += [finding.question for finding in review.findings if finding.id in page.ask]
    assert sum(len(text.split()) for text in said) <= 320


def test_rows_stand_in_the_order_of_their_weight(review: Review) -> None:
    """The gravest row comes first, and rows that say that nothing changes come last."""
    weights = [row.weight.value for row in review.first_page.rows]
    assert weights == sorted(weights, reverse=True)


def test_everything_on_the_page_rests_on_something(review: Review) -> None:
    """The ids that a row or a question names are those of findings and cells in the JSON."""
    record = json.loads(render_json(review))
    known = {entry["id"] for entry in [*record["findings"], *record["behaviour"]]}
    assert all(row["because"] and set(row["because"]) <= known for row in record["first_page"]["rows"])
    assert set(record["first_page"]["ask"]) <= known
    assert len({cell["id"] for cell in record["behaviour"]}) == len(record["behaviour"])


def test_no_sentence_stands_there_twice(review: Review) -> None:
    """One event is one statement."""
    statements = [row.statement for row in review.first_page.rows]
    assert len(set(statements)) == len(statements)


def test_a_conclusion_is_made_of_the_rows(review: Review) -> None:
    """What sums the page up says what its first row says."""
    first: PageRow = review.first_page.rows[0]
    assert first.gist in review.first_page.conclusion


@pytest.mark.parametrize(("condition", "text"), [
    (TRUE, ""),
    (And(Var("tracking()"), Not(Var("guard_full"))), "tracking=on, guard!=full"),
    (Var("tracking_static()"), "tracking=on"),
    (And(Var("CONFIG_TRACKING"), Var("tracking()")), "tracking=on"),
    (And(Var("CONFIG_VAULT"), Not(Var("CONFIG_KEYS"))), "KEYS=n, VAULT=y"),
    (Or(Var("guard_full"), Var("CONFIG_VAULT")), "VAULT=y or guard=full"),
    (And(Var("CONFIG_ARCH_HAS_VAULT"), Var("guard_full")), "guard=full"),
])
def test_conditions_are_said_in_options_and_parameters(condition: object, text: str) -> None:
    """Whoever boots a kernel knows options and parameters, not what the C code calls them."""
    said = say_condition(condition, SWITCHES)  # type: ignore[arg-type]
    assert said is not None
    assert said.text == text


def test_a_condition_without_such_words_has_none() -> None:
    """What no option or parameter decides is not made up."""
    assert say_condition(Var("page_is_warm(page)"), SWITCHES) is None


def test_weights_are_data(tmp_path: Path) -> None:
    """A weight is consequence x reach x certainty, out of tables; a category without a consequence does not load."""
    rules = load_page_rules()
    assert rules.weigh("lost", "distribution", "proved").value == 100
    assert rules.weigh("lost", "nobody", "proved").value == 0
    assert rules.weigh("undone", "developer", "derived").value < rules.weigh("undone", "distribution", "derived").value
    folder = Path(__file__).resolve().parents[3] / "rules" / "page"
    for name in ("promises.toml", "protections.toml", "bits.toml"):
        (tmp_path / name).write_text((folder / name).read_text(encoding="utf-8"), encoding="utf-8")
    text = (folder / "weights.toml").read_text(encoding="utf-8")
    (tmp_path / "weights.toml").write_text(text.replace('order                 = "changed"', 'order = "huge"'),
                                           encoding="utf-8")
    with pytest.raises(DataError, match="huge"):
        load_page_rules(tmp_path)


def test_the_last_argument_decides_what_a_call_promises() -> None:
    """One function maps and unmaps: which of the two it is stands in the call."""
    rules = load_page_rules()
    for value, name in (("1", "mapped"), ("0", "unmapped"), ("enable", "mapped-or-not")):
        promise = rules.promise("__kernel_map_pages", ("page", "1", value))
        assert promise is not None
        assert promise.id == name


def test_an_architecture_that_the_series_does_not_touch_is_not_named_for_what_it_does_not_build(review: Review) -> None:
    """Nobody asks about a file where no configuration builds it, unless the series is about that architecture, too."""
    touched = {path.split("/")[1] for state in review.patched.states for path in (file.path for file in state.files)
               if path.startswith("arch/")}
    for row in review.first_page.rows:
        assert " build " not in row.statement or set(row.arch) <= touched
