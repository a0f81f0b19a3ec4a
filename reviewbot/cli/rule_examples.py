"""The examples of a rule folder as patch series on small trees, and whether the rule finds exactly what is marked.

An example is one C file, or a folder of trees: `before/` and what one patch after the other makes of it, `after/`,
`after2/`. A file that `before/` lacks and every tree needs comes from a skeleton; a later tree repeats what it changes.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from reviewbot.arch import parse_version
from reviewbot.checks import Rule, analyse, find
from reviewbot.checks.scope import EVERYWHERE
from reviewbot.cli.example_marks import Mark, marks_in, ruled_out, settings_of, without_marks
from reviewbot.contracts.learned import Learned
from reviewbot.errors import DataError, UsageError
from reviewbot.findings.types import Finding
from reviewbot.mail import read_source
from reviewbot.patterns import regex
from reviewbot.resources import data_folder
from reviewbot.review import Knowledge
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series
from reviewbot.text import clip, nearest, quote_names, visible
from reviewbot.values import dataclass

__all__ = [
    "Example",
    "Judged",
    "TreeExample",
    "examples_of",
    "findings_in",
    "findings_in_trees",
    "judge",
    "laid_out",
    "mail_of",
    "mails_of",
    "read_example",
    "read_tree_example",
    "rules_in",
    "strays_of",
]

_HEAD = regex(r"/\* config: (?P<config>.*?)\s+arch: (?P<arch>[\w ]+?)(?:\s+path: (?P<path>\S+))?\s*\*/")
_MOMENTS = ("before", "after", "after2", "after3")


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeExample:
    """An example of several files: the tree at each moment without marks, and the marks by file, line and side.

    A mark in `before/` is for a finding about a removed line (side `old`). `base` is the tree that the patches are read
    against where it is another one than their author had: what stands in `tree/` in the place of `before/`.
    """

    arches: tuple[str, ...]
    moments: tuple[dict[str, str], ...]
    marks: dict[tuple[str, int, str], Mark]
    base: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example: its path in the kernel, what stood there before, the text without marks, and the marked lines.

    `log` is the commit message: the file `bad_x.log` beside `bad_x.c`. `settings` are the variables of conditions that
    its configuration decides.
    """

    path: str
    arches: tuple[str, ...]
    before: str
    after: str
    marks: dict[int, Mark]
    log: str = "A change.\n"
    settings: Mapping[str, bool] = field(default_factory=dict)


def read_tree_example(folder: Path) -> TreeExample:
    """Return the example in a folder of trees; its architectures are the folders of `arch/` in it."""
    arches = tuple(sorted({path.name for path in folder.glob("before/arch/*")})) or ("x86",)
    moments = [_skeleton(arches)]
    marks: dict[tuple[str, int, str], Mark] = {}
    for moment in _MOMENTS:
        tree = dict(moments[-1])
        for path in sorted(p for p in (folder / moment).rglob("*") if p.is_file()):
            relative = path.relative_to(folder / moment).as_posix()
            text = path.read_text(encoding="utf-8")
            side = "old" if moment == "before" else "new"
            marks.update({(relative, number, side): mark
                          for number, mark in marks_in(text, where=str(path)).items()})
            tree[relative] = without_marks(text)
            if not text:
                del tree[relative]
        if (folder / moment).is_dir():
            moments.append(tree)
    other = {path.relative_to(folder / "tree").as_posix(): path.read_text(encoding="utf-8")
             for path in sorted(p for p in (folder / "tree").rglob("*") if p.is_file())}
    return TreeExample(arches=arches, moments=tuple(moments[1:]), marks=marks,
                       base=moments[1] | other if other else None)


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
    """Return the example in a file; its first line names configuration, architectures and (maybe) a path.

    Raises DataError when it names none.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    head = _HEAD.match(text)
    if head is None:
        raise DataError("the first line does not say when and where", where=str(path),
                        hint="write it as /* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */")
    body = text.split("\n", 1)[1]
    marks = {number - 1: mark for number, mark in marks_in(text, where=str(path)).items()}
    before = path.with_name(path.name.removesuffix(".c") + ".before.c")
    old = without_marks(before.read_text(encoding="utf-8").split("\n", 1)[1]) if before.exists() else ""
    log = path.with_suffix(".log")
    return Example(path=head["path"] or "drivers/demo/demo.c", arches=tuple(head["arch"].split()), before=old,
                   after=without_marks(body), marks=marks, settings=settings_of(head["config"], where=str(path)),
                   log=log.read_text(encoding="utf-8") if log.exists() else "A change.\n")


def mail_of(example: Example) -> bytes:
    """Return a one-patch mail that turns the example's before into its after."""
    old = "/dev/null" if not example.before else f"a/{example.path}"
    diff = "".join(difflib.unified_diff(_lines(example.before), _lines(example.after), old, f"b/{example.path}"))
    new_file = "" if example.before else "new file mode 100644\n"
    return ("From: Demo Author <demo@kernel.example>\nSubject: [PATCH] demo: a change\n"
            "Date: Tue, 4 Mar 2025 10:00:00 +0000\n"
            f"Message-ID: <example@kernel.example>\n\n{example.log}\n---\n"
            f"diff --git a/{example.path} b/{example.path}\n"
            f"{new_file}{diff}-- \n2.39\n").encode()


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def findings_in(example: Example, rule: Rule, knowledge: Knowledge) -> tuple[Finding, ...]:
    """Return what one rule finds in an example on a tree that holds nothing else."""
    [series] = find_series(read_source(mail_of(example), name="example")).series
    tree = MemoryTree({"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n"}
                      | ({example.path: example.before.encode()} if example.before else {}))
    analysis = analyse(series=series, patched=apply_series(series, tree), family=knowledge.family,
                       model=knowledge.model, version=parse_version("6.12"), arches=example.arches)
    analysis.learned = Learned(scope=(EVERYWHERE,))  # an example shows its rule, wherever it lies
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
    lines = difflib.unified_diff(_lines(before or ""), _lines(after or ""), old, new)
    return f"diff --git a/{path} b/{path}\n{mode}{''.join(lines)}"


