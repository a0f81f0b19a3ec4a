"""Whether two questions, one before a patch and one after it, have the same answer on an architecture."""

from __future__ import annotations

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.gate_backends import shifts_between
from reviewbot.checks.meanings import meaning
from reviewbot.errors import BudgetError
from reviewbot.logic import FALSE, And, Cond, Not, Or, Ternary, Var
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Answers", "answer_alike", "compared"]

_PLACE = r"&?[A-Za-z_]\w*(?:(?:->|\.)\w+)*"
_QUESTION = regex(rf"[A-Za-z_]\w*\((?:{_PLACE}(?:, ?{_PLACE})*)?\)")
_VARIABLE = regex(r"[A-Za-z_]\w*_\w*")
_WORD = regex(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What two questions come to. `comes_to`: what both ask in the end, "" for an answer that is never yes.

    Where they are not the `same`, one of them is never true with the options `example`; `was` and `now` are in words.
    """

    arch: str
    same: bool
    comes_to: str = ""
    example: tuple[tuple[str, str], ...] = ()
    was: str = ""
    now: str = ""


def compared(analysis: Analysis, position: int, before: str, after: str, arch: str) -> Answers | None:
    """Return how `before`, asked before the patch, and `after`, asked after it, answer; None where that is not known.
    """
    return _compared(analysis, position, Var(before), Var(after), arch)


def answer_alike(analysis: Analysis, position: int, before: Cond, after: Cond, arch: str) -> bool:
    """Return whether one question has given way to another in the condition, and certainly has the same answer there:
    by what both ask in the end, or on all that the kernel can run on.

    One side may ask the variable itself that the other side's question comes to.
    """
    gone, come = before.variables() - after.variables(), after.variables() - before.variables()
    asked = [all(_QUESTION.fullmatch(atom) for atom in side) for side in (gone, come)]
    if not gone or not come or not any(asked) or not all(
            _QUESTION.fullmatch(atom) or _VARIABLE.fullmatch(atom) for atom in gone | come):
        return False
    key = (position, before, after, arch)
    if key not in analysis.alike:
        found = _compared(analysis, position, before, after, arch)
        analysis.alike[key] = (found is not None and found.same) or shifts_between(
            analysis, (arch,), before, after, position=position) == ()
    return analysis.alike[key]


def _compared(analysis: Analysis, position: int, before: Cond, after: Cond, arch: str) -> Answers | None:
    config = analysis.configs[position + 1]
    both = frozenset(name for name in before.variables() & after.variables()
                     if not any(analysis.redefinitions_of(word) for word in _WORD.findall(name)))
    try:
        old = meaning(analysis.configs[position], before, arch, keep=both)
        new = meaning(config, after, arch, keep=both)
        if old is None or new is None or not all(
                config.knows(name.removeprefix("CONFIG_"), arch) for one in (old, new) for name in one.variables()
                if name.startswith("CONFIG_") and analysis.configs[position].knows(
                    name.removeprefix("CONFIG_"), arch)):
            return None
        apart = Or(And(old, Not(new)), And(new, Not(old)))
        never = tuple(config.can(one, arch) is Ternary.NO for one in (old, new))
        if apart == FALSE or config.can(apart, arch) is Ternary.NO:
            return Answers(arch=arch, same=True, comes_to="" if all(never) else _shortest(old, new))
        living = old if never[1] else new
        atoms = [name for name in living.variables() if not name.startswith("CONFIG_")]
        if never[0] == never[1] or len(atoms) != 1:
            return None
        answer = config.possible(living.assume({atoms[0]: True}), arch)
        if answer.ternary is not Ternary.YES:
            return None
        told = [f"is '{_asks(config.simplified(one, arch))}' there" if not none else "is never true"
                for one, none in zip((old, new), never, strict=True)]
        return Answers(arch=arch, same=False, example=answer.example, was=told[0], now=told[1])
    except BudgetError:
        return None


def _shortest(*conditions: Cond) -> str:
    """Return in the fewest words what conditions that come to the same ask."""
    return min((_asks(one) for one in conditions), key=lambda words: (len(words), words))


def _asks(condition: Cond) -> str:
    """Return what a condition asks beside options, or the condition itself where it asks more, or options alone."""
    atoms = sorted(name for name in condition.variables() if not name.startswith("CONFIG_"))
    said = atoms[0] if len(atoms) == 1 else str(condition)
    return said[1:-1] if len(atoms) == 1 and said.startswith("(") and said.endswith(")") else said
