"""Turns the examples of a rule folder into a patch series on a small tree, and says which lines must be found.

An example is one C file, or a folder of trees: `before/` and what one patch after the other makes of it, `after/`,
`after2/`. A file that `before/` lacks and every tree needs comes from a skeleton; a later tree repeats what it changes.
"""

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


_MOMENTS = ("before", "after", "after2", "after3")
_ANY_MARK = re.compile(r"[ \t]*(?:/\*|#) (?P<kind>BAD-TODO|FALSE-TODO|BAD)(?::[^*\n]*)?(?: \*/|(?=\n))")


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeExample:
    """An example of several files: the tree at each moment without marks, and the marks by file, line and side.

    A mark in `before/` is for a finding about a removed line (side `old`).
    """

    arches: tuple[str, ...]
    moments: tuple[dict[str, str], ...]
    marks: dict[tuple[str, int, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example: its path in the kernel, what stood there before, the text without marks, and the marked lines.

    `log` is the commit message: the file `bad_x.log` beside `bad_x.c`.
    """

    path: str
    arches: tuple[str, ...]
    before: str
    after: str
    marks: dict[int, str]
    log: str = "A change.\n"


def read_tree_example(folder: Path) -> TreeExample:
    """Return the example in a folder of trees; its architectures are the folders of `arch/` in it."""
    arches = tuple(sorted({path.name for path in folder.glob("before/arch/*")})) or ("x86",)
    moments = [_skeleton(arches)]
    marks: dict[tuple[str, int, str], str] = {}
    for moment in _MOMENTS:
        tree = dict(moments[-1])
        for path in sorted(p for p in (folder / moment).rglob("*") if p.is_file()):
            relative = path.relative_to(folder / moment).as_posix()
            text = path.read_text(encoding="utf-8")
            side = "old" if moment == "before" else "new"
            marks.update({(relative, number, side): mark["kind"] for number, line in enumerate(text.splitlines(), 1)
                          if (mark := _ANY_MARK.search(line + "\n"))})
            tree[relative] = _ANY_MARK.sub("", text)
            if not text:
                del tree[relative]
        if (folder / moment).is_dir():
            moments.append(tree)
    return TreeExample(arches=arches, moments=tuple(moments[1:]), marks=marks)


def _skeleton(arches: tuple[str, ...]) -> dict[str, str]:
    """Return what every kernel tree has: a top Makefile, Kconfig and Kbuild, and an entry for each architecture."""
    files = {
        "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
        "Kconfig": 'mainmenu "Demo"\nsource "arch/$(SRCARCH)/Kconfig"\nsource "mm/Kconfig"\n',
        "Kbuild": "obj-y += mm/ drivers/ arch/$(SRCARCH)/\n",
        "mm/Kconfig": "config MODULES\n\tbool \"Modules\"\n\tmodules\n",
    }
    for arch in arches:
        files[f"arch/{arch}/Kconfig"] = f"config {arch.upper()}\n\tdef_bool y\n\nconfig MMU\n\tdef_bool y\n"
        files[f"arch/{arch}/Kbuild"] = "obj-y += mm/\n"
    return files


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
    log = path.with_suffix(".log")
    return Example(path=head["path"] or "drivers/demo/demo.c", arches=tuple(head["arch"].split()), before=old,
                   after=_MARK.sub("", body), marks=marks,
                   log=log.read_text(encoding="utf-8") if log.exists() else "A change.\n")


def mail_of(example: Example) -> bytes:
    """Return a one-patch mail that turns the example's before into its after."""
    old = "/dev/null" if not example.before else f"a/{example.path}"
    diff = "".join(difflib.unified_diff(example.before.splitlines(True), example.after.splitlines(True), old,
                                        f"b/{example.path}"))
    new_file = "" if example.before else "new file mode 100644\n"
    return ("From: Demo Author <demo@kernel.example>\nSubject: [PATCH] demo: a change\n"
            "Date: Tue, 4 Mar 2025 10:00:00 +0000\n"
            f"Message-ID: <example@kernel.example>\n\n{example.log}\n---\n"
            f"diff --git a/{example.path} b/{example.path}\n"
            f"{new_file}{diff}-- \n2.39\n").encode()


def findings_in(example: Example, rule: Rule, knowledge: Knowledge) -> tuple[Finding, ...]:
    """Return what one rule finds in an example on a tree that holds nothing else."""
    [series] = find_series(read_source(mail_of(example), name="example")).series
    tree = MemoryTree({"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n"}
                      | ({example.path: example.before.encode()} if example.before else {}))
    analysis = analyse(series=series, patched=apply_series(series, tree), family=knowledge.family,
                       model=knowledge.model, version=parse_version("6.12"), arches=example.arches)
    return find((rule,), analysis)


def mails_of(example: TreeExample) -> bytes:
    """Return an mbox with one patch for each step of the example."""
    steps = list(zip(example.moments, example.moments[1:], strict=False))
    mails = []
    for number, (before, after) in enumerate(steps, 1):
        diffs = "".join(_diff(path, before.get(path), after.get(path)) for path in sorted({*before, *after}))
        counted = f"[PATCH {number}/{len(steps)}]" if len(steps) > 1 else "[PATCH]"
        reply = "" if number == 1 else "In-Reply-To: <example1@kernel.example>\n"
        mails.append("From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Demo Author <demo@kernel.example>\n"
                     f"Subject: {counted} demo: a change\nDate: Tue, 4 Mar 2025 10:0{number}:00 +0000\n{reply}"
                     f"Message-ID: <example{number}@kernel.example>\n\nA change.\n\n---\n{diffs}-- \n2.39\n\n")
    return "".join(mails).encode()


def _diff(path: str, before: str | None, after: str | None) -> str:
    if before == after:
        return ""
    old, new = "/dev/null" if before is None else f"a/{path}", "/dev/null" if after is None else f"b/{path}"
    mode = "new file mode 100644\n" if before is None else "deleted file mode 100644\n" if after is None else ""
    lines = difflib.unified_diff((before or "").splitlines(True), (after or "").splitlines(True), old, new)
    return f"diff --git a/{path} b/{path}\n{mode}{''.join(lines)}"


def findings_in_trees(example: TreeExample, rule: Rule, knowledge: Knowledge, *,
                      base: dict[str, str] | None = None) -> tuple[Finding, ...]:
    """Return what one rule finds in the patches of an example of several files, on another `base` if one is given."""
    [series] = find_series(read_source(mails_of(example), name="example")).series
    tree = MemoryTree({path: text.encode() for path, text in (base or example.moments[0]).items()})
    analysis = analyse(series=series, patched=apply_series(series, tree), family=knowledge.family,
                       model=knowledge.model, version=parse_version("6.12"), arches=example.arches)
    return find((rule,), analysis)
