"""Conditions: one algebra for `#if` nests, IS_ENABLED(), Kbuild, Kconfig dependencies and guards in code.

A variable is named as the preprocessor or the C code names it: `CONFIG_X` holds when X is built in (=y),
`CONFIG_X_MODULE` when it is a module (=m), `rodata_full` when that C expression is true. Conditions are built
with And(), Or(), Not() and Var() only; these simplify, so equal-looking conditions compare and print equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from enum import Enum
from functools import lru_cache
from operator import is_

from reviewbot.errors import BudgetError, UsageError
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = [
    "FALSE",
    "TRUE",
    "And",
    "Cond",
    "Not",
    "Or",
    "Ternary",
    "Var",
    "difference",
    "equivalent",
    "parse_condition", "parting",
    "without",
]

_MOST_VARIABLES = 16  # 65 536 rows: a truth table that still takes well under a second


class Ternary(Enum):
    """An answer that may be open. UNKNOWN is never folded into NO."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cond:
    """A condition in negation-normal order: `op` is true, false, var, not, and, or.

    `name` is set for a variable; `parts` holds the operands, sorted by their text, without duplicates. Hash, text and
    variables are worked out once: conditions share their parts and are compared all the time.
    """

    op: str
    name: str = ""
    parts: tuple[Cond, ...] = ()
    _hash: int = field(init=False, repr=False, compare=False, default=0)
    _text: str = field(init=False, repr=False, compare=False, default="")
    _names: frozenset[str] | None = field(init=False, repr=False, compare=False, default=None)
    _opposite: Cond | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        """Work out the hash; those of the parts are there."""
        object.__setattr__(self, "_hash", hash((self.op, self.name, self.parts)))

    def __eq__(self, other: object) -> bool:
        """Return whether the other says the same; most that differ do so by their hashes already."""
        if self is other:
            return True
        if not isinstance(other, Cond):
            return NotImplemented
        return self._hash == other._hash and self.op == other.op and self.name == other.name \
            and self.parts == other.parts

    def __hash__(self) -> int:
        """Return a hash by what the condition says."""
        return self._hash

    def __reduce__(self) -> tuple[Callable[..., Cond], tuple[str, str, tuple[Cond, ...]]]:
        """Return how another process makes it anew: a hash of text holds in one process only."""
        return _made, (self.op, self.name, self.parts)

    def __str__(self) -> str:
        """Return the condition as C writes it, operands sorted: `A && !(B || C)`."""
        if not self._text:
            object.__setattr__(self, "_text", self._written())
        return self._text

    def _written(self) -> str:
        match self.op:
            case "true":
                return "1"
            case "false":
                return "0"
            case "var":
                return self.name
            case "not":
                return f"!{_wrapped(self.parts[0])}"
            case "and":
                return " && ".join(f"({p})" if p.op == "or" else str(p) for p in self.parts)
            case _:
                return " || ".join(f"({p})" if p.op == "and" else str(p) for p in self.parts)

    def variables(self) -> frozenset[str]:
        """Return the names of all variables in the condition."""
        if self._names is None:
            names = frozenset({self.name}) if self.op == "var" \
                else frozenset().union(*(part.variables() for part in self.parts))
            object.__setattr__(self, "_names", names)
            return names
        return self._names

    def evaluate(self, values: Mapping[str, bool]) -> Ternary:
        """Return what the condition is under `values`; a variable that `values` does not name is open."""
        match self.op:
            case "true":
                return Ternary.YES
            case "false":
                return Ternary.NO
            case "var":
                value = values.get(self.name)
                return Ternary.UNKNOWN if value is None else Ternary.YES if value else Ternary.NO
            case "not":
                return _NEGATED[self.parts[0].evaluate(values)]
        stop, default = (Ternary.NO, Ternary.YES) if self.op == "and" else (Ternary.YES, Ternary.NO)
        result = default
        for part in self.parts:
            answer = part.evaluate(values)
            if answer is stop:
                return stop
            if answer is Ternary.UNKNOWN:
                result = Ternary.UNKNOWN
        return result

    def assume(self, values: Mapping[str, bool]) -> Cond:
        """Return what is left of the condition when the variables in `values` have these values."""
        if not any(name in values for name in self.variables()):
            return self
        return self.replace(lambda name: None if name not in values else TRUE if values[name] else FALSE)

    def replace(self, change: Callable[[str], Cond | None]) -> Cond:
        """Return the condition with each variable replaced by `change(name)`; None keeps the variable."""
        match self.op:
            case "var":
                return change(self.name) or self
            case "not":
                part = self.parts[0].replace(change)
                return self if part is self.parts[0] else Not(part)
            case "and" | "or":
                parts = [part.replace(change) for part in self.parts]
                if all(map(is_, parts, self.parts)):
                    return self  # it is as short as it gets already
                return And(*parts) if self.op == "and" else Or(*parts)
        return self


def _made(op: str, name: str, parts: tuple[Cond, ...]) -> Cond:
    return Cond(op=op, name=name, parts=parts)


