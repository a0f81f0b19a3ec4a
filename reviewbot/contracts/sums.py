"""Numbers as sums of what they are made of: what two of them have in common falls away between them.

A sum is the number of times that each product of names is in it: `2 * n + PAGE_SIZE - 1` is {(n,): 2, (PAGE_SIZE,): 1,
(): -1}. A division by the size of a page is exact: of `(n * PAGE_SIZE + rest) >> PAGE_SHIFT` it takes `n` out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.outline import Outline, root_of, walk
from reviewbot.contracts.units import shift_of
from reviewbot.patterns import regex

__all__ = ["PAGE", "Sum", "Sums", "minus"]

Sum = Mapping[tuple[str, ...], int]
PAGE = ("PAGE_SIZE",)
_NUMBER = regex(r"(0[xX][0-9a-fA-F]+|\d+)[uUlL]*")
_DEEPEST = 12
_MOST_PRODUCTS = 12  # in one sum
_MOST_STEPS = 600  # of a function whose sums are looked at
_DOWN = frozenset({"PFN_DOWN", "PHYS_PFN"})
_UP = frozenset({"PFN_UP"})
_ALIGNS = {"PAGE_ALIGN": True, "PAGE_ALIGN_DOWN": False}
_ALIGNS_TO = {"ALIGN": True, "round_up": True, "ALIGN_DOWN": False, "round_down": False}


def minus(one: Sum, other: Sum) -> Sum:
    """Return the first sum less the second."""
    return _plus(one, {product: -times for product, times in other.items()})


def _plus(one: Sum, other: Sum) -> Sum:
    found = {product: one.get(product, 0) + other.get(product, 0) for product in {*one, *other}}
    return {product: times for product, times in sorted(found.items()) if times}


class Sums:
    """Tells the sums of one function's expressions, variables that are set once put in."""

    def __init__(self, outline: Outline, fixed: Mapping[str, tuple[int, Expr]] | None = None) -> None:
        """`fixed` are variables that stand for a value of a step whatever else they are given: those of a loop's first
        round."""
        self._outline, self._fixed = outline, fixed or {}
        self._given: dict[str, list[tuple[int, Expr | None]]] = {}
        for number, step in enumerate(outline.steps[:_MOST_STEPS]):
            for name, value in _written(step.kind == "declare", step.name, step.expr):
                self._given.setdefault(name, []).append((number, value))

    def writes(self, name: str, number: int) -> tuple[tuple[str, ...], ...]:
        """Return the statements that give a variable a value, in order, each with the tests around it and whether it
        stands in front of step `number`; of a macro of the file what it stands for."""
        if name.isupper() and name not in self._given:
            line = re.compile(rf"^[ \t]*#[ \t]*define[ \t]+{re.escape(name)}\b.*".encode(), re.MULTILINE)
            return tuple((found.decode("latin-1"),) for found in line.findall(self._outline.data))
        return tuple((self._outline.said(self._outline.steps[at]), *self._tests(at), "ahead" if at < number else "")
                     for at, _ in self._given.get(name, ()))

    def _tests(self, number: int) -> Iterator[str]:
        where = self._outline.steps[number].where
        for step in self._outline.steps:
            for place, branch in enumerate(step.branches):
                if branch.block in where:
                    yield f"{place} {self._outline.said(step)}"

    def of(self, expr: Expr, number: int, depth: int = 0) -> Sum | None:
        """Return the sum that an expression of step `number` is, None for one that is too large to tell."""
        while expr.kind == "cast" and expr.parts:
            expr = expr.parts[-1]
        if depth > _DEEPEST:
            return None
        found: Sum | None = None
        if expr.kind == "literal" and (hit := _NUMBER.fullmatch(self._outline.text(expr))) is not None:
            value = int(hit[1], 0) if hit[1].lower().startswith("0x") or not hit[1].startswith("0") else int(hit[1], 8)
            found = {(): value} if value else {}
        elif expr.kind == "name" and (there := self._value(expr.name, number)) is not None:
            return self.of(there[1], there[0], depth + 1)
        elif expr.kind == "binary" and len(expr.parts) == 2:
            found = self._binary(expr, number, depth)
        elif expr.kind == "call":
            found = self._call(expr, number, depth)
        elif expr.kind == "unary" and expr.name == "-" and expr.parts:
            inner = self.of(expr.parts[0], number, depth + 1)
            found = None if inner is None else minus({}, inner)
        if found is None:
            text = self._text(expr, number, depth)
            return {(text,): 1} if text else None
        return found if len(found) <= _MOST_PRODUCTS else None

    def _value(self, name: str, number: int) -> tuple[int, Expr] | None:
        """Return what a local variable is set to, once and for all that comes to the step, and in which step."""
        given = self._given.get(name, [])
        if name in self._fixed:
            return self._fixed[name]
        if name not in self._outline.locals or len(given) != 1 or given[0][1] is None or given[0][0] >= number:
            return None
        at, value = given[0]
        steps = self._outline.steps
        if steps[at].where != steps[number].where[:len(steps[at].where)] or any(
                later > at for part in walk(value) if part.kind == "name"
                for later, _ in self._given.get(part.name, ())):
            return None
        return (at, value) if value is not None else None

    def _binary(self, expr: Expr, number: int, depth: int) -> Sum | None:
        shift = shift_of(expr)
        if shift is not None:
            inner = self.of(shift[1], number, depth + 1)
            return None if inner is None else _times(inner, {PAGE: 1}) if shift[0] == "<<" else _pages_of(inner)
        left, right = (self.of(part, number, depth + 1) for part in expr.parts)
        if left is None or right is None:
            return None
        match expr.name:
            case "+":
                return _plus(left, right)
            case "-":
                return minus(left, right)
            case "*":
                return _times(left, right)
            case "&" if right == {("PAGE_MASK",): 1}:
                return _times(_pages_of(left), {PAGE: 1})
        return None

    def _call(self, call: Expr, number: int, depth: int) -> Sum | None:
        arguments = [self.of(part, number, depth + 1) for part in call.parts[1:3]]
        if not arguments or any(one is None for one in arguments):
            return None
        inner, by = arguments[0] or {}, arguments[1] if len(arguments) > 1 else None
        if call.name in _DOWN:
            return _pages_of(inner)
        if call.name in _UP or (call.name == "DIV_ROUND_UP" and by == {PAGE: 1}):
            return _pages_of(_rounded(inner))
        up = _ALIGNS.get(call.name, _ALIGNS_TO.get(call.name) if by == {PAGE: 1} else None)
        return None if up is None else _times(_pages_of(_rounded(inner) if up else inner), {PAGE: 1})

    def _text(self, expr: Expr, number: int, depth: int) -> str:
        """Return an expression that is no sum as it stands, what a call is given told as sums."""
        if expr.kind == "call" and expr.name and len(expr.parts) > 1:
            given = [self.of(part, number, depth + 1) for part in expr.parts[1:]]
            return "" if None in given else f"{expr.name}({', '.join(_told(one or {}) for one in given)})"
        text = self._outline.text(expr)
        return "" if re.search(r"\+\+|--|(?<![=!<>])=(?!=)", text) else text


