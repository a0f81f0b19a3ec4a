"""What the relations are tried on: a series as the contents of its files before and after each patch."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from rule_example import mail_of, mails_of, read_example, read_tree_example

from reviewbot.arch import parse_version
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.mail import read_source
from reviewbot.review import Knowledge, Review, review_series
from reviewbot.series import Series, choose_series, find_series
from reviewbot.source import DirectoryTree, MemoryTree, OverlayTree, Tree, apply_series, fragments

__all__ = ["Case", "Step", "example_cases", "knowledge", "read_case", "thread_case"]

ROOT = Path(__file__).resolve().parents[2]
_CONTEXT = 3
_SECTION = re.compile(r"^[A-Za-z_$].*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One patch: its title, its message, and the contents of each file it touches, before and after (None: no file)."""

    title: str
    message: str
    files: Mapping[str, tuple[bytes | None, bytes | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A series on a tree. `onto` is the tree that it is applied to, when that is another one than `base`."""

    name: str
    base: Tree
    steps: tuple[Step, ...]
    cover: str = ""
    kernel: str = "6.12"
    arches: tuple[str, ...] = ()
    onto: Tree | None = None
    backwards: bool = field(default=False)
    """Whether the files of each patch and the rules come in the opposite order."""

    def series(self) -> Series:
        """Return the series as the mails of the steps give it."""
        return choose_series(find_series(read_source(self.mails(), name=self.name)))

    def mails(self) -> bytes:
        """Return the mails of the steps, numbered, below a cover letter if there is one."""
        total = len(self.steps)
        mails = [_mail(0, total, "the series", self.cover)] if self.cover and total > 1 else []
        for number, step in enumerate(self.steps, 1):
            paths = sorted(step.files, reverse=self.backwards)
            diffs = b"".join(diff_of(path, *step.files[path]) for path in paths)
            mails.append(_mail(number, total, step.title, step.message) + b"---\n\n" + diffs + b"-- \n2.39\n\n")
        return b"".join(mails)

    def review(self) -> Review:
        """Return what the program says of the series on the tree."""
        return self._review(self.series(), tree=True)

    def review_hunks(self) -> Review:
        """Return what the program says of the series without any tree."""
        return self._review(self.series(), tree=False)

    def _review(self, series: Series, *, tree: bool) -> Review:
        known = knowledge()
        if self.backwards:
            known = replace(known, rules=tuple(reversed(known.rules)))
        patched = apply_series(series, self.onto or self.base) if tree else fragments(series, kernel=self.kernel)
        return review_series(series, patched, known, version=parse_version(self.kernel), arches=self.arches)

    def end(self) -> Tree:
        """Return the tree after the last patch."""
        return OverlayTree(self.base, {path: after for step in self.steps for path, (_, after) in step.files.items()})

    def touched(self) -> dict[str, bytes]:
        """Return the files that the series finds, as they are before it."""
        found: dict[str, bytes] = {}
        seen: set[str] = set()
        for step in self.steps:
            for path, (before, _) in step.files.items():
                if path not in seen and before is not None:
                    found[path] = before
                seen.add(path)
        return found


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """Return the program's own rules, families and model."""
    return load_knowledge(())


def _mail(number: int, total: int, title: str, message: str) -> bytes:
    reply = "" if number <= 1 else "In-Reply-To: <meta1@kernel.example>\n"
    body = re.sub(r"(?m)^(?=From |--- ?$|diff --git |@@ )", " ", message)
    return ("From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Demo Author <demo@kernel.example>\n"
            f"Subject: [PATCH {number}/{total}] {title}\nDate: Tue, 4 Mar 2025 10:{number % 60:02}:00 +0000\n{reply}"
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
            f"Message-ID: <meta{number}@kernel.example>\n\n{body}\n").encode("utf-8", "surrogateescape")


def diff_of(path: str, before: bytes | None, after: bytes | None) -> bytes:
    """Return git's diff of one file, empty when nothing changes."""
    if before == after:
        return b""
    old = [] if before is None else before.decode("latin-1").splitlines(keepends=True)
    new = [] if after is None else after.decode("latin-1").splitlines(keepends=True)
    if any("\r" in line or "\f" in line or "\v" in line or "\x1c" in line or "\x85" in line for line in (*old, *new)):
        old = [] if before is None else re.findall(r"[^\n]*\n|[^\n]+", before.decode("latin-1"))
        new = [] if after is None else re.findall(r"[^\n]*\n|[^\n]+", after.decode("latin-1"))
    head = f"diff --git a/{path} b/{path}\n"
    head += "new file mode 100644\n" if before is None else "deleted file mode 100644\n" if after is None else ""
    names = f"--- {'a/' + path if before is not None else '/dev/null'}\n"
    names += f"+++ {'b/' + path if after is not None else '/dev/null'}\n"
    hunks = "".join(_hunks(old, new))
    return (head + (names + hunks if hunks else "")).encode("latin-1")


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    start = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
                 min(len(old), len(new)))
    end = next((at for at, (one, other) in enumerate(zip(reversed(old[start:]), reversed(new[start:]), strict=False))
                if one != other), min(len(old), len(new)) - start)
    matcher = difflib.SequenceMatcher(a=old[start:len(old) - end], b=new[start:len(new) - end], autojunk=False)
    changes = [(i1 + start, i2 + start, j1 + start, j2 + start)
               for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]
    groups: list[list[tuple[int, int, int, int]]] = []
    for change in changes:
        if groups and change[0] - groups[-1][-1][1] <= 2 * _CONTEXT:
            groups[-1].append(change)
        else:
            groups.append([change])
    for group in groups:
        yield from _hunk(old, new, group)


def _hunk(old: list[str], new: list[str], group: list[tuple[int, int, int, int]]) -> Iterator[str]:
    first, last = max(0, group[0][0] - _CONTEXT), min(len(old), group[-1][1] + _CONTEXT)
    shift = group[0][2] - group[0][0]
    new_first, new_last = first + shift, last + group[-1][3] - group[-1][1]
    section = next((line.rstrip("\n") for line in reversed(old[:first]) if _SECTION.match(line)), "")
    yield (f"@@ -{_range(first, last)} +{_range(new_first, new_last)} @@{' ' + section[:80] if section else ''}\n")
    at = first
    for i1, i2, j1, j2 in group:
        yield from (_line(" ", line) for line in old[at:i1])
        yield from (_line("-", line) for line in old[i1:i2])
        yield from (_line("+", line) for line in new[j1:j2])
        at = i2
    yield from (_line(" ", line) for line in old[at:last])


def _range(first: int, last: int) -> str:
    return f"{first + 1 if last > first else first},{last - first}"


def _line(kind: str, text: str) -> str:
    return f"{kind}{text}" if text.endswith("\n") else f"{kind}{text}\n\\ No newline at end of file\n"


def read_case(name: str, mails: bytes, base: Tree, *, kernel: str = "", arches: tuple[str, ...] = ()) -> Case | None:
    """Return the first series of the mails on the tree, without what does not apply whole; None when nothing does."""
    found = find_series(read_source(mails, name=name))
    known = [one for one in found.series if one.patches]
    if not known:
        return None
    series = next((one for one in known if not one.below), known[0])
    states = {state.index: state for state in apply_series(series, base).states}
    steps: list[Step] = []
    broken: set[str] = set()
    for patch in series.patches:
        files: dict[str, tuple[bytes | None, bytes | None]] = {}
        for file in states[patch.index].files:
            if not file.whole or file.path in broken or b"\0" in (file.before or b"") + (file.after or b""):
                broken.add(file.path)
                continue
            moved = bool(file.old_path) and file.old_path != file.path
            files[file.path] = (None if moved else file.before, file.after)
            if moved and states[patch.index].after.read(file.old_path) is None:
                files[file.old_path] = (file.before, None)
        files = {path: sides for path, sides in files.items() if sides[0] != sides[1]}
        if files:
            steps.append(Step(title=patch.subject, message=patch.changelog, files=files))
    if not steps:
        return None
    # A tree that has the series already is not the one before it: what was taken out of it is the base.
    before = Case(name=name, base=base, steps=tuple(steps)).touched()
    came = {path: None for step in reversed(steps) for path, (old, _) in step.files.items()
            if old is None and path not in before and base.exists(path)}
    base = OverlayTree(base, {**came, **{path: old for path, old in before.items() if base.read(path) != old}})
    return Case(name=name, base=base, steps=tuple(steps), cover=series.cover.body if series.cover else "",
                kernel=kernel or base.kernel_version() or "6.12", arches=arches)


def example_cases() -> Iterator[tuple[str, Path]]:
    """Yield the name and place of the example series and of every example of a rule."""
    yield "examples/series", ROOT / "examples/series.mbox"
    for path in sorted((ROOT / "rules/checks").glob("*/*")):
        if path.name.startswith(("bad_", "good_")) and not path.name.endswith((".before.c", ".log")):
            yield f"{path.parent.name}/{path.name}", path


def example_case(name: str, path: Path) -> Case | None:
    """Return the case of an example."""
    if path.suffix == ".mbox":
        return read_case(name, path.read_bytes(), DirectoryTree(path.parent / "linux"))
    if path.is_dir():
        example = read_tree_example(path)
        tree = MemoryTree({file: text.encode() for file, text in example.moments[0].items()})
        return read_case(name, mails_of(example), tree, arches=example.arches)
    one = read_example(path)
    tree = MemoryTree({"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n"}
                      | ({one.path: one.before.encode()} if one.before else {}))
    return read_case(name, mail_of(one), tree, arches=one.arches)


_YEAR = re.compile(rb"^Date:.*?\b(20\d\d)\b", re.MULTILINE)


@lru_cache(maxsize=8)
def _kernel(folder: Path) -> DirectoryTree:
    return DirectoryTree(folder)


def thread_case(path: Path, kernels: Path) -> Case | None:
    """Return the case of a thread on the release nearest to its date; None when no such tree is there."""
    data = path.read_bytes()
    year = min((int(found) for found in _YEAR.findall(data)), default=2024)
    release = "5.10" if year <= 2021 else "6.1" if year <= 2023 else "6.12" if year <= 2025 else "7.3"
    folder = kernels / release
    if not (folder / "Kconfig").is_file():
        return None
    return read_case(f"{path.parent.name}/{path.stem}", data, _kernel(folder))
