"""Which options a row needs so that both of its sides get the definitions that it speaks of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reviewbot.findings.types import Effect
from reviewbot.logic import TRUE, And, Cond, Not, Var

__all__ = ["condition", "needed"]

_ORDINARY = frozenset({"CONFIG_MMU"})
"""What nearly every kernel has: that a definition needs it is not said."""


def condition(config: Mapping[str, str]) -> Cond:
    """Return a row's configuration, `{"SWIOTLB": "y"}`, as a condition."""
    return And(*(Var(f"CONFIG_{name}") if value == "y" else Not(Var(f"CONFIG_{name}"))
                 for name, value in config.items()))


def needed(config: Mapping[str, str], effects: tuple[Effect, Effect], *, possible: Callable[[Cond], bool],
           is_open: Callable[[Cond], bool]) -> dict[str, str] | None:
    """Return the row's configuration with the options that the definitions of both sides need.

    None where no kernel gives it both definitions: what the row compares then are two kernels. Nothing is asked of
    options that `is_open` says nobody can tell of here. What every kernel with the line has is not said.
    """
    found = dict(config)
    given = [And(*(part for part in (effect.given.parts if effect.given.op == "and" else (effect.given,))
                   if not _ORDINARY & part.variables() and not is_open(part))) for effect in effects]
    for wanted in given:
        for part in wanted.parts if wanted.op == "and" else (wanted,):
            literal = _literal(part, found)
            if literal is None:
                continue
            name, value = literal
            if found.setdefault(name, value) != value:
                return None
    if len(found) == len(config):
        return found
    if not possible(And(condition(found), *given)):
        return None
    other = {"y": "n", "n": "y"}
    return {name: value for name, value in found.items()
            if name in config or possible(condition({**config, name: other[value]}))}


def _literal(part: Cond, found: Mapping[str, str]) -> tuple[str, str] | None:
    """Return an option and the value that makes this part of a condition true; of several the one that is said."""
    if part == TRUE:
        return None
    if part.op == "or":
        arms = [one for one in (_literal(arm, found) for arm in part.parts) if one is not None]
        return next((one for one in arms if found.get(one[0], one[1]) == one[1]), arms[0] if arms else None)
    inner, value = (part.parts[0], "n") if part.op == "not" else (part, "y")
    name = inner.name if inner.op == "var" else ""
    if not name.startswith("CONFIG_") or name.endswith("_MODULE"):
        return None
    return name.removeprefix("CONFIG_"), value