TRUE = Cond(op="true")
FALSE = Cond(op="false")
_NEGATED = {Ternary.YES: Ternary.NO, Ternary.NO: Ternary.YES, Ternary.UNKNOWN: Ternary.UNKNOWN}


def _wrapped(cond: Cond) -> str:
    bare = cond.op == "var" and " == " in cond.name and not cond.name.startswith("(")  # `!a() == 0` asks for `!a()`
    return f"({cond})" if bare or cond.op in {"and", "or"} else str(cond)


@lru_cache(maxsize=1 << 14)
def Var(name: str) -> Cond:
    """Return the condition that holds when the variable does."""
    return Cond(op="var", name=name)


def Not(cond: Cond) -> Cond:
    """Return the negation, pushed inwards to the variables."""
    known = cond._opposite  # noqa: SLF001 - this room's own value
    if known is None:
        known = _negated(cond)
        object.__setattr__(cond, "_opposite", known)
    return known


def _negated(cond: Cond) -> Cond:
    match cond.op:
        case "true":
            return FALSE
        case "false":
            return TRUE
        case "not":
            return cond.parts[0]
        case "and":
            return Or(*(Not(p) for p in cond.parts))
        case "or":
            return And(*(Not(p) for p in cond.parts))
    return Cond(op="not", parts=(cond,))


def And(*conds: Cond) -> Cond:
    """Return the conjunction; And() of nothing is TRUE."""
    return _junction("and", conds, neutral=TRUE, stop=FALSE)


def Or(*conds: Cond) -> Cond:
    """Return the disjunction; Or() of nothing is FALSE."""
    return _junction("or", conds, neutral=FALSE, stop=TRUE)


@lru_cache(maxsize=1 << 16)
def _junction(op: str, conds: tuple[Cond, ...], *, neutral: Cond, stop: Cond) -> Cond:
    parts: set[Cond] = set()
    for cond in conds:
        if cond == stop:
            return stop
        if cond.op == op:
            parts.update(cond.parts)
        elif cond != neutral:
            parts.add(cond)
    if any(Not(p) in parts for p in parts if p.op in {"var", "not"}):
        return stop
    parts = _unit_resolved(op, parts)
    if stop in parts:
        return stop
    # Absorption: A || (A && B) is A.
    inner = "or" if op == "and" else "and"
    kept = [p for p in parts if not (p.op == inner and any(q in parts for q in p.parts))]
    if not kept:
        return neutral
    if len(kept) == 1:
        return kept[0]
    return Cond(op=op, parts=tuple(sorted(kept, key=str)))


def _unit_resolved(op: str, parts: set[Cond]) -> set[Cond]:
    """Drop from nested terms the literals that the outer ones refute: A && (!A || B) is A && B."""
    refuted = {Not(p) for p in parts if p.op in {"var", "not"}}
    inner = "or" if op == "and" else "and"
    if not refuted or not any(p.op == inner for p in parts):
        return parts
    resolved: set[Cond] = set()
    changed = False
    for part in parts:
        if part.op == inner and not refuted.isdisjoint(part.parts):
            rest = [q for q in part.parts if q not in refuted]
            resolved.add(Or(*rest) if inner == "or" else And(*rest))
            changed = True
        else:
            resolved.add(part)
    if not changed:
        return parts
    return {And(*resolved) if op == "and" else Or(*resolved)}


def difference(before: Cond, after: Cond, *, fixed: Mapping[str, bool] | None = None) -> dict[str, bool] | None:
    """Return an assignment under which the two conditions differ, or None when they never do.

    The first such row of the truth table in sorted variable order, with as many false values as possible first.
    Raises BudgetError past 16 variables.
    """
    known = dict(fixed or {})
    left, right = before.assume(known), after.assume(known)
    if left == right:
        return None
    names = sorted(left.variables() | right.variables())
    if len(names) > _MOST_VARIABLES:
        raise BudgetError("the conditions are too many to compare")
    found = _parting(left, right, names, 0)
    return None if found is None else known | dict.fromkeys(names, False) | found


def _parting(left: Cond, right: Cond, names: list[str], at: int) -> dict[str, bool] | None:
    """Return the first values under which the conditions differ; what is alike, or no longer asked, is not tried."""
    if left == right:
        return None
    while at < len(names) and names[at] not in left.variables() and names[at] not in right.variables():
        at += 1
    if at == len(names):
        return {}
    for value in (False, True):
        row = {names[at]: value}
        found = _parting(left.assume(row), right.assume(row), names, at + 1)
        if found is not None:
            return row | found
    return None


def equivalent(left: Cond, right: Cond) -> bool:
    """Return whether the two conditions have the same truth table. Raises BudgetError past 16 variables."""
    return difference(left, right) is None


def parting(before: Cond, after: Cond) -> Cond:
    """Return when the two conditions differ, as short as the terms that both have in common allow; FALSE for never.
    Raises BudgetError past 16 variables.
    """
    if equivalent(before, after):
        return FALSE
    for op, outside in (("or", Not), ("and", lambda cond: cond)):
        left, right = ({*cond.parts} if cond.op == op else {cond} for cond in (before, after))
        common = left & right
        if common:
            rest = [Or(*some - common) if op == "or" else And(*some - common) for some in (left, right)]
            return And(*(outside(part) for part in common), parting(*rest))
    gone, come = And(before, Not(after)), And(Not(before), after)
    return come if equivalent(gone, FALSE) else gone if equivalent(come, FALSE) else Or(gone, come)


