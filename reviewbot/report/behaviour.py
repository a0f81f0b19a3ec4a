"""The cells of changed behaviour, summed up: equal ones in one line, different ones side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reviewbot.findings.types import Cell, Effect
from reviewbot.report.order import patch_key
from reviewbot.text import quote_names
from reviewbot.values import dataclass

__all__ = ["CallChange", "CallPlace", "ChangeRow", "say_effect", "say_failure", "sum_up"]

_Config = tuple[tuple[str, str], ...]

_ABSENT = Effect(resolves_to="absent", via=(), does="", may_fail=False, errnos=(), on_failure="cannot-fail")
_ON_FAILURE = {"dropped": "a failure is dropped", "warned": "a failure only warns", "returned": "a failure is returned",
               "handled": "its result is tested"}
_INSIDE = {"dropped": "a failure inside is dropped", "warned": "a failure inside only warns",
           "handled": "results inside are tested"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A difference: `before` and `after` on the architectures `where`, `when` these configurations hold.

    The places are what the call resolves to there, and through which helpers; the effects are the first place's.
    """

    where: str
    when: str
    before: Effect
    after: Effect
    places_before: tuple[str, ...]
    places_after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPlace:
    """A call as it is written, in a function of a file."""

    file: str
    function: str
    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChange:
    """Calls that change alike: the `rows` that differ, and whole sentences (`same`) that sum up what does not.

    `patch` is the patch's number as text, or `series`; `always` is the configuration that all its cells share.
    """

    patch: str
    places: tuple[CallPlace, ...]
    always: str
    rows: tuple[ChangeRow, ...]
    same: tuple[str, ...]


def sum_up(cells: Iterable[Cell]) -> tuple[CallChange, ...]:
    """Return one entry for each call that the cells speak of, by patch, file, function and call; calls of one patch
    that change in the very same way share theirs."""
    calls: dict[tuple[str, str, str, str], list[Cell]] = {}
    for cell in cells:
        calls.setdefault((cell.patch, cell.file, cell.function, cell.call), []).append(cell)
    order = sorted(calls, key=lambda key: (patch_key(key[0]), key[1:]))
    alike: dict[tuple[object, ...], list[CallChange]] = {}
    for key in order:
        change = _call(key, calls[key])
        alike.setdefault((change.patch, change.always, change.rows, change.same), []).append(change)
    return tuple(replace(group[0], places=tuple(place for change in group for place in change.places))
                 for group in alike.values())


def _call(key: tuple[str, str, str, str], cells: list[Cell]) -> CallChange:
    shared = set(cells[0].config).intersection(*(cell.config for cell in cells))
    rest: list[tuple[Cell, _Config]] = sorted(
        ((cell, tuple(sorted(set(cell.config) - shared))) for cell in cells), key=lambda pair: (pair[0].arch, pair[1]))
    every = {arch: frozenset(config for cell, config in rest if cell.arch == arch) for arch in {c.arch for c in cells}}
    differing: dict[tuple[Effect, Effect], list[tuple[Cell, _Config]]] = {}
    same: dict[str, list[tuple[str, _Config]]] = {}
    for cell, config in rest:
        if not cell.changed:
            same.setdefault(cell.doubt, []).append((cell.arch, config))
        else:
            differing.setdefault((_anywhere(cell.before), _anywhere(cell.after)), []).append((cell, config))
    rows = [row for group in differing.values() for row in _rows(group, every)]
    sentences = [_unchanged(quote_names(arches, most=99) + (f" with {when}" if when else ""), doubt)
                 for doubt in sorted(same) for arches, when in _places(same[doubt], every)]
    patch, file, function, call = key
    return CallChange(patch=patch, places=(CallPlace(file=file, function=function, call=call),),
                      always=_say_config(tuple(sorted(shared))), rows=tuple(rows), same=tuple(sentences))


def _unchanged(where: str, doubt: str) -> str:
    return f"Not proved to be the same on {where}: {doubt}." if doubt else f"No change on {where}."


def _essence(effect: Effect) -> Effect:
    """Return the effect without what does not matter to its outcome: the line of a definition that only moved, the
    helpers in between, and the words for calling nothing."""
    if effect.resolves_to == "absent":
        return _ABSENT
    file, colon, line = effect.resolves_to.rpartition(":")
    return replace(effect, resolves_to=file if colon and line.isdigit() else effect.resolves_to, via=())


def _rows(group: Sequence[tuple[Cell, _Config]], every: dict[str, frozenset[_Config]]) -> list[ChangeRow]:
    """Return the rows of cells that differ in the same way, wherever each architecture has its definition."""
    rows = []
    for arches, when in _places([(cell.arch, config) for cell, config in group], every):
        cells = [cell for cell, _ in group if cell.arch in arches]
        rows.append(ChangeRow(
            where=quote_names(arches, most=99), when=when, before=cells[0].before, after=cells[0].after,
            places_before=tuple(dict.fromkeys(filter(None, (_say_place(cell.before) for cell in cells)))),
            places_after=tuple(dict.fromkeys(filter(None, (_say_place(cell.after) for cell in cells))))))
    return rows


def _say_place(effect: Effect) -> str:
    if effect.resolves_to == "absent":
        return ""
    return effect.resolves_to + (f" via {' → '.join(effect.via)}" if effect.via else "")


def _anywhere(effect: Effect) -> Effect:
    """Return the effect without its place: every architecture has its own."""
    bare = _essence(effect)
    return bare if bare.resolves_to in {"absent", "stub", "undeclared"} else replace(bare, resolves_to="defined")


def _places(places: Sequence[tuple[str, _Config]],
            every: dict[str, frozenset[_Config]]) -> list[tuple[tuple[str, ...], str]]:
    """Return architectures with the same configurations together; the text is empty for every configuration."""
    by_arch: dict[str, list[_Config]] = {}
    for arch, config in places:
        by_arch.setdefault(arch, []).append(config)
    by_configs: dict[str, list[str]] = {}
    for arch in sorted(by_arch):
        whole = frozenset(by_arch[arch]) == every[arch]
        when = "" if whole else " or ".join(_say_config(config) for config in sorted(set(by_arch[arch])))
        by_configs.setdefault(when, []).append(arch)
    return [(tuple(arches), when) for when, arches in by_configs.items()]


def _say_config(config: _Config) -> str:
    return " ".join(f"{name}={value}" for name, value in config)


def say_failure(effect: Effect) -> str:
    """Return whether the call can fail there and what the code does then, in a few words."""
    if effect.resolves_to in {"absent", "undeclared"}:
        return ""
    if not effect.may_fail:
        # A void function fails, if at all, where its caller cannot see it.
        if effect.known:
            here = {"argument": "can fail for a wrong argument alone", "state": "cannot fail here"}
            return _INSIDE.get(effect.on_failure, here.get(effect.only_here, "cannot fail"))
        return "" if effect.on_failure == "cannot-fail" else f"if it fails, {_ON_FAILURE[effect.on_failure]}"
    can = f"may fail with {quote_names(effect.errnos)}" if effect.errnos else "may fail"
    return can if effect.on_failure == "cannot-fail" else f"{can}; {_ON_FAILURE[effect.on_failure]}"


def say_effect(effect: Effect) -> str:
    """Return what the call does there in one line, without its place."""
    if effect.resolves_to == "absent":
        return effect.does or "no such call"
    return "; ".join(part for part in (effect.does, say_failure(effect)) if part)
