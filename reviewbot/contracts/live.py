"""Entries of page tables that are overwritten while they may be in use: what `rules/effects/live.toml` says of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, calls_in, given_to, place_of, walk
from reviewbot.contracts.results import peeled
from reviewbot.contracts.tables import effect_table
from reviewbot.contracts.types import Hit
from reviewbot.values import dataclass

__all__ = ["overwritten_live"]

_GETS = frozenset({"READ_ONCE", "ptep_get", "pmdp_get", "pudp_get", "__ptep_get", "ptep_get_lockless"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What an architecture asks: of which functions at which argument, and what shows that the old entry is used."""

    below: str
    functions: Mapping[str, int]
    reads: frozenset[str]
    clears: frozenset[str]
    how: str
    ask: str


@lru_cache(maxsize=1)
def _table() -> tuple[Live, ...]:
    return effect_table("live.toml", lambda table: tuple(Live(
        below=entry["below"], functions=entry["functions"], reads=frozenset(entry["reads"]),
        clears=frozenset(entry["clears"]), how=entry["how"], ask=entry["ask"]) for entry in table["live"]))


def overwritten_live(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the calls that write an entry with what is made of its old value, and that nothing has cleared before."""
    for live in (one for one in _table() if teacher.near.startswith(one.below)):
        for number, step in enumerate(outline.steps):
            for call in calls_in(step.expr):
                at = live.functions.get(call.name)
                entry = place_of(peeled(call.parts[at + 1])) if at is not None and len(call.parts) > at + 1 else ""
                if not entry or any(one.name in live.clears and any(
                        place_of(peeled(part)) == entry for part in one.parts[1:])
                        for before in outline.steps[:number + 1] for one in calls_in(before.expr)):
                    continue
                uses = _block_used(outline, entry, number, live) if live.reads else _made_of_itself(
                    outline, entry, call.parts[-1])
                if uses:
                    yield Hit(shape="overwritten-live", line=step.line, end_line=outline.last_line(step),
                              symbol=call.name, object=entry,
                              fields=(("callee", call.name), ("how", live.how), ("fits", live.ask),
                                      ("statement", outline.text(call)), ("variable", f"*{entry}"), ("take", uses)),
                              new=((step.line, outline.said(step)),))


def _made_of_itself(outline: Outline, entry: str, value: Expr) -> str:
    """Return what of the old entry is in the value, also through a local variable that is made of it."""
    found = _old_value(outline, entry, value)
    for name in sorted({part.name for part in walk(value) if part.kind == "name"} & outline.locals.keys()):
        found = found or next((text for step in outline.steps for given in given_to(step, name)
                               if (text := _old_value(outline, entry, given))), "")
    return found


def _old_value(outline: Outline, entry: str, value: Expr) -> str:
    for part in walk(value):
        if (part.kind == "deref" and part.parts and place_of(peeled(part.parts[0])) == entry) or (
                part.kind == "call" and part.name in _GETS and len(part.parts) > 1
                and place_of(peeled(part.parts[1])).lstrip("*") == entry):
            return outline.text(part)
    return ""


def _block_used(outline: Outline, entry: str, number: int, live: Live) -> str:
    """Return where what the old entry maps is asked in front of the step."""
    for step in outline.steps[:number]:
        for call in calls_in(step.expr):
            if call.name not in live.reads or len(call.parts) < 2:
                continue
            asked = peeled(call.parts[1])
            name = place_of(asked)
            given = [value for one in outline.steps for value in given_to(one, name)] if name in outline.locals else []
            if _old_value(outline, entry, asked) or any(_old_value(outline, entry, value) for value in given) or (
                    outline.parameters.get(name, "").split()[-1:] in (["pmd_t"], ["pud_t"])):
                return outline.text(call)
    return ""
