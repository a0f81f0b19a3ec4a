"""Defects of the family that were published as vulnerabilities, each as a shape in code of our own: as it was, it is
raised; as it was mended, nothing is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewbot.cli.knowledge import load_knowledge
from reviewbot.cli.rule_examples import Example, findings_in

_ASKED = ("ignored-result", "freed-in-unknown-state", "error-lost-in-void", "warn-only", "unmatched-undo",
          "forgotten-error")
KNOWLEDGE = load_knowledge(())
RULES = [rule for rule in KNOWLEDGE.rules if rule.id in _ASKED]


def cases() -> list[tuple[str, str, str]]:
    """Return title, `was` or `mended`, and the text of each case."""
    found = []
    text = (Path(__file__).parent / "published_shapes.txt").read_text(encoding="utf-8")
    for part in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        head, _, code = part.partition("\n")
        title, _, state = head.rpartition(": ")
        found.append((title, state, code))
    return found


@pytest.mark.parametrize(("title", "state", "code"), cases(), ids=[f"{title}-{state}" for title, state, _ in cases()])
def test_shape(title: str, state: str, code: str) -> None:
    """A shape is raised as it was published, and quiet as it was mended."""
    example = Example(path="drivers/demo/demo.c", arches=("x86",), before="", after=code, marks={})
    found = [one.message for rule in RULES for one in findings_in(example, rule, KNOWLEDGE)
             if one.introduced and one.level in {"error", "warning", "question"}]
    assert bool(found) == (state == "was"), found or title
