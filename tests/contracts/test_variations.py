"""Each rule about contracts on its defect as other people would write it, and on what looks like it and is fine.

A file of `variations/` holds cases under `== bad: ...`, `== good: ...` and `== miss: ...` (a known miss). In a case
with lines that begin with `-` or `+` these are what the patch takes away and brings; else the patch adds the file.
What stands in front of the first case stands in each.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewbot.cli.knowledge import load_knowledge
from reviewbot.cli.rule_examples import Example, findings_in

KNOWLEDGE = load_knowledge(())
RULES = {rule.id: rule for rule in KNOWLEDGE.rules}


def cases() -> list[tuple[str, str, str, str]]:
    """Return rule, kind, title and text of each case."""
    found = []
    for path in sorted((Path(__file__).parent / "variations").glob("*.txt")):
        before, *parts = re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for part in parts:
            head, _, text = part.partition("\n")
            kind, _, title = head.partition(": ")
            found.append((path.stem, kind, title, before + text))
    return found


CASES = cases()


def example(text: str) -> Example:
    """Return the case as a patch of one file."""
    lines = text.splitlines()
    if not any(line[:1] in {"-", "+"} for line in lines):
        return Example(path="mm/demo.c", arches=("x86",), before="", after=text, marks={})
    before = "\n".join(line[1:] for line in lines if line[:1] != "+")
    after = "\n".join(line[1:] for line in lines if line[:1] != "-")
    return Example(path="mm/demo.c", arches=("x86",), before=f"{before}\n", after=f"{after}\n", marks={})


@pytest.mark.parametrize(("rule", "kind", "title", "text"), CASES,
                         ids=[f"{rule}-{kind}-{title}" for rule, kind, title, _ in CASES])
def test_variation(rule: str, kind: str, title: str, text: str) -> None:
    """A defect is found however it is written; what is fine, and what is known to be missed, is not."""
    found = [one for one in findings_in(example(text), RULES[rule], KNOWLEDGE) if one.introduced]
    assert bool(found) == (kind == "bad"), [one.message for one in found] or title
