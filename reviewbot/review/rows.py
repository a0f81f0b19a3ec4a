"""The configurations that a call is told for: one row for all in which it behaves alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import product

from reviewbot.checks.leaves import Leaf
from reviewbot.findings.types import Effect
from reviewbot.logic import And, Cond, Not, Var

__all__ = ["Effects", "modules_of", "rows", "symbols_of"]

Effects = tuple[Effect, Effect]
"""What a call comes down to before and after."""

_MOST_SYMBOLS = 5  # 32 configurations for one call: past that the rows say nothing a person would read


def symbols_of(leaves: Sequence[Leaf], fixed: Mapping[str, bool], asked: Collection[str] = ()) -> tuple[str, ...]:
    """Return the options on which it depends what the calls come down to; `asked` are those behind their questions."""
    names, modules = {*_options(leaves), *asked}, modules_of(leaves)
    wanted = sorted(name for name in names if name not in fixed and (not name.endswith("_MODULE") or name in modules))
    return tuple(wanted[:_MOST_SYMBOLS])


def _options(leaves: Sequence[Leaf]) -> set[str]:
    return {name for leaf in leaves for name in leaf.when.variables() if name.startswith("CONFIG_")}


def modules_of(leaves: Sequence[Leaf]) -> set[str]:
    """Return the variables that ask whether something is a module, where nothing asks whether it is there at all."""
    names = _options(leaves)
    return {name for name in names if name.endswith("_MODULE") and name.removesuffix("_MODULE") not in names}


def _valued(symbol: str, *, value: bool) -> tuple[str, str]:
    """Return the option with its value; what is no module is built in."""
    if symbol.endswith("_MODULE"):
        return symbol.removeprefix("CONFIG_").removesuffix("_MODULE"), "m" if value else "y"
    return symbol.removeprefix("CONFIG_"), "y" if value else "n"


def rows(symbols: tuple[str, ...], effects: Callable[[Mapping[str, bool]], Effects],
         possible: Callable[[Cond], bool]) -> Iterator[tuple[dict[str, str], Effects]]:
    """Yield the effects for each configuration that there can be, without the symbols on which they do not depend."""
    modules = dict.fromkeys((f"{symbol}_MODULE" for symbol in symbols), False)
    table = {values: effects(dict(zip(symbols, values, strict=True)) | modules)
             for values in product((False, True), repeat=len(symbols))}
    if len(set(table.values())) > 1:
        real = {values: row for values, row in table.items() if possible(
            And(*(Var(name) if value else Not(Var(name)) for name, value in zip(symbols, values, strict=True))))}
        # What lets the call be at all is said of it, though it is the same in every configuration that is left.
        sure = {index: next(iter(real))[index] for index in range(len(symbols))
                if real and len({values[index] for values in real}) == 1 and _matters(table, {}, index)
                and (next(iter(real))[index] or not symbols[index].endswith("_MODULE"))}
        table = real or table
        yield from _merge(symbols, table, sure)
        return
    yield from _merge(symbols, table, {})


def _merge(symbols: tuple[str, ...], table: Mapping[tuple[bool, ...], Effects],
           chosen: dict[int, bool]) -> Iterator[tuple[dict[str, str], Effects]]:
    those = [row for values, row in table.items() if all(values[i] == v for i, v in chosen.items())]
    if len(set(those)) <= 1:
        for row in those[:1]:
            yield dict(_valued(symbols[i], value=v) for i, v in chosen.items()), row
        return
    # Split on the first symbol that matters here.
    index = next((i for i in range(len(symbols)) if i not in chosen and _matters(table, chosen, i)), None)
    if index is None:  # no two rows differ in one symbol alone: the first one that differs at all
        index = next(i for i in range(len(symbols)) if i not in chosen and len(
            {values[i] for values in table if all(values[j] == v for j, v in chosen.items())}) > 1)
    for value in (False, True):
        yield from _merge(symbols, table, {**chosen, index: value})


def _matters(table: Mapping[tuple[bool, ...], Effects], chosen: Mapping[int, bool], index: int) -> bool:
    for values, row in table.items():
        if all(values[i] == v for i, v in chosen.items()):
            flipped = tuple(not v if i == index else v for i, v in enumerate(values))
            if table.get(flipped, row) != row:
                return True
    return False
