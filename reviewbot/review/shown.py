"""What the hunks of a patch show of a function by themselves: where the tree is of another time, only that is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reviewbot.cfacts import squash_c
from reviewbot.checks.analysis import Analysis
from reviewbot.patterns import regex
from reviewbot.review.matching import Item, lines_of
from reviewbot.series.types import Hunk
from reviewbot.source.torn import changed_lines
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode

__all__ = ["Shown", "from_hunks", "only_hunks"]

_WORD = regex(r"[A-Za-z_]\w*")
_COMMENT = regex(r"/?\*|//|\*/")
_DECLARED = regex(r"((?:(?:const|unsigned|signed|struct|enum|union|static|volatile|long|short)\s+)*"
                  r"(?!return\b|goto\b|else\b|case\b|typedef\b)[A-Za-z_]\w*)[ *]\s*([^();]*);")
_GIVEN = regex(r"([A-Za-z_]\w*) = [^=;&]*;")
_NAME = regex(r"[*\s]*([A-Za-z_]\w*)(?:\[\w*\])?\s*(?:=\s*([^=].*))?")


def only_hunks(path: str) -> str:
    """Return the doubt about calls in a file that the patch does not fit."""
    return f"of {path} only the hunks are known"


def from_hunks(file: PatchedFile, line: int, *, old: bool) -> bool:
    """Return whether a line, before (`old`) or after the patch, is known from hunks alone."""
    known = file.known_old if old else file.known_new
    first = next((first for first, last in known if first <= line <= last), 0)
    if not file.sections:
        return first > 0
    return any(first == (before if old else after) for before, after, _ in file.sections)


class Shown:
    """The text of a patch's hunks, before and after, and what of it stands there whole."""

    def __init__(self, analysis: Analysis, position: int) -> None:
        """Read the hunks of the patch at this position; most patches are never asked."""
        index = analysis.patched.states[position].index
        self._hunks = {old: [[line.text for line in hunk.lines if line.kind != ("+" if old else "-")]
                             for patch in analysis.series.patches if patch.index == index
                             for file in patch.files for hunk in file.hunks] for old in (True, False)}
        self._files = {file.path: file.hunks for patch in analysis.series.patches if patch.index == index
                       for file in patch.files}
        self._texts = {old: "\n".join(_bare("\n".join(lines)) for lines in hunks)
                       for old, hunks in self._hunks.items()}
        self._bare_hunks: dict[str, list[tuple[str, str]]] = {}
        self._reached: dict[tuple[object, ...], bool] = {}
        self._changed: dict[str, list[tuple[dict[bytes, set[bytes]], ...]]] = {}

    def hunks_of(self, path: str) -> Sequence[Hunk]:
        """Return the patch's hunks in a file."""
        return self._files.get(path, ())

    def has(self, item: Item | None, torn: Mapping[str, set[str]], *, old: bool) -> bool:
        """Return whether the hunks show the call, and those in the functions behind it of which nothing is known."""
        if item is None:
            return True
        statements = [item.call.statement]
        for leaf in item.leaves:
            if any(not torn.get(path, set()).isdisjoint(leaf.via) for path in leaf.files):
                if leaf.call is None:
                    return False
                statements.append(leaf.call.statement)
        return all(_bare(text) in self._texts[old] for text in statements)

    def brings(self, name: str) -> bool:
        """Return whether the patch adds a function of that name whole, from its head to its end."""
        head = re.compile(rf"(?!return\b|else\b|#)[A-Za-z_][\w \t*]*\b{re.escape(name)}\((?![^)]*\);)")
        for hunks in self._files.values():
            for hunk in hunks:
                begun = False
                for line in hunk.lines:
                    if line.kind == "-":
                        continue
                    begun = line.kind == "+" and (begun or head.match(line.text[:300]) is not None)
                    if begun and line.text.startswith("}"):
                        return not any(
                            line.kind == "-" and head.match(line.text[:300]) for hunks in self._files.values()
                            for hunk in hunks for line in hunk.lines)
        return False

    def changes(self, item: Item, path: str, *, old: bool) -> bool:
        """Return whether the patch removes the call (`old`) or adds it: its statement stands in changed lines alone."""
        if any(leaf.via for leaf in item.leaves):
            return False
        statement = _bare(item.call.statement)
        sides = {kind: [_bare("".join(line.text for line in hunk.lines if line.kind == kind))
                        for hunk in self._files.get(path, ())] for kind in "-+"}
        whole = [_bare("".join(line.text for line in hunk.lines if line.kind != ("-" if old else "+")))
                 for hunk in self._files.get(path, ())]
        return any(statement in text for text in sides["-" if old else "+"]) and not any(
            statement in text for text in whole)

    def may_reach(self, name: str, items: Iterable[Item | None], path: str, *, within: bool) -> bool:
        """Return whether what the patch changes in the function ahead of the calls may reach them.

        What stands in the hunk of a call counts `within` alone: else it is in sight. New names cannot be in lines that
        the patch leaves alone.
        """
        hunks = self._files.get(path, ())
        ahead: dict[int, str] = {}  # the hunks that count, and the statement at which one of them ends
        for item in items:
            if item is not None:
                statement = _bare(item.call.statement)
                number = self._hunk_of(statement, path)
                ahead.update(dict.fromkeys(range(min(number, len(hunks))), ""))
                if within and number < len(hunks):
                    ahead[number] = statement
        key = (name, path, tuple(sorted(ahead.items())))  # many calls of a function have the same lines ahead
        if key not in self._reached:
            parts = [_sides(_up_to(hunks[number], end)) if end else self._changed_in(path)[number]
                     for number, end in sorted(ahead.items())]
            lost, come = (frozenset(decode(line) for part in parts for line in part[side].get(name.encode(), ()))
                          for side in (0, 1))
            self._reached[key] = not _only_declares(lost, come, "\n".join(self._texts_of(path, name)))
        return self._reached[key]

    def _hunk_of(self, statement: str, path: str) -> int:
        """Return the number of the last hunk that has the call, how many there are if none has."""
        hunks = self._files.get(path, ())
        if path not in self._bare_hunks:
            self._bare_hunks[path] = [(_side(hunk, "-"), _side(hunk, "+")) for hunk in hunks]
        return max((number for number, sides in enumerate(self._bare_hunks[path])
                    if any(statement in side for side in sides)), default=len(hunks))

    def _changed_in(self, path: str) -> list[tuple[dict[bytes, set[bytes]], ...]]:
        """Return the changed lines of each hunk of a file, before and after, by the function that they stand in."""
        if path not in self._changed:
            self._changed[path] = [_sides(hunk) for hunk in self._files.get(path, ())]
        return self._changed[path]

    def _texts_of(self, path: str, name: str) -> Iterator[str]:
        """Yield the lines before the patch of the hunks that change the function or have its head."""
        for hunk, (was, now) in zip(self._files.get(path, ()), self._changed_in(path), strict=True):
            if name.encode() in was or name.encode() in now or name in hunk.section:
                yield "\n".join(line.text for line in hunk.lines if line.kind != "+")

    def adds(self, item: Item) -> bool:
        """Return whether a call is new: the hunks show all of its function on both sides, before without the call."""
        name = item.place.function.name
        was, now = (next(self._bodies(name, old=old), None) for old in (True, False))
        if was is None or now is None or item.call.callee in _WORD.findall(" ".join(was)):
            return False
        return _code(now) == _code([decode(text.encode("latin-1")) for text in lines_of(item.place)])

    def _bodies(self, name: str, *, old: bool) -> Iterator[list[str]]:
        """Yield the function as each hunk shows it from its first line to its last."""
        head = re.compile(rf"(?![\s#}}/*])[^;]*\b{re.escape(name)}\s*\([^;]*")
        for lines in self._hunks[old]:
            starts = [number for number, text in enumerate(lines) if head.fullmatch(text)]
            end = next((number for number, text in enumerate(lines) if starts and number > starts[0]
                        and text.startswith("}")), 0)
            if end:
                yield lines[starts[0]:end + 1]


