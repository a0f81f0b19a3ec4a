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
        yield from _merge(symbols, real or table, sure, table)
        return
    yield from _merge(symbols, table, {}, table)


def _merge(symbols: tuple[str, ...], table: Mapping[tuple[bool, ...], Effects], chosen: dict[int, bool],
           whole: Mapping[tuple[bool, ...], Effects]) -> Iterator[tuple[dict[str, str], Effects]]:
    """Yield a row for each part of the table that is all alike; `whole` has the configurations besides that cannot be.
    """
    there = {values: row for values, row in table.items() if all(values[i] == v for i, v in chosen.items())}
    if len(set(there.values())) <= 1:
        for row in list(there.values())[:1]:
            # Of `A || B` it is B that lets the call be where A is not set.
            left = {i: True for i, symbol in enumerate(symbols) if i not in chosen and not all(chosen.values())
                    and not symbol.endswith("_MODULE") and all(values[i] for values in there)
                    and any(_flipped(values, i) in whole and whole[_flipped(values, i)] != row for values in there)}
            yield dict(_valued(symbols[i], value=v) for i, v in sorted({**chosen, **left}.items())), row
        return
    # Split on the first symbol that matters here.
    index = next((i for i in range(len(symbols)) if i not in chosen and _matters(table, chosen, i)), None)
    if index is None:  # no two rows differ in one symbol alone: the first one that differs at all
        index = next(i for i in range(len(symbols)) if i not in chosen and len(
            {values[i] for values in table if all(values[j] == v for j, v in chosen.items())}) > 1)
    for value in (False, True):
        yield from _merge(symbols, table, {**chosen, index: value}, whole)


def _flipped(values: tuple[bool, ...], index: int) -> tuple[bool, ...]:
    return tuple(not v if i == index else v for i, v in enumerate(values))


def _matters(table: Mapping[tuple[bool, ...], Effects], chosen: Mapping[int, bool], index: int) -> bool:
    for values, row in table.items():
        if all(values[i] == v for i, v in chosen.items()) and table.get(_flipped(values, index), row) != row:
            return True
    return False
