"""What has to hold that a step of a function is reached: the tests around it, and the exits in front of it."""

from __future__ import annotations

import re

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.outline import Outline, Step
from reviewbot.values import dataclass

__all__ = ["Atom", "atoms_of", "bare", "guards_of", "negated", "said_as"]

_LEAVING = frozenset({"return", "goto", "stop", "break", "continue"})


@dataclass(frozen=True, slots=True)
class Atom:
    """One question that has to come out as it does: its text, without a `!` where it holds, and the test it is in.

    `key` is what it asks and how that has to come out, however the question is written.
    """

    text: str
    holds: bool
    key: tuple[str, bool]
    expr: Expr
    step: Step

    @property
    def said(self) -> str:
        return said_as(self.text, self.holds)


def said_as(text: str, holds: bool) -> str:  # noqa: FBT001 - the two are one condition
    return text if holds else negated(text)


def negated(text: str) -> str:
    for one, other in (("==", "!="), ("!=", "=="), (">=", "<"), ("<=", ">")):
        if f" {one} " in text and "&&" not in text and "||" not in text:
            return text.replace(f" {one} ", f" {other} ")
    name, bracket, _ = text.partition("(")
    alone = re.fullmatch(r"[\w.>\[\]-]+", name) and (not bracket or _closes_last(text[len(name):]))
    return f"!{text}" if alone else f"!({text})"


def guards_of(outline: Outline, *, past_labels: bool = True) -> list[tuple[Atom, ...]]:
    """Return for each step what has to hold that it is reached: blocks around it, and exits in front; without
    `past_labels` only those between the last label and the step."""
    found: list[tuple[Atom, ...]] = []
    branches = {branch.block: (step, number) for step in outline.steps if step.kind == "test" and not step.loop
                for number, branch in enumerate(step.branches)}
    passed: dict[tuple[int, ...], list[tuple[int, list[Atom]]]] = {}
    for place, step in enumerate(outline.steps):
        atoms: list[Atom] = []
        for depth in range(len(step.where) + 1):
            if depth and step.where[depth - 1] in branches:
                test, number = branches[step.where[depth - 1]]
                atoms += atoms_of(outline, test, test.expr, holds=number == 0)
            atoms += [atom for since, left in passed.get(step.where[:depth], ()) if place >= since for atom in left]
        found.append(tuple(atoms))
        if step.kind == "label":
            _join(passed, [found[number] if number < place else () for number, one in enumerate(
                outline.steps) if one.kind == "goto" and one.name == step.name] if past_labels else [])
        if step.kind == "test" and not step.loop and len(step.branches) == 1 and step.branches[0].leaves in _LEAVING:
            around = step.where if step.branches[0].leaves in {"break", "continue"} else outline.past(step)
            passed.setdefault(around, []).append(
                (step.branches[0].last, atoms_of(outline, step, step.expr, holds=False)))
    return found


def _join(passed: dict[tuple[int, ...], list[tuple[int, list[Atom]]]], jumps: list[tuple[Atom, ...]]
          ) -> None:
    """Leave of the exits in front of a label those that all who jump to it have in front of them as well."""
    every = frozenset.intersection(*(frozenset(atom.key for atom in atoms) for atoms in jumps)) if jumps else None
    for where, exits in passed.items():
        passed[where] = [(since, left) for since, left in exits
                         if every is not None and {atom.key for atom in left} <= every]


def atoms_of(outline: Outline, step: Step, expr: Expr | None, *, holds: bool) -> list[Atom]:
    if expr is None:
        return []
    if expr.kind == ("both" if holds else "either"):
        return [atom for part in expr.parts for atom in atoms_of(outline, step, part, holds=holds)]
    if expr.kind == "unary" and expr.name == "!" and len(expr.parts) == 1:
        return atoms_of(outline, step, expr.parts[0], holds=not holds)
    if expr.kind == "call" and expr.name in {"likely", "unlikely"} and len(expr.parts) == 2:
        return atoms_of(outline, step, expr.parts[1], holds=holds)
    asked = outline.question(expr)
    turned = expr.kind == "binary" and asked.startswith("!")  # `x == NULL`
    key = bare(asked[turned:]), holds is not turned
    return [Atom(bare(outline.text(expr)), holds, key, expr, step)]


def bare(text: str) -> str:
    while text.startswith("(") and text.endswith(")") and _closes_last(text):
        text = text[1:-1].strip()
    return text


def _closes_last(text: str) -> bool:
    depth = 0
    for number, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if not depth:
            return number == len(text) - 1
    return False