def _side(hunk: Hunk, gone: str) -> str:
    """Return a hunk without the lines of one kind, and without blanks."""
    return _bare("".join(line.text for line in hunk.lines if line.kind != gone))


def _sides(hunk: Hunk) -> tuple[dict[bytes, set[bytes]], ...]:
    return changed_lines(hunk, old=True), changed_lines(hunk, old=False)


def _up_to(hunk: Hunk, statement: str) -> Hunk:
    """Return the hunk's lines above a statement, on both sides."""
    cut = 0
    for gone in "+-":
        text = ""
        ends = []
        for number, line in enumerate(hunk.lines):
            if line.kind != gone:
                text += _bare(line.text)
                ends.append((len(text), number))
        at = text.find(statement)
        cut = max(cut, next((number for end, number in ends if end > at), 0) if at >= 0 else 0)
    return replace(hunk, lines=hunk.lines[:cut])


def _only_declares(lost: Iterable[str], come: Iterable[str], before: str) -> bool:
    """Return whether the lines only declare variables, those before with the same type and value, and new names, and
    give these their values."""
    fresh = {hit[1] for line in come if (hit := _GIVEN.fullmatch(line.strip()))
             and not re.search(rf"\b{hit[1]}\b", before)}
    come = [line for line in come if not ((hit := _GIVEN.fullmatch(line.strip())) and hit[1] in fresh)]
    had, have = (_declared(lines) for lines in (lost, come))
    if had is None or have is None or any(have.get(name) != one for name, one in had.items()):
        return False
    return not any(re.search(rf"\b{name}\b", before) for name in have.keys() - had.keys())


def _declared(lines: Iterable[str]) -> dict[str, tuple[str, str]] | None:
    """Return type and value by name of what the lines declare, None where one of them does something else."""
    found: dict[str, tuple[str, str]] = {}
    for text in (line.strip() for line in lines):
        if not text or _COMMENT.match(text):
            continue
        declaration = _DECLARED.fullmatch(text)
        names = [_NAME.fullmatch(part) for part in declaration[2].split(",")] if declaration else [None]
        for one in names:
            if declaration is None or one is None:
                return None
            found[one[1]] = " ".join(declaration[1].split()), one[2] or ""
    return found


def _bare(text: str) -> str:
    return "".join(text.split())


def _code(lines: list[str]) -> str:
    return _bare(squash_c("\n".join(lines).encode("utf-8", "replace")))