def _written(declared: bool, name: str, expr: Expr | None) -> Iterator[tuple[str, Expr | None]]:  # noqa: FBT001
    """Yield the variables that a step writes, each with its value; None for one that nobody can tell."""
    if declared and expr is not None:
        yield name, expr
    for part in walk(expr):
        if part.kind in {"assign", "update", "address"} and part.parts and (root := root_of(part.parts[0])):
            whole = part.parts[0].kind == "name" and part.kind == "assign" and part.name == "="
            if whole or part.kind != "address" or part.parts[0].kind == "name":
                yield root, part.parts[-1] if whole else None  # what is written through a pointer changes its memory


def _times(one: Sum, other: Sum) -> Sum:
    found: dict[tuple[str, ...], int] = {}
    for first, a in one.items():
        for second, b in other.items():
            product = tuple(sorted((*first, *second)))
            found[product] = found.get(product, 0) + a * b
    return {product: times for product, times in sorted(found.items()) if times}


def _rounded(inner: Sum) -> Sum:
    return _plus(inner, {PAGE: 1, (): -1})


def _pages_of(inner: Sum) -> Sum:
    """Return the whole pages in a number of bytes: what is a multiple of a page's size is taken out.

    A number that may be below zero is huge where it has no sign: of one from which something plain is taken, and to
    which no page is added, nothing is known but what it is.
    """
    whole: dict[tuple[str, ...], int] = {}
    rest: dict[tuple[str, ...], int] = {}
    for product, times in inner.items():
        if PAGE[0] in product:
            left = list(product)
            left.remove(PAGE[0])
            whole[tuple(left)] = times
        else:
            rest[product] = times
    if any(times < 0 for times in whole.values()) or (inner.get((), 0) < 0 and not whole):
        return {(f"<~{_told(inner)}>",): 1}
    return _plus(whole, {(f"<{_told(rest)}>",): 1}) if rest else whole


def _told(one: Sum) -> str:
    return " + ".join("*".join((*(() if times == 1 and product else (str(times),)), *product))
                      for product, times in sorted(one.items())) or "0"
