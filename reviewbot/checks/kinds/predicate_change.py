"""Kind `predicate-change`: a function that others ask now answers otherwise in some configuration or at some switch.

Options: `api` (families or functions that return a yes or no).
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts import parse_c_condition, tokens
from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.reading import touches
from reviewbot.checks.rule import Rule
from reviewbot.errors import BudgetError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import TRUE, Cond, difference, parting
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import quote_names

__all__ = ["PREDICATE_CHANGE"]

_VALUE = regex(r"\b[a-z_]\w*\b(?!\s*\()")
_LONGEST = 200
_WORKED_OUT = regex(r"==|!=|[<>]|[&|^+*/%](?!>)|\b[A-Z][A-Z0-9_]*\(")  # by C's operators, or by a macro
_FIELDS = frozenset({"function", "before", "after", "witness", "gone", "change", "asked"})


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    wanted = analysis.wanted(names_option(rule, "api"))
    before, after = analysis.before(position), analysis.after(position)
    for file in analysis.patched.states[position].files:
        facts = after.facts.get(file.path)
        for function in facts.functions if facts else ():
            if function.name not in wanted or not touches(file, function):
                continue
            old = _answer(before, file.old_path, _named(before, file.old_path, function.name))
            new = _answer(after, file.path, function)
            if old is None or new is None or _ask_of_one_value(old[0], new[0]):
                continue
            try:
                witness = difference(old[0], new[0])
            except BudgetError:
                continue
            if witness is not None:
                yield _finding(rule, analysis, position, file, function, (old, new), witness)


def _ask_of_one_value(old: Cond, new: Cond) -> bool:
    """Return whether the two answers work with one value in other words: whether they come to the same is open,
    `!(cc >> 28)` and `!TRANSFORM(cc)`."""
    gone, come = ({word for atom in left.variables() - right.variables() if _WORKED_OUT.search(atom)
                   for word in _VALUE.findall(atom)} for left, right in ((old, new), (new, old)))
    return not gone.isdisjoint(come)


def _named(side: Side, path: str, name: str) -> Function | None:
    facts = side.facts.get(path)
    return next((function for function in facts.functions if function.name == name), None) if facts else None


def _answer(side: Side, path: str, function: Function | None) -> tuple[Cond, int] | None:
    """Return the condition that a function with a single return statement returns, and its line; None for others."""
    if function is None:
        return None
    data = side.tree.read(path) or b""
    words = [word for word in tokens(data) if function.body.line <= word.line <= function.body.end_line]
    returns = [number for number, word in enumerate(words) if word.text == "return"]
    if len(returns) != 1:
        return None
    end = next((number for number in range(returns[0], len(words)) if words[number].text == ";"), None)
    if end is None:
        return None
    start = words[returns[0]]
    condition = parse_c_condition(data[start.end:words[end].offset])
    # What asks such questions is built in: the half of IS_ENABLED() that is about modules says nothing.
    return condition.assume({name: False for name in condition.variables() if name.endswith("_MODULE")}), start.line


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, function: Function,
             answers: tuple[tuple[Cond, int], tuple[Cond, int]], witness: dict[str, bool]) -> Finding:
    state = analysis.patched.states[position]
    (old, old_line), (new, line) = answers
    gone = sorted(old.variables() - new.variables())
    shown = " && ".join(name if value else f"!{name}" for name, value in sorted(witness.items()))
    where = _where(old, new) or f"for example when {shown}"
    fields = {"function": function.name, "before": str(old), "after": str(new),
              "gone": " and ".join(f"'{name}'" for name in gone) or "the condition",
              "witness": where, "asked": _ask(function.name, gone, where), "change": _say_change(old, new)}
    spot = Spot(file=file.path, line=line, end_line=line, function=function.name, symbol=function.name,
                side=analysis.after(position))
    arches = (own_arch(file.path),) if own_arch(file.path) else ()
    return draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index), arches=arches,
                         config=where.rpartition("when ")[2] if "when " in where else "", evidence=(Evidence(
                             kind="patch", file=file.old_path, line=old_line, text=f"return {old};",
                             rev=f"before patch {state.index}"),))


def _where(old: Cond, new: Cond) -> str:
    """Return when the two answers differ, what must hold in front of what must not; empty where that is too long."""
    exact = parting(old, new)
    if exact == TRUE:
        return "in every case"
    parts = sorted(exact.parts if exact.op == "and" else (exact,), key=lambda part: (part.op != "var", str(part)))
    said = " && ".join(f"({part})" if part.op == "or" and len(parts) > 1 else str(part) for part in parts)
    return f"when {said}" if len(said) <= _LONGEST else ""


def _ask(function: str, gone: list[str], where: str) -> str:
    """Return whether those who ask can do with the new answer: without what it no longer looks at, or where it differs.
    """
    if gone:
        names = quote_names([repr(name) for name in gone], most=3)
        return f"Does no caller of '{function}' need {names} in the answer any more?"
    when = f" {where}" if where.startswith("when ") else ""
    return f"Do the callers of '{function}' still get the answer that they need{when}?"


def _say_change(old: Cond, new: Cond) -> str:
    """Return what the answer no longer rests on, or rests on now, in a clause that follows the function's name."""
    gone, come = (sorted(left.variables() - right.variables()) for left, right in ((old, new), (new, old)))
    parts = [f"no longer asks {quote_names([repr(name) for name in gone], most=3)}"] if gone else []
    parts += [f"now asks {quote_names([repr(name) for name in come], most=3)}"] if come else []
    return " and ".join(parts) or "puts the same terms together otherwise"


PREDICATE_CHANGE = Kind(name="predicate-change", fields=_FIELDS, changes=_run, check_options=_check,
                        yields_to="stub-value")
