"""Which tests in front of a call the tree has although the mail shows the call without them: the tree is of another
time there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reviewbot.patterns import regex
from reviewbot.review.matching import Item, lines_of
from reviewbot.series.types import Hunk
from reviewbot.source.torn import changed_lines
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode

__all__ = ["fits_exactly", "is_brought", "is_not_shown"]

_TOKEN = regex(r"\w+|->|[^\w\s]")
_WORD = regex(r"[A-Za-z_]\w*")
_DIRECTIVE = regex(r"\s*#\s*(?:if|ifdef|ifndef|elif)\b")
_MOST_LINES = 8  # of a call
_TELLING = 6  # characters: shorter lines stand in any function


def fits_exactly(file: PatchedFile) -> bool:
    """Return whether the tree had all that the hunks of a file have as it was: then it has nothing of theirs."""
    return file.whole and file.applies in {"clean", "offset"} and not (file.torn or file.unplaced or file.unsure)


def is_brought(item: Item, hunks: Sequence[Hunk]) -> bool:
    """Return whether a test in front of a call, as the tree has it before the patch, asks what only lines that the
    patch adds to the function have; of a single name also its declaration must be new."""
    name = item.place.function.name.encode()
    come = _tokens(text for hunk in hunks for text in (
        (decode(line) for line in sorted(changed_lines(hunk, old=False).get(name, ()))) if hunk.section else
        (line.text for line in hunk.lines if line.kind == "+")))
    there = _tokens(line.text for hunk in hunks for line in hunk.lines if line.kind != "+")
    declared = _tokens(line.text for hunk in hunks for line in hunk.lines
                       if line.kind == "+" and line.text[:1].isalpha())
    atoms = {atom for guard in item.call.guards for atom in guard.condition.variables() if _WORD.search(atom)}
    return any(_tokens((atom,)) in come and _tokens((atom,)) not in there
               and (not atom.isidentifier() or _tokens((atom,)) in declared) for atom in atoms)


def is_not_shown(item: Item, hunks: Sequence[Hunk], *, old: bool) -> bool:
    """Return whether the tree has a test or an `#if` between lines in front of the call that the mail shows in one
    hunk, and the mail has not: `old` before the patch, else after it."""
    lines = lines_of(item.place)
    first = item.place.function.span.line
    at = item.call.span.line - first
    statement = _tokens((item.call.statement,))
    tests = {guard.line - first: {word for atom in guard.condition.variables() for word in _WORD.findall(atom)}
             for guard in item.call.guards if 0 <= guard.line - first < at}
    tests |= {number: set(_WORD.findall(text)) for number, text in enumerate(lines[:at]) if _DIRECTIVE.match(text)}
    found = []
    for hunk in hunks if tests else ():
        shown = list(_in_front([line.text for line in hunk.lines if line.kind != ("+" if old else "-")], statement))
        top = next((place for text in shown if (place := _only_place(lines, text)) is not None), None)
        words = {word for text in shown for word in _WORD.findall(text)} | set(_WORD.findall(statement))
        if top is not None and top < at:
            found.append(any(number > top and not asked <= words for number, asked in tests.items()))
    return bool(found) and all(found)


def _in_front(lines: Sequence[str], statement: str) -> Iterator[str]:
    """Yield the lines of one side of a hunk down to a few behind the last call that is spelled so, none where there is
    no such call."""
    last = max((number for number in range(1, len(lines) + 1)
                if statement in _tokens(lines[max(0, number - _MOST_LINES):number])), default=0)
    yield from lines[:last]


def _only_place(lines: Sequence[str], text: str) -> int | None:
    """Return where a line that tells something stands in a function, if it does so once."""
    wanted = "".join(text.split())
    places = [number for number, line in enumerate(lines) if "".join(line.split()) == wanted]
    return places[0] if len(places) == 1 and len(wanted) >= _TELLING else None


def _tokens(texts: Iterable[str]) -> str:
    """Return the texts as their tokens, each between blanks, so that one can be found in another."""
    return f" {' '.join(token for text in texts for token in _TOKEN.findall(text))} "