def without(condition: Cond, is_open: Callable[[str], bool]) -> Cond:
    """Return the condition with everything that rests on open variables taken as true: they may well let it through.

    It is never narrower than the condition for any values of theirs, as long as two open things are two variables.
    """
    if condition.op in {"var", "not"}:
        return TRUE if any(is_open(name) for name in condition.variables()) else condition
    parts = [without(part, is_open) for part in condition.parts]
    if condition.op == "and":
        return And(*parts)
    return Or(*parts) if condition.op == "or" else condition


_TOKEN = regex(r"\s*(?:(&&|\|\||!=|=|!|\(|\))|([A-Za-z_]\w*)|([01]))")


@lru_cache(maxsize=4096)
def parse_condition(text: str) -> Cond:
    """Return the condition that `text` writes: names, `!`, `&&`, `||`, brackets, `X=y`, `X=m`, `X=n`, 0, 1.

    A name in capitals without `CONFIG_` is a Kconfig symbol: `DEBUG_PAGEALLOC` is `CONFIG_DEBUG_PAGEALLOC`.
    Raises UsageError when the text is not a condition.
    """
    tokens: list[str] = []
    position = 0
    stripped = text.rstrip()
    while position < len(stripped):
        found = _TOKEN.match(stripped, position)
        if not found:
            raise UsageError(f"cannot read the condition at '{stripped[position:position + 20]}'", where=text,
                             hint="write it as in 'DEBUG_PAGEALLOC && !MMU'")
        tokens.append(found.group(1) or found.group(2) or found.group(3))
        position = found.end()
    return _Reader(text=text, tokens=tokens).whole()


_DEEPEST = 200  # levels of `&&` inside `||` and so on; brackets round brackets and `!` before `!` are no levels


@dataclass(slots=True)
class _Open:
    """What was read behind one open bracket: the finished terms of `||`, the factors of the last term, a `!` before it.

    Each has its depth beside it.
    """

    negated: bool = False
    terms: list[tuple[Cond, int]] = field(default_factory=list)
    factors: list[tuple[Cond, int]] = field(default_factory=list)

    def close_term(self) -> None:
        """Join the factors of the last term."""
        self.terms.append(_joined(And, self.factors))
        self.factors = []


def _joined(join: Callable[..., Cond], parts: list[tuple[Cond, int]]) -> tuple[Cond, int]:
    if len(parts) == 1:
        return parts[0]
    return join(*(part for part, _ in parts)), 1 + max(depth for _, depth in parts)


@dataclass(slots=True, kw_only=True)
class _Reader:
    text: str
    tokens: list[str]
    position: int = 0

    def error(self, what: str = "the condition ends too early or has a stray word") -> UsageError:
        return UsageError(what, where=self.text, hint="write it as in 'DEBUG_PAGEALLOC && !MMU'")

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.position += 1
        return token

    def whole(self) -> Cond:
        """Return the condition of all tokens. Iterates over brackets: their depth is the text's, not Python's."""
        levels = [_Open()]
        while True:
            negated = self._negations()
            if self.peek() == "(":
                self.take()
                levels.append(_Open(negated=negated))
                continue
            found = self._operand(), 1
            while True:
                levels[-1].factors.append((Not(found[0]) if negated else found[0], found[1]))
                token = self.take()
                if token != ")":
                    break
                if len(levels) == 1:
                    raise self.error()
                negated, found = levels[-1].negated, self._closed(levels.pop())
            if token == "||":
                levels[-1].close_term()
            elif token == "" and len(levels) == 1:
                return self._closed(levels.pop())[0]
            elif token != "&&":
                raise self.error()

    def _closed(self, level: _Open) -> tuple[Cond, int]:
        level.close_term()
        found = _joined(Or, level.terms)
        if found[1] > _DEEPEST:
            raise self.error(f"the condition is nested more than {_DEEPEST} levels deep")
        return found

    def _negations(self) -> bool:
        negated = False
        while self.peek() == "!":
            self.take()
            negated = not negated
        return negated

    def _operand(self) -> Cond:
        token = self.take()
        if token in {"0", "1"}:
            return TRUE if token == "1" else FALSE
        if not token or not (token[0].isalpha() or token[0] == "_"):
            raise self.error()
        return self._comparison(token)

    def _comparison(self, name: str) -> Cond:
        if re.fullmatch(r"[A-Z0-9_]*[A-Z][A-Z0-9_]*", name) and not name.startswith(("CONFIG_", "__")):
            name = f"CONFIG_{name}"
        if self.peek() not in {"=", "!="}:
            return Var(name)
        equal, value = self.take() == "=", self.take()
        values = {"y": Var(name), "m": Var(f"{name}_MODULE"), "n": And(Not(Var(name)), Not(Var(f"{name}_MODULE")))}
        if value not in values:
            raise self.error()
        return values[value] if equal else Not(values[value])
