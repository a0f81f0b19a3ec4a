"""What calls do to memory, its mappings and what CPUs remember of them: the effects of `rules/effects/`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import LOCKS, PLAIN
from reviewbot.contracts.given_in import calls_given
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, calls_in, root_of, walk
from reviewbot.contracts.ways import Facts
from reviewbot.errors import DataError
from reviewbot.patterns import regex
from reviewbot.resources import data_folder
from reviewbot.values import dataclass

__all__ = ["Effect", "Effects", "Event", "events", "is_worth_a_search", "known_effects", "object_in", "reached",
           "roots_of"]

_LOCKING = frozenset(name for pair in LOCKS for name in pair)
_DEEPEST = 2  # helpers of the same file that are looked into
_ACTS = regex(r"(?:^|_)(?:un|re|io|v)?(?:maps?|mappings?|flush|prot|protect|memory|(?:en|de)?crypt\w*|sync|cache"
              r"|tlb|perms?|text|r[ow]x?|nx|initmem|rodata|[id]cache|shared|private|init|swiotlb)(?:_|$)")
_TEXTS = ("does", "lost", "early", "local", "narrow", "ask", "all", "takes_back")
_LISTS = ("functions", "also", "here", "single", "after", "needs", "instead", "starts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One effect: the functions that have it, those that have it for this CPU alone or one page, and what follows.

    `also` are functions of another effect that have it besides, `after` the effects that come before it, `needs` those
    one of which makes its loss matter, `instead` those one of which has to have come for it, `takes_back` the one that
    it ends, `starts` the functions without which there is nothing for it to do.
    """

    id: str
    does: str
    functions: frozenset[str]
    also: frozenset[str]
    here: frozenset[str]
    single: frozenset[str]
    after: frozenset[str]
    needs: frozenset[str]
    instead: frozenset[str]
    starts: frozenset[str]
    lost: str
    early: str
    local: str
    narrow: str
    ask: str
    all: str
    takes_back: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """All effects by function, and the flags of calls whose loss has a consequence."""

    of: Mapping[str, Effect]
    flags: Mapping[str, str]
    protections: Mapping[str, tuple[bool, bool]]
    """Whether what is mapped with a protection can be written, and run."""


class Event(NamedTuple):
    """A call with an effect in a function: at which step, on which variables; `via` a helper of the same file."""

    effect: Effect
    name: str
    roots: frozenset[str]
    step: int
    call: Expr
    via: str


@lru_cache(maxsize=1)
def known_effects() -> Effects:
    """Return the program's own effects. Raises DataError when a table does not load."""
    folder = data_folder("rules") / "effects"
    of: dict[str, Effect] = {}
    flags: dict[str, str] = {}
    protections: dict[str, tuple[bool, bool]] = {}
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        table = _read(path)
        for entry in table.get("effect", ()):
            effect = _effect(entry, path)
            of |= dict.fromkeys(sorted(effect.functions), effect)
        protections |= {name: (entry["write"], entry["run"]) for entry in table.get("protection", ())
                        for name in entry["names"]}
        flags |= {entry["name"]: entry["lost"] for entry in table.get("flag", ())}
    return Effects(of=of, flags=flags, protections=protections)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"the effects do not load: {error}", where=str(path)) from error


def _effect(entry: dict[str, Any], path: Path) -> Effect:
    if entry.keys() - {"id", *_TEXTS, *_LISTS} or not {"id", "does", "functions"} <= entry.keys():
        raise DataError("an effect has 'id', 'does', 'functions', and maybe what follows", where=str(path))
    lists: dict[str, frozenset[str]] = {key: frozenset(entry.get(key, ())) for key in _LISTS}
    texts: dict[str, str] = {key: entry.get(key, "") for key in _TEXTS}
    return Effect(id=entry["id"], does=texts["does"], functions=lists["functions"], also=lists["also"],
                  here=lists["here"], single=lists["single"], after=lists["after"], needs=lists["needs"],
                  instead=lists["instead"], starts=lists["starts"], lost=texts["lost"], early=texts["early"],
                  local=texts["local"], narrow=texts["narrow"], ask=texts["ask"], all=texts["all"],
                  takes_back=texts["takes_back"])


def roots_of(call: Expr) -> frozenset[str]:
    """Return the variables that the arguments of a call hang on, without constants."""
    return frozenset(part.name for argument in call.parts[1:] for part in walk(argument)
                     if part.kind == "name" and not part.name.isupper()) - frozenset(
                         inner.name for inner in calls_in(call))


def events(outline: Outline, teacher: Teacher | None = None, only: frozenset[str] | None = None, *,
           everywhere: bool = False) -> Iterator[Event]:
    """Yield the calls with an effect in source order, also inside helpers of the file at hand where there is a teacher.

    `only`: of the calls of these functions alone; `everywhere`: also where other files define them.
    """
    table = known_effects().of
    for number, step in enumerate(outline.steps):
        for call in calls_in(step.expr):
            if only is not None and call.name not in only:
                continue
            effect = table.get(call.name)
            if effect is not None:
                yield Event(effect, call.name, roots_of(call), number, call, "")
            elif teacher is not None and call.name:
                for inner, name in reached(call, teacher, _DEEPEST, everywhere=everywhere):
                    yield Event(inner, name, roots_of(call), number, call, call.name)


def reached(call: Expr, teacher: Teacher, depth: int, *, everywhere: bool = False,
            known: Facts = frozenset()) -> list[tuple[Effect, str]]:
    """Return the effects that a call has, itself or through others of the file at hand, with who has them.

    Branches that the function does not take for the constants it is given are left out; `known` is what holds of the
    parameters of who makes the call.
    """
    table, name = known_effects().of, call.name
    found: dict[str, tuple[Effect, str]] = {}
    bodies = teacher.bodies(name) if everywhere and is_worth_a_search(name) else teacher.here(name)
    for _, body in bodies if len(bodies) == 1 else ():
        for inner, facts in calls_given(body, call, known):
            if inner.name in table:
                found.setdefault(inner.name, (table[inner.name], inner.name))
            elif depth > 1 and inner.name and inner.name != name:
                found |= {key: value for value in reached(inner, teacher, depth - 1, known=facts)
                          if (key := value[1]) not in found}
    return list(found.values())


def is_worth_a_search(name: str) -> bool:
    """Return whether the tree is asked what a function does: one whose name speaks of mappings or flushes, and no
    conversion, no lock, and nothing that every file calls."""
    return _ACTS.search(name) is not None and not (is_conversion(name) or name in PLAIN or name in _LOCKING)


def object_in(event: Event, outline: Outline) -> str:
    """Return what an effect is on, as the code calls it: the first argument that hangs on a variable."""
    for argument in event.call.parts[1:]:
        root = root_of(argument)
        if root and not root.isupper() and root not in {"NULL"}:
            return outline.text(argument)
    return next((outline.text(argument) for argument in event.call.parts[1:2]), "")
