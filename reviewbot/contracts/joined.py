"""Results of several calls that become one, and a flag that is set where others jump past it."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import is_reporter
from reviewbot.contracts.away import memory_of
from reviewbot.contracts.effects import known_effects
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Branch, Outline, Step, calls_in, place_of, walk
from reviewbot.contracts.pairs import known_pairs
from reviewbot.contracts.results import peeled
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["flags_set_late", "results_joined"]

_FLAG = regex(r"(?:^|_|\.|>)(?:decrypted|shared)\w*$")
_SET = frozenset({"true", "1"})
_SHARES = frozenset({"set_memory_decrypted"})


def results_joined(outline: Outline, _: Teacher) -> Iterator[Hit]:
    """Yield the variables that take the results of changing back several pieces of memory at once, where each of them
    is given back only when all of them were changed."""
    joined: dict[str, list[tuple[Step, Expr]]] = {}
    for step in outline.steps:
        for part in walk(step.expr):
            if part.kind in {"assign", "update"} and len(part.parts) == 2 and (call := peeled(part.parts[1])).kind \
                    == "call" and call.name in known_effects().of and len(call.parts) > 1:
                name = place_of(part.parts[0])
                joined.setdefault(name, [])
                if part.name != "|=":
                    joined[name] = []
                joined[name].append((step, call))
        if step.kind != "test" or step.expr is None:
            continue
        for name, calls in joined.items():
            branch = _on_success(step, name)
            if branch is None or len(calls) < 2 or len({call.name for _, call in calls}) != 1:
                continue
            given = [memory for _, call in calls if (memory := memory_of(outline, call.parts[1], page=False))
                     and _gives(outline, branch, memory)]
            if len(set(given)) == len(calls):
                yield _joined(outline, step, name, calls, given)
                joined[name] = []
                break


def _joined(outline: Outline, step: Step, name: str, calls: list[tuple[Step, Expr]], given: list[str]) -> Hit:
    silent = "" if _tells(outline, calls[0][0]) else f", and '{outline.name}' gives no message then"
    return Hit(shape="joined", line=step.line, end_line=outline.last_line(step), symbol=calls[0][1].name,
               object=f"{name} {' '.join(given)}",
               fields=(("callee", calls[0][1].name), ("variable", name), ("statement", outline.said(step)),
                       ("take", given[0]), ("end", silent), ("how", " and ".join(f"'{memory}'" for memory in given))),
               new=tuple(sorted({(one.line, outline.said(one)) for one, _ in calls} | {(
                   step.line, outline.said(step))})))


def _tells(outline: Outline, first: Step) -> bool:
    """Return whether something may be printed, or the result given to the caller, behind the first of the calls."""
    behind = [step for step in outline.steps if step.line >= first.line]
    return outline.cut or any(step.kind == "return" and step.expr is not None for step in behind) or any(
        is_reporter(call.name, has_text=True) or call.name.startswith(("WARN", "BUG"))
        for step in behind for call in calls_in(step.expr))


def _on_success(step: Step, name: str) -> Branch | None:
    """Return the branch that is taken where the variable is 0."""
    expr = peeled(step.expr) if step.expr is not None else None
    if expr is None or not step.branches:
        return None
    if expr.kind == "unary" and expr.name == "!" and expr.parts and place_of(peeled(expr.parts[0])) == name:
        return step.branches[0]
    return step.branches[1] if place_of(expr) == name and len(step.branches) > 1 else None


def _gives(outline: Outline, branch: Branch, memory: str) -> bool:
    return any(call.name in known_pairs().givers() and any(
        memory_of(outline, argument, page=False) == memory for argument in call.parts[1:])
               for step in outline.inside(branch) for call in calls_in(step.expr))


def flags_set_late(outline: Outline, _: Teacher) -> Iterator[Hit]:
    """Yield what says that memory is shared and is set just in front of a label, where the way to it is not in sight:
    who jumps to the label has not set it."""
    if any(call.name in _SHARES for step in outline.steps for call in calls_in(step.expr)):
        return
    for step, behind in zip(outline.steps, outline.steps[1:], strict=False):
        expr = step.expr
        if behind.kind == "label" and step.kind == "do" and expr is not None and expr.kind == "assign" and _FLAG.search(
                name := place_of(expr.parts[0])) and peeled(expr.parts[-1]).name in _SET:
            yield Hit(shape="set-in-front-of-label", line=step.line, end_line=outline.last_line(step), symbol=name,
                      object=behind.name, fields=(("variable", name), ("statement", outline.said(step).rstrip(";")),
                                                  ("how", behind.name), ("callee", name)),
                      new=((step.line, outline.said(step)), (behind.line, outline.said(behind))))
