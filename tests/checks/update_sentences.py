"""The page of samples: every rule's sentences as its own examples bring them out, and the command that writes it anew.

    python tests/checks/update_sentences.py

Read what has changed aloud before committing it.
"""

from __future__ import annotations

from pathlib import Path

from rule_example import findings_in, findings_in_trees, read_example, read_tree_example

from reviewbot.checks import Rule
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.findings.types import Finding
from reviewbot.resources import data_folder
from reviewbot.review import Knowledge
from reviewbot.review.page import asked_text

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sentences.md"
_HEAD = """# What the rules say

Each rule with the sentences that its own bad examples bring out, as the first page and a reply draft have them: the
fact, then the question. The page is for reading aloud, by somebody who did not write the rule. `make sentences` writes
it anew.
"""


def sentences() -> str:
    """Return the page."""
    knowledge = load_knowledge(())
    return "\n".join([_HEAD, *(_section(rule, knowledge) for rule in knowledge.rules)])


def _section(rule: Rule, knowledge: Knowledge) -> str:
    said: dict[str, None] = {}
    folder = data_folder("rules") / "checks" / rule.id
    for path in sorted(folder.glob("bad_*")):
        if path.is_dir():
            found = findings_in_trees(read_tree_example(path), rule, knowledge)
        elif path.suffix == ".c" and not path.name.endswith(".before.c"):
            found = findings_in(read_example(path), rule, knowledge)
        else:
            continue
        said.update(dict.fromkeys(_said(finding) for finding in found if finding.introduced))
    return "\n".join([f"## {rule.id}", "", f"{rule.summary}.", "", *(f"- {text}" for text in said), ""])


def _said(finding: Finding) -> str:
    return asked_text(finding, ())


if __name__ == "__main__":
    PAGE.write_text(sentences(), encoding="utf-8")
    print(PAGE)