def findings_in_trees(example: TreeExample, rule: Rule, knowledge: Knowledge, *,
                      base: dict[str, str] | None = None) -> tuple[Finding, ...]:
    """Return what one rule finds in the patches of an example of several files, on another `base` if one is given."""
    [series] = find_series(read_source(mails_of(example), name="example")).series
    tree = MemoryTree({path: text.encode() for path, text in (base or example.base or example.moments[0]).items()})
    analysis = analyse(series=series, patched=apply_series(series, tree), family=knowledge.family,
                       model=knowledge.model, version=parse_version("6.12"), arches=example.arches)
    analysis.learned = Learned(scope=(EVERYWHERE,))  # an example shows its rule, wherever it lies
    return find((rule,), analysis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one example came to: how many marked lines were found, and each thing that is wrong with it in a line."""

    path: Path
    found: int
    wrong: tuple[str, ...]


def examples_of(rule: Rule) -> list[Path]:
    """Return the examples in the rule's folder: files, and folders of trees."""
    return sorted(path for path in rule.folder.iterdir() if path.name.startswith(("bad_", "good_")) and (
        path.is_dir() or (path.suffix == ".c" and not path.name.endswith(".before.c"))))


def strays_of(rule: Rule) -> list[Path]:
    """Return what lies in the rule's folder as an example does and is none, nor part of one."""
    known = examples_of(rule)
    parts = {path.with_name(f"{path.stem}{end}") for path in known if path.is_file() for end in (".before.c", ".log")}
    return sorted(path for path in rule.folder.iterdir() if path.name[:1] not in {".", "_"} and (
        path.is_dir() or path.suffix in {".c", ".log"}) and path not in known and path not in parts)


def judge(path: Path, rule: Rule, knowledge: Knowledge) -> Judged:
    """Return whether the rule finds exactly the lines of the example that are marked; known misses and false alarms
    must be what they were. Raises DataError when the example cannot be read."""
    if path.is_dir():
        trees = read_tree_example(path)
        _check_arches(trees.arches, path, knowledge)
        marks = dict(trees.marks)
        findings = findings_in_trees(trees, rule, knowledge)
    else:
        example = read_example(path)
        _check_arches(example.arches, path, knowledge)
        marks = {(example.path, line, "new"): mark for line, mark in example.marks.items()}
        findings = tuple(one for one in findings_in(example, rule, knowledge) if not ruled_out(one, example.settings))
    found = {(one.file, one.line, one.side): one for one in findings if one.introduced}
    wrong = []
    # The first line of a file is the head, and is no line of the example itself.
    shown = 0 if path.is_dir() else 1
    for place in sorted({*marks, *found}):
        where = f"{path}{'/' + place[0] if path.is_dir() else ''}:{place[1] + shown}"
        mark = marks.get(place, Mark(kind=""))
        if place in found and mark.kind in {"", "BAD-TODO"}:
            wrong.append(f"{where}: found, and {'marked BAD-TODO' if mark.kind else 'not marked'}: "
                         f"{found[place].message}")
        elif place not in found and mark.kind in {"BAD", "FALSE-TODO"}:
            wrong.append(f"{where}: marked {mark.kind}, and not found")
        elif place in found:
            wrong += [f"{where}: {said}" for said in mark.unlike(found[place])]
    if path.name.startswith("bad_") and not marks:
        wrong.append(f"{path}: a bad example has a line marked BAD")
    if path.name.startswith("good_") and any(mark.kind == "BAD" for mark in marks.values()):
        wrong.append(f"{path}: a good example has no line marked BAD")
    return Judged(path=path, found=len(found), wrong=tuple(wrong))


def _check_arches(arches: tuple[str, ...], path: Path, knowledge: Knowledge) -> None:
    """Raise DataError for an architecture that the model does not have: nothing would be found there."""
    for arch in arches:
        if arch not in knowledge.model.arches:
            near = nearest(arch, knowledge.model.arches)
            raise DataError(f"the model has no architecture '{visible(clip(arch, 40))}'", where=str(path),
                            hint=f"did you mean {quote_names(near, joint='or')}?" if near else
                            f"it has {', '.join(knowledge.model.arches)}")


def rules_in(folder: Path) -> tuple[Path, ...]:
    """Return the rule folders that the folder is or holds, also below `checks/`. Raises UsageError for none."""
    for parent in (folder / "checks", folder):
        found = sorted(path.parent for path in parent.glob("*/rule.toml"))
        if found:
            return tuple(found)
    if (folder / "rule.toml").is_file():
        return (folder.resolve(),)
    raise UsageError("this folder holds no rules", where=str(folder),
                     hint="a rule is a folder with a rule.toml, below DIR/checks/ or DIR")


def laid_out(folder: Path, rules: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the folder laid out like the program's own that the folder is or lies in, if it is another than that."""
    above = rules[0].resolve().parent
    root = folder if (folder / "checks").is_dir() else above.parent if above.name == "checks" else None
    return () if root is None or root.resolve() == data_folder("rules").resolve() else (root,)
