"""Turns the examples of a rule folder into a patch series on a small tree, and says which lines must be found."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from reviewbot.arch import parse_version
from reviewbot.checks import Rule, analyse, find
from reviewbot.findings.types import Finding
from reviewbot.mail import read_source
from reviewbot.review import Knowledge
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series

_HEAD = re.compile(r"/\* config: (?P<config>.*?)\s+arch: (?P<arch>[\w ]+?)(?:\s+path: (?P<path>\S+))?\s*\*/")
_MARK = re.compile(r"\t?/\* (?P<kind>BAD-TODO|FALSE-TODO|BAD)(?::[^*]*)? \*/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example: its path in the kernel, what stood there before, the text without marks, and the marked lines."""

    path: str
    arches: tuple[str, ...]
    before: str
    after: str
    marks: dict[int, str]


def read_example(path: Path) -> Example:
    """Return the example in a file; its first line names configuration, architectures and (maybe) a path."""
    text = path.read_text(encoding="utf-8")
    head = _HEAD.match(text)
    assert head, f"{path}: the first line must be /* config: ...   arch: ... */"
    body = text.split("\n", 1)[1]
    marks = {}
    for number, line in enumerate(body.splitlines(), 1):
        mark = _MARK.search(line)
        if mark:
            marks[number] = mark["kind"]
    before = path.with_name(path.name.removesuffix(".c") + ".before.c")
    old = _MARK.sub("", before.read_text(encoding="utf-8").split("\n", 1)[1]) if before.exists() else ""
    return Example(path=head["path"] or "drivers/demo/demo.c", arches=tuple(head["arch"].split()), before=old,
                   after=_MARK.sub("", body), marks=marks)


def mail_of(example: Example) -> bytes:
    """Return a one-patch mail that turns the example's before into its after."""
    old = "/dev/null" if not example.before else f"a/{example.path}"
    diff = "".join(difflib.unified_diff(example.before.splitlines(True), example.after.splitlines(True), old,
                                        f"b/{example.path}"))
    new_file = "" if example.before else "new file mode 100644\n"
    return ("From: Demo Author <demo@kernel.example>\nSubject: [PATCH] demo: a change\n"
            "Date: Tue, 4 Mar 2025 10:00:00 +0000\n"
            f"Message-ID: <example@kernel.example>\n\nA change.\n\n---\ndiff --git a/{example.path} b/{example.path}\n"
            f"{new_file}{diff}-- \n2.39\n").encode()


def findings_in(example: Example, rule: Rule, knowledge: Knowledge) -> tuple[Finding, ...]:
    """Return what one rule finds in an example on a tree that holds nothing else."""
    [series] = find_series(read_source(mail_of(example), name="example")).series
    tree = MemoryTree({"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n"}
                      | ({example.path: example.before.encode()} if example.before else {}))
    analysis = analyse(series=series, patched=apply_series(series, tree), family=knowledge.family,
                       model=knowledge.model, version=parse_version("6.12"), arches=example.arches)
    return find((rule,), analysis)
