"""A question is asked once of one fact, and again where it is about another one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from report_sample import finding

from reviewbot.findings.types import Finding
from reviewbot.review.page.compose import _asks
from reviewbot.review.page.events import Event
from reviewbot.review.page.rulebook import load_page_rules


def event(asked: Finding) -> Event:
    return Event(kind="finding", key=("finding", asked.rule, asked.message), verdict="worse", arch=(), config="",
                 gist=asked.message, reason="", patch=1, file=asked.file, line=asked.line, functions=(asked.function,),
                 symbols=frozenset({asked.symbol}), consequence="changed", reach="distribution", certainty="model",
                 because=(asked.id,), asks=(asked,))


def test_the_same_words_about_another_fact_are_another_question() -> None:
    """A rule that asks in fixed words asks of each of two facts; one fact that two patches bring is asked about once.
    """
    facts = [finding(id=f"F{number}", rule="expected-code-gone", function=name, symbol=name, line=number,
                     question="Is nobody left who waits for it?", message=f"'{name}' no longer returns -EBUSY.")
             for number, name in ((1, "demo_open"), (2, "demo_close"), (3, "demo_open"))]
    reader = cast("Any", SimpleNamespace(rules=load_page_rules(), analysis=SimpleNamespace(
        series=SimpleNamespace(patches=()))))
    assert [asked.id for asked, _ in _asks(reader, [event(one) for one in facts])] == ["F1", "F2"]
