"""A function that a patch changes while its counterpart in the same file, the same but for the direction, stays."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from reviewbot.cfacts.vocabulary import is_reporter
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, walk
from reviewbot.contracts.tables import effect_table
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["opposite_names", "unlike_counterpart"]

_MOST_STEPS = 20
_CONSTANT = regex(r"_*[A-Z][A-Z0-9_]+$")


@lru_cache(maxsize=1)
def _opposites() -> tuple[tuple[str, str], ...]:
    return effect_table("counterparts.toml", lambda table: tuple((one, other) for one, other in table["opposites"]))


def opposite_names(name: str) -> tuple[str, ...]:
    """Return the names that differ from this one in a single word, which is the opposite."""
    words = name.split("_")
    found = []
    for at, word in enumerate(words):
        for one, other in _opposites():
            if word in {one, other}:
                found.append("_".join([*words[:at], other if word == one else one, *words[at + 1:]]))
    return tuple(dict.fromkeys(found))


def unlike_counterpart(old: Outline, new: Outline, was: Teacher, now: Teacher) -> Iterator[Hit]:
    """Yield what a function has otherwise now than its counterpart, with which it went in step before the patch."""
    if len(old.steps) > _MOST_STEPS or len(new.steps) > _MOST_STEPS or old.name != new.name:
        return
    for name in opposite_names(new.name):
        before, after = was.here(name), now.here(name)
        if len(before) != 1 or len(after) != 1 or _texts(before[0][1]) != _texts(after[0][1]):
            continue
        path, other = after[0]
        mine, theirs = _names(old), _names(other)
        if not mine or mine != theirs:
            continue
        here = _names(new)
        step = _with(new, here - mine) or _with(new, mine - here, gone=old)
        gained, lost = sorted(_said(new, here - mine)), sorted(_said(old, mine - here))
        if step is None or not (gained or lost):
            continue
        twin = next((one for one in other.steps if calls_in(one.expr)), other.steps[0])
        yield Hit(shape="gained" if gained else "lost", line=step.line, end_line=new.last_line(step), symbol=name,
                  object=" ".join(gained or lost),
                  fields=(("callee", name), ("how", _listed(gained or lost)), ("statement", new.said(step).rstrip(";")),
                          ("now", other.said(twin).rstrip(";")), ("where", f"{path}:{twin.line}")),
                  new=((step.line, new.said(step)),))
        return


def _texts(outline: Outline) -> list[str]:
    return [outline.said(step) for step in outline.steps]


def _names(outline: Outline) -> frozenset[str]:
    """Return the calls and constants of a function, each with its words made the same for both directions."""
    return frozenset(_same(part.name) for step in outline.steps for part in walk(step.expr)
                     if _counts(part.kind, part.name))


def _counts(kind: str, name: str) -> bool:
    if kind == "call":
        return bool(name) and not is_reporter(name, has_text=False)
    return kind == "name" and _CONSTANT.match(name) is not None


def _same(name: str) -> str:
    """Return a name with each word that has an opposite in the place of the first of the two."""
    first = {word: min(pair) for pair in _opposites() for word in pair}
    return "_".join(first.get(word, word) if name.islower() else first.get(word.lower(), word)
                    for word in name.split("_"))


def _said(outline: Outline, names: frozenset[str]) -> set[str]:
    return {part.name + ("()" if part.kind == "call" else "") for step in outline.steps for part in walk(step.expr)
            if _counts(part.kind, part.name) and _same(part.name) in names}


def _with(outline: Outline, names: frozenset[str], gone: Outline | None = None) -> Step | None:
    """Return the first step with one of the names; of names that are gone, the first step that was not there before, or
    the first of all."""
    if gone is not None:
        there = set(_texts(gone))
        changed = (step for step in outline.steps if outline.said(step) not in there)
        return next(changed, outline.steps[0]) if names else None
    return next((step for step in outline.steps for part in walk(step.expr)
                 if _counts(part.kind, part.name) and _same(part.name) in names), None)


def _listed(names: list[str]) -> str:
    shown = [f"'{name}'" for name in names[:3]]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
