"""What of a helper runs for the constants that a call gives it: the branches for other ones are not gone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.outline import Outline, Step, calls_in
from reviewbot.contracts.results import peeled
from reviewbot.contracts.ways import Facts, comes_to, ways_of
from reviewbot.patterns import regex

__all__ = ["calls_given", "constants_given", "steps_given"]

_NUMBER = regex(r"0[xX][0-9a-fA-F]+|\d+")
_TRUTHS = {"true": True, "false": False, "NULL": False}


def constants_given(body: Outline, call: Expr, known: Facts = frozenset()) -> Facts:
    """Return what the arguments of a call say of the body's parameters: constants, and what is `known` of the caller's
    own parameters that it hands on."""
    return frozenset(fact for name, argument in zip(body.parameters, call.parts[1:], strict=False)
                     for fact in _of_argument(name, peeled(argument), known, _compared_with(body, name)))


def _compared_with(body: Outline, name: str) -> list[str]:
    """Return the numbers that the body's tests compare a parameter with."""
    asked = re.compile(rf"(?<![\w.>]){re.escape(name)} ?[!=]= ?(\w+)")
    return [text for step in body.steps if step.kind == "test" for text in asked.findall(body.said(step))
            if _NUMBER.fullmatch(text.rstrip("uUlL"))]


def _value(text: str) -> int:
    digits = text.rstrip("uUlL")
    octal = digits.startswith("0") and digits.strip("01234567") == ""
    return int(digits, 16 if digits[:2] in {"0x", "0X"} else 8 if octal else 10)


def _of_argument(name: str, argument: Expr, known: Facts, others: Iterable[str]) -> Iterator[tuple[str, bool]]:
    text = argument.name if argument.kind in {"name", "literal"} else ""
    digits = text.rstrip("uUlL")
    truth = _TRUTHS.get(text)
    if truth is None and _NUMBER.fullmatch(digits):
        truth = _value(digits) != 0
    if truth is not None:
        yield name, truth
        yield f"{name} == {text}", True
        if not truth:
            yield from ((f"{name} < 0", False), (f"IS_ERR({name})", False))
        if _NUMBER.fullmatch(digits):
            yield from ((f"{name} == {other}", False) for other in others if _value(other) != _value(text))
    elif text:
        yield from ((name if told == text else told.replace(text, name, 1), holds) for told, holds in known
                    if told == text or told.startswith((f"{text} ==", f"{text} <")))


def steps_given(body: Outline, known: Facts) -> Iterator[tuple[Step, Facts]]:
    """Yield the steps that run where this is known of the parameters, each with what is known there."""
    if not known:
        yield from ((step, known) for step in body.steps)
        return
    there = ways_of(body).known_from(known)
    yield from ((step, there[number]) for number, step in enumerate(body.steps) if number in there)


def calls_given(body: Outline, call: Expr, known: Facts = frozenset()) -> Iterator[tuple[Expr, Facts]]:
    """Yield the calls of a helper that run when it is called so, with what is known where each of them stands."""
    for step, facts in steps_given(body, constants_given(body, call, known)):
        if not facts:
            yield from ((inner, facts) for inner in calls_in(step.expr))
        elif step.expr is not None:
            yield from ((inner, facts) for inner in _live(step.expr, facts))


def _live(expr: Expr, facts: Facts) -> Iterator[Expr]:
    """Yield the calls of an expression without those of a `?:` that goes the other way."""
    if expr.kind == "call":
        yield expr
    parts = expr.parts
    if expr.kind == "choice" and len(parts) == 3:
        holds = comes_to(parts[0], facts)
        parts = parts if holds is None else (parts[0], parts[1 if holds else 2])
    for part in parts:
        yield from _live(part, facts)
