"""What is asked of the tree to find a second definition of a function."""

from __future__ import annotations

import pytest
from rule_example import TreeExample, findings_in_trees

from reviewbot.checks.changed_names import Holders
from reviewbot.cli.knowledge import load_knowledge

KNOWLEDGE = load_knowledge(())
[RULE] = [rule for rule in KNOWLEDGE.rules if rule.id == "linked-twice"]
FILES = [f"mm/file{number}.c" for number in range(8)]
BEFORE = {"Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
          "arch/x86/Kconfig": "config X86\n\tdef_bool y\n", **dict.fromkeys(FILES, "int first;\n")}


def test_the_new_functions_of_all_files_are_searched_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A patch that brings functions in many files costs one search of the tree, and not one for each file."""
    searched: list[list[str]] = []
    search = Holders._search

    def counted(holders: Holders, base: object, names: list[str]) -> None:
        searched.append(names)
        search(holders, base, names)

    monkeypatch.setattr(Holders, "_search", counted)
    after = BEFORE | {path: f"int first;\n\nint demo_new{number}(void)\n{{\n\treturn {number};\n}}\n"
                      for number, path in enumerate(FILES)}
    assert not findings_in_trees(TreeExample(arches=("x86",), moments=(BEFORE, after), marks={}), RULE, KNOWLEDGE)
    assert len(searched) == 1
