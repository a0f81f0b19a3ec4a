"""The names that one object has in a function: written otherwise it is still the same object.

`page` is `folio` behind `page = &folio->page;`, and something else behind `page = find_lock_page(...)`: names that are
given several values are told by the place that is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reviewbot.cfacts.graph import ENTRY, Graph, Op
from reviewbot.cfacts.objects import object_of
from reviewbot.cfacts.outcome import Place
from reviewbot.cfacts.routes import Wording
from reviewbot.cfacts.worklist import spread
from reviewbot.patterns import regex

__all__ = ["Names"]

_CONSTANTS = frozenset({"NULL", "0", "false", "true"})
_PLACE = regex(r"[\w.>\[\]-]+")
_NAME = regex(r"[A-Za-z_]\w*")
_FIRST_PAGE = regex(r"&\s*(\w+)->page")
_MOST_STEPS = 4

Held = frozenset[tuple[str, str]]
"""Names, each with the object that it holds at a place on every way to it."""


class Names:
    """What the names of one function stand for, at once where they are always the same, else place by place."""

    def __init__(self, graphs: Iterable[Graph], wording: Wording, parameters: Iterable[str]) -> None:
        """Read the assignments; what holds at single places is found when it is asked for."""
        self._wording = wording
        graphs = tuple(graphs)
        self._folios = frozenset(name for graph in graphs for name, kind in graph.variables.items()
                                 if "struct folio " in f"{kind} ") | frozenset(
            _NAME.findall(parameter)[-1] for parameter in parameters if "struct folio " in parameter)
        values: dict[str, set[str]] = {}
        for graph in graphs:
            for target, value in self._assignments(graph):
                values.setdefault(target, set()).add(value)
        self._always: Mapping[str, str] = {
            name: next(iter(found)) for name, found in values.items()
            if len(found) == 1 and _PLACE.fullmatch(next(iter(found))) and name not in found}
        self._sometimes = frozenset(name for name, found in values.items()
                                    if len(found) > 1 and any(map(_PLACE.fullmatch, found)))
        self._held: dict[int, dict[int, Held]] = {}
        self._chains: dict[tuple[str, int, Place], tuple[str, ...]] = {}

    def always(self, argument: str) -> str:
        """Return the object that an argument names wherever it stands."""
        found = self._plain(argument)
        for _ in range(_MOST_STEPS):
            if found not in self._always:
                break
            found = self._always[found]
        return found

    def at(self, argument: str, graph: Graph, place: Place) -> tuple[str, ...]:
        """Return the names of an argument's object at a place: as it is written, then what each stands for."""
        key = (argument, id(graph), place)  # the graph lives as long as this value
        if key not in self._chains:
            held = dict(self._held_at(graph, place)) if self._sometimes else {}
            chain = [self._plain(argument)]
            while len(chain) <= _MOST_STEPS:
                following = held.get(chain[-1]) or self._always.get(chain[-1])
                if following is None or following in chain:
                    break
                chain.append(following)
            self._chains[key] = tuple(chain)
        return self._chains[key]

    def all_at(self, argument: str, graph: Graph, place: Place) -> frozenset[str]:
        """Return the names of an argument's object at a place, with the other names that hold it there."""
        own = frozenset(self.at(argument, graph, place))
        if not self._sometimes:
            return own
        return own | frozenset(name for name, _ in self._held_at(graph, place)
                               if not own.isdisjoint(self.at(name, graph, place)))

    def _plain(self, argument: str) -> str:
        found = object_of(argument)
        page = _FIRST_PAGE.fullmatch(found) if self._folios else None
        return page[1] if page and page[1] in self._folios else found

    def _assignments(self, graph: Graph) -> Iterator[tuple[str, str]]:
        for op in (op for block in graph.blocks for op in block.ops if op.kind in {"assign", "store"}):
            found = self._assignment(op)
            if found is not None:
                yield found

    def _assignment(self, op: Op) -> tuple[str, str] | None:
        """Return what an operation gives a value, and the object that this names; None where it is no such thing."""
        text = self._wording.text(op).rstrip(";")
        target, equals, value = text.partition(" = ")
        if not equals or " = " in value or op.zero or value in _CONSTANTS:
            return None
        return target.split("*")[-1].split(" ")[-1], self._plain(value)

    def _held_at(self, graph: Graph, place: Place) -> Held:
        if not self._sometimes:
            return frozenset()
        known = self._held.get(id(graph))
        if known is None:  # the graph lives as long as this value
            def onward(block: int, held: Held) -> Iterator[tuple[int, Held]]:
                held = self._behind(graph.blocks[block].ops, held)
                return ((following, held) for following in graph.blocks[block].follows)

            start: dict[int, Held] = {ENTRY: frozenset()}
            known = self._held[id(graph)] = spread(start, onward, frozenset.intersection)
        return self._behind(graph.blocks[place[0]].ops[:place[1]], known.get(place[0], frozenset()))

    def _behind(self, ops: Iterable[Op], held: Held) -> Held:
        for op in ops:
            if held and op.exposed:
                held = _without(held, op.exposed)
            if op.kind not in {"assign", "store"}:
                continue
            given = self._assignment(op)
            target = given[0] if given else op.name
            held = _without(held, {target, op.name})
            if given and target in self._sometimes and _PLACE.fullmatch(given[1]) \
                    and target not in _NAME.findall(given[1]):
                held |= {given}
        return held


def _without(held: Held, gone: Iterable[str]) -> Held:
    """Return what is still held when some names, or places, have been given other values."""
    gone = frozenset(name for name in gone if name)
    return frozenset((name, thing) for name, thing in held if gone.isdisjoint(_NAME.findall(f"{name} {thing}"))
                     and not any(one in name or one in thing for one in gone if not one.isidentifier()))
