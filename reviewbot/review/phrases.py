"""Says in words how two effects of a call differ."""

from __future__ import annotations

from reviewbot.findings.types import Cell, Effect

__all__ = ["differs", "say_change", "say_config", "say_effect"]

_NOTHING = ("does nothing and returns", "is not declared", "is declared but")
"""What leaves nothing else to be said of a definition."""
_FATES = {"dropped": "a failure is dropped", "warned": "a failure is only warned about",
          "returned": "a failure is returned", "handled": "a failure is handled", "cannot-fail": "it cannot fail"}


def differs(cell: Cell) -> bool:
    """Return whether the two effects differ for a caller: in what is called, what it does, or what a failure comes to.

    A definition that only moved to another line does the same.
    """
    return _key(cell.before) != _key(cell.after)


def _key(effect: Effect) -> tuple[str, str]:
    return ("absent", "") if effect.resolves_to == "absent" else (effect.does, effect.on_failure)


def say_effect(effect: Effect) -> str:
    """Return the effect as a clause: `set_memory_ro() splits a large leaf if it must; a failure is dropped`."""
    if effect.resolves_to == "absent":
        return "nothing is called"
    return f"{effect.does}; {_FATES[effect.on_failure]}"


def say_change(before: Effect, after: Effect) -> str:
    """Return what is different after, in as few words as tell it, with what was before in brackets."""
    if before.resolves_to == "absent":
        return f"now {say_effect(after)} (before: nothing was called)"
    if after.resolves_to == "absent":
        return f"{_name(before)} is no longer called"
    said = []
    if _name(before) != _name(after):
        said.append(f"{_name(after)} instead of {_name(before)}")
    gone = [part for part in _parts(before) if part not in _parts(after)]
    new = [part for part in _parts(after) if part not in _parts(before)]
    for part in new:
        earlier = next((old for old in gone if _about(old) == _about(part)), "")
        if earlier:
            gone.remove(earlier)
        said.append(f"{part} (before: {earlier})" if earlier else part)
    if not any(part.startswith(_NOTHING) for part in new):
        said += [_ended(part) for part in gone]
    if before.on_failure != after.on_failure:
        said.append(f"{_FATES[after.on_failure]} (before: {_FATES[before.on_failure]})")
    return "; ".join(said)


def _ended(part: str) -> str:
    """Return the clause of what is no longer so: `is no longer called only when x`, `no longer flushes`."""
    first, _, rest = part.partition(" ")
    verb = {"is": "is", "may": "can"}.get(first)
    return f"{verb} no longer {rest}" if verb else f"no longer {part}"


def _name(effect: Effect) -> str:
    return effect.does.split(" ", 1)[0]


def _parts(effect: Effect) -> list[str]:
    """Return the clauses of what an effect does, `flushes`, `may sleep`; a guard with commas stays whole."""
    _, _, text = effect.does.partition(" ")
    head, marker, guard = text.partition("does nothing when ")
    parts = [part for part in head.rstrip(", ").split(", ") if part]
    return [*parts, marker + guard] if marker else parts


def _about(part: str) -> str:
    """Return what a clause is about, so that `flushes` and `does not flush` are two answers to one question."""
    for word in ("flush", "split", "does nothing", "is called only", "sleep", "called by"):
        if word in part:
            return word
    return part


def say_config(cell: Cell) -> str:
    """Return the cell's configuration as ` with DEBUG_PAGEALLOC=y`, empty when it holds for all."""
    return ", with " + ", ".join(f"{name}={value}" for name, value in cell.config) if cell.config else ""
