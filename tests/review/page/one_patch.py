"""The review of one patch to one file of a small tree."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from reviewbot.arch import parse_version
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.mail import read_source
from reviewbot.review import Review, review_series
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series

PATH = "arch/x86/kernel/demo.c"


def review(before: str, after: str, *, tree: str = "", path: str = PATH, text: str = "Seal it.",
           arches: tuple[str, ...] = ("x86",), files: Mapping[str, str] | None = None) -> Review:
    diff = "".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), f"a/{path}", f"b/{path}"))
    mail = ("From: A <a@kernel.example>\nSubject: [PATCH] demo: seal it\nDate: Tue, 4 Mar 2025 10:00:00 +0000\n"
            f"Message-ID: <a@kernel.example>\n\n{text}\n\n---\ndiff --git a/{path} b/{path}\n{diff}-- \n2.39\n")
    [series] = find_series(read_source(mail.encode(), name="demo")).series
    there = {"Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", path: tree or before, **(files or {})}
    base = MemoryTree({name: text.encode() for name, text in there.items()})
    return review_series(series, apply_series(series, base), load_knowledge(()), version=parse_version("6.12"),
                         arches=arches)
