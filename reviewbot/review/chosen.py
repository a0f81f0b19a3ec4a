"""Which options a row needs so that both of its sides get the definitions that it speaks of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reviewbot.checks.needs import ORDINARY, as_condition
from reviewbot.findings.types import Effect
from reviewbot.kconfig import KernelConfig
from reviewbot.logic import TRUE, And, Cond, Not, Ternary, Var

__all__ = ["by_hand", "needed"]

_ORDINARY = frozenset(f"CONFIG_{name}" for name in ORDINARY)

_MOST_SELECTORS = 8

Options = Mapping[str, str]


def needed(config: Options, effects: tuple[Effect, Effect], *, needs: Options, possible: Callable[[Cond], bool],
           is_open: Callable[[Cond], bool], says: Callable[[Options, Options], Options]) -> dict[str, str] | None:
    """Return the row's configuration with the options that the line needs, and the definitions of both sides.

    None where no kernel gives it both definitions: what the row compares then are two kernels. Nothing is asked of
    options that `is_open` says nobody can tell of here. `says(options, given)` leaves out what nobody need be told.
    """
    given = [And(*(part for part in (effect.given.parts if effect.given.op == "and" else (effect.given,))
                   if not _ORDINARY & part.variables() and not is_open(part))) for effect in effects]
    found = {**needs, **config}
    for part in dict.fromkeys(part for one in given for part in (one.parts if one.op == "and" else (one,))):
        literal = _literal(part, found, lambda one: possible(And(as_condition({**config, **needs}), one)))
        if literal is not None and found.setdefault(*literal) != literal[1]:
            return None
    if found.keys() != {*needs, *config} and not possible(And(as_condition(found), *given)):
        return None
    return {**config, **says({name: value for name, value in found.items() if name not in config}, config)}


def _literal(part: Cond, found: Options, possible: Callable[[Cond], bool]) -> tuple[str, str] | None:
    """Return an option and the value that makes this part of a condition true, None where it is any of several."""
    if part == TRUE:
        return None
    if part.op == "or":
        modules = {Var(f"{name}_MODULE") for name in part.variables()}
        arms = [(arm, _literal(arm, found, possible)) for arm in part.parts if arm not in modules]
        if any(one is not None and found.get(one[0]) == one[1] for _, one in arms):
            return None
        left = [one for arm, one in arms if possible(And(arm, *(Not(other) for other, _ in arms if other != arm)))]
        return left[0] if len(left) == 1 else None
    inner, value = (part.parts[0], "n") if part.op == "not" else (part, "y")
    name = inner.name if inner.op == "var" else ""
    if not name.startswith("CONFIG_") or name.endswith("_MODULE"):
        return None
    return name.removeprefix("CONFIG_"), value


def by_hand(config: KernelConfig, arch: str, options: Options) -> dict[str, str]:
    """Return the configuration with the option that a person sets in the place of one without a prompt, where the two
    are always set together: `AMD_MEM_ENCRYPT` for what only its `select` line sets. Others stay as they are."""
    found = dict(options)
    for name, value in options.items():
        if value != "y":
            continue
        hidden = Var(f"CONFIG_{name}")
        for other in _set_by_hand(config, arch, name):
            chosen = Var(f"CONFIG_{other}")
            if config.can(And(hidden, Not(chosen)), arch) is Ternary.NO \
                    and config.can(And(chosen, Not(hidden)), arch) is Ternary.NO \
                    and found.get(other, "y") == "y":
                del found[name]
                found[other] = "y"
                break
    return found


def _set_by_hand(config: KernelConfig, arch: str, name: str) -> tuple[str, ...]:
    """Return the options with a prompt whose `select` lines lead to this one; () where these are too many to ask."""
    found: set[str] = set()
    seen, queue = {name}, list(config.selectors(name, arch))
    while queue and len(seen) <= _MOST_SELECTORS:
        other = queue.pop()
        if other in seen:
            continue
        seen.add(other)
        further = config.selectors(other, arch)
        queue += further
        if not further:
            found.add(other)
    return () if queue else tuple(sorted(found))
