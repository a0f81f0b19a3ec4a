"""Tests by which a failure is never seen, or success is taken for one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import STOPS_WHEN
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.measured import is_measured
from reviewbot.contracts.null_use import followed_when_null, used_before_test, uses_when_empty
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, walk
from reviewbot.contracts.pairs import known_pairs
from reviewbot.contracts.results import Ask, Read, Treatment, asks_in, treatments
from reviewbot.contracts.returned import gives
from reviewbot.contracts.types import Hit
from reviewbot.contracts.units import known_units
from reviewbot.patterns import regex

__all__ = ["asked_about", "kinds_changed", "wrong_tests"]

_UNSIGNED = regex(r"\b(?:unsigned|u8|u16|u32|u64|size_t|uint\w*|dma_addr_t|phys_addr_t|resource_size_t|ulong|uint"
                  r"|pgoff_t|__u\d+)\b")
_WIDE = regex(r"\b(?:unsigned long|size_t|u64|dma_addr_t|phys_addr_t|resource_size_t|ulong|__u64|uint64_t)\b")
_SIGNED = regex(r"\b(?:int|long|ssize_t|s32|s64|loff_t)\b")


def wrong_tests(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the tests in a function that do not fit what the tested thing gives."""
    every = treatments(outline)
    for one in every:
        yield from _error_pointer(outline, one, teacher)
        yield from _address_first(outline, one, every, teacher)
    yield from _stops_on_success(outline, every, teacher)
    yield from _unsigned(outline)
    yield from _against_unsigned(outline, every, teacher)
    measured = partial(is_measured, outline, teacher)
    yield from uses_when_empty(outline, measured)
    yield from followed_when_null(outline, measured)
    yield from used_before_test(outline, every, lambda name: _may_be_null(name, teacher), measured)


def _hit(outline: Outline, shape: str, place: Step | Expr, symbol: str, thing: str, **fields: str) -> Hit:
    line = place.line if isinstance(place, Step) else outline.line_of(place)
    said = outline.said(place) if isinstance(place, Step) else outline.text(place)
    return Hit(shape=shape, line=line, end_line=line, symbol=symbol, object=thing,
               fields=tuple(sorted({"callee": symbol, "test": said, "variable": thing, **fields}.items())),
               new=((line, said),))


def _error_pointer(outline: Outline, one: Treatment, teacher: Teacher) -> Iterator[Hit]:
    """A result is tested for NULL where the function gives an error pointer, or the other way round."""
    tests = [read.step for read in one.reads if read.fate == "tested"]
    hows: set[str] = {read.how for read in one.reads if read.fate == "tested"}
    if not tests:
        tests = _as_errno(outline, one)
        hows = {"IS_ERR"}
    if not tests or not (hows <= {"not", "true"} or hows == {"IS_ERR"}):
        return
    given, where = _pointer_kinds(one.callee, teacher)
    step = outline.steps[tests[0]]
    if hows <= {"not", "true"} and "error-pointer" in given and "null" not in given:
        yield _hit(outline, "null-for-error", step, one.callee, one.target or one.callee, where=where)
    elif hows == {"IS_ERR"} and "null" in given and "error-pointer" not in given:
        yield _hit(outline, "error-for-null", step, one.callee, one.target or one.callee, where=where)


def _as_errno(outline: Outline, one: Treatment) -> list[int]:
    """Return where the result is made an errno, which takes it for an error pointer: `PTR_ERR_OR_ZERO(p)`."""
    return [number for number, call in outline.calls_of("PTR_ERR_OR_ZERO") if len(call.parts) == 2 and (
        call.parts[1] is one.call or (one.target and place_of(call.parts[1]) == one.target))]


def _pointer_kinds(name: str, teacher: Teacher) -> tuple[set[str], str]:
    """Return what a function that gives a pointer gives, with a place that shows the failure; nothing if not known."""
    bodies = teacher.here(name)
    if not bodies:
        return ({"null"}, "") if name in known_pairs().takers else (set(), "")
    kinds: set[str] = set()
    where = ""
    for path, body in bodies:
        given = teacher.given(body)
        if not body.returns.endswith("*") or "unknown" in given:
            return set(), ""
        kinds |= {*given}
        where = where or f"{path}:{given.get('error-pointer', given.get('null', 0))}"
    return kinds, where


def _address_first(outline: Outline, one: Treatment, every: list[Treatment], teacher: Teacher) -> Iterator[Hit]:
    """An address is made of an allocation that nobody tested, and tested in its place."""
    made = known_units().lists["of-page"]
    outer = next((read for read in one.reads if read.fate == "converted" and read.by in made), None)
    if outer is None or one.fate != "converted" or any(read.fate == "tested" for read in one.reads):
        return
    if any("__GFP_NOFAIL" in argument for argument in one.arguments) or not _may_be_null(one.callee, teacher):
        return
    for other in every:
        if other.callee == outer.by and other.step == outer.step and other.first_test is not None and (
                one.target in other.arguments if one.target
                else other.call.start < one.call.start < other.call.end):
            yield _hit(outline, "address-before-test", outline.steps[outer.step], one.callee,
                       other.target or other.callee, by=f"{outer.by}()",
                       test=outline.said(outline.steps[other.first_test.step]))


def _may_be_null(name: str, teacher: Teacher) -> bool:
    return name in known_pairs().takers or any(
        body.returns.endswith("*") and "null" in gives(body) for _, body in teacher.here(name))


def _stops(outline: Outline) -> list[tuple[int, Expr, Ask]]:
    """Return what is asked where the machine stops: by BUG_ON(), or in front of a panic."""
    found: list[tuple[int, Expr, Ask]] = []
    for number, step in enumerate(outline.steps):
        whole = step.expr
        if whole is not None and step.kind == "test" and step.branches and step.branches[0].leaves == "stop":
            found += [(number, whole, ask) for ask in asks_in(whole) if ask.alone]
        found += [(number, call, ask) for call in calls_in(whole) if call.name in STOPS_WHEN and len(call.parts) == 2
                  for ask in asks_in(call.parts[1])]
    return [one for one in found if one[2].how == "not"]


def _stopping(outline: Outline, every: list[Treatment]) -> Iterator[tuple[Treatment, Expr]]:
    """Yield the calls that stop the machine when they give 0; a name in capitals is a macro, which gives no errno."""
    for number, place, ask in _stops(outline):
        for one in every:
            if not one.callee.isupper() and (ask.subject is one.call or (
                    one.target and place_of(ask.subject) == one.target
                    and any(read.step == number for read in one.reads))):
                yield one, place
                break


def _stops_on_success(outline: Outline, every: list[Treatment], teacher: Teacher) -> Iterator[Hit]:
    """BUG_ON(!f()), or a panic behind such a test, of a function that gives 0 or more when it succeeds and an errno
    when it fails."""
    for one, place in _stopping(outline, every):
        told = _fails_negative(one.callee, teacher)
        if told:
            yield _hit(outline, "stops-on-success", place, one.callee, one.callee, evidence=told)


def asked_about(old: Outline | None, new: Outline, teacher: Teacher) -> Iterator[str]:
    """Yield the functions whose contract `wrong_tests` and `kinds_changed` may ask the tree for."""
    for outline in (new, *((old,) if old is not None else ())):
        every = treatments(outline)
        names = [one.callee for one, _ in _stopping(outline, every)]
        names += [one.callee for one, _, _ in _below(outline, every) if not _surely_signed(outline, one)]
        yield from (name for name in names if not teacher.here(name))
    if old is not None:
        yield from (one.callee for one, _ in _other_kinds(old, new) if not teacher.here(one.callee))


def _fails_negative(name: str, teacher: Teacher) -> str:
    """Return what shows that a function gives an errno when it fails; empty when nothing does."""
    bodies = teacher.here(name)
    for path, body in bodies:
        given = teacher.given(body)
        if body.returns.split()[-1:] in (["int"], ["long"]) and "errno" in given and not (
                given.keys() & {"true", "false", "one"}):
            return f"{path}:{given['errno']}"
    contract = None if bodies else teacher.contract(name)
    return contract.asked_below if contract is not None and contract.fails_negative else ""


def _unsigned(outline: Outline) -> Iterator[Hit]:
    """`if (r < 0)` of an unsigned variable."""
    for step in outline.steps:
        if step.kind != "test":
            continue
        for part in walk(step.expr):
            below = part.kind == "binary" and part.name == "<" and part.parts[1].name == "0"
            name = part.parts[0].name if below and part.parts[0].kind == "name" else ""
            kind = outline.type_of(name) if name else ""
            if name and _UNSIGNED.search(kind) and "*" not in kind and "[" not in kind:
                yield _hit(outline, "unsigned-below-zero", step, name, name, type=_plain(kind))


def _plain(kind: str) -> str:
    return " ".join(kind.split())


def _against_unsigned(outline: Outline, every: list[Treatment], teacher: Teacher) -> Iterator[Hit]:
    """`if (ret < size)` of a signed result: a negative error is the largest number there."""
    for source, step, ask in _below(outline, every):
        if ask.other is not None and (_surely_signed(outline, source) or _fails_negative(source.callee, teacher)):
            yield _hit(outline, "below-unsigned", step, source.callee, source.target,
                       type=_plain(outline.type_of(source.target)), other=outline.text(ask.other),
                       othertype=_plain(outline.type_of(ask.other.name) or "size_t"))


def _surely_signed(outline: Outline, source: Treatment) -> bool:
    """Return whether what the result is kept in says that it can be an error."""
    return "ssize_t" in outline.type_of(source.target)


def _below(outline: Outline, every: list[Treatment]) -> Iterator[tuple[Treatment, Step, Ask]]:
    """Yield the signed results that are compared with an unsigned number and not with 0 first."""
    for number, step in enumerate(outline.steps):
        asks = list(asks_in(step.expr)) if step.kind == "test" and not step.loop else []
        for ask in asks:
            if ask.other is None or ask.how != "compare" or ask.operator not in (
                    {"<", ">="} if ask.subject.start < ask.other.start else {">", "<="}):
                continue
            name = ask.subject.name if ask.subject.kind == "name" else ""
            kind = outline.type_of(name) if name else ""
            if not _SIGNED.search(kind) or _UNSIGNED.search(kind) or "*" in kind:
                continue
            if not _is_wide(outline, ask.other) or any(
                    other.how in {"negative", "not-negative"} and place_of(other.subject) == name for other in asks):
                continue
            source = next((one for one in reversed(every) if one.target == name and one.step < number), None)
            if source is not None and not _asked_before(outline, source, step, name):
                yield source, step, ask


def _is_wide(outline: Outline, expr: Expr) -> bool:
    if expr.kind == "size":
        return True
    kind = outline.type_of(expr.name) if expr.kind == "name" else ""
    return bool(_WIDE.search(kind)) and "*" not in kind


def _asked_before(outline: Outline, source: Treatment, step: Step, name: str) -> bool:
    """Return whether a test for an error stands between the call and the comparison, or around it."""
    for between in outline.steps[source.step:outline.steps.index(step)]:
        if between.kind == "test" and any(ask.how in {"negative", "not-negative", "IS_ERR"}
                                          and place_of(ask.subject) == name for ask in asks_in(between.expr)):
            return True
    return False


def kinds_changed(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the tests for NULL that were tests for an error pointer before the patch, or the other way round, where the
    function, or most of its callers, says that the old one was right."""
    for one, test in _other_kinds(old, new):
        kind, where = _failure_here(one.callee, teacher)
        if not kind and not teacher.here(one.callee):
            contract = teacher.contract(one.callee)
            kind = contract.pointer_failure if contract is not None else ""
        if (kind, test.how) in {("error-pointer", "not"), ("null", "IS_ERR")}:
            shape = "null-for-error" if kind == "error-pointer" else "error-for-null"
            yield _hit(new, f"{shape}-now" if where else shape, new.steps[test.step], one.callee,
                       one.target or one.callee, where=where)


def _failure_here(name: str, teacher: Teacher) -> tuple[str, str]:
    """Return by what a function of the file at hand fails as far as its body shows, with the place; empty where both
    or none is seen."""
    kinds = {kind: f"{path}:{line}" for path, body in teacher.here(name) if body.returns.endswith("*")
             for kind, line in teacher.given(body).items()}
    seen = kinds.keys() & {"null", "error-pointer"}
    return (min(seen), kinds[min(seen)]) if len(seen) == 1 else ("", "")


def _other_kinds(old: Outline, new: Outline) -> Iterator[tuple[Treatment, Read]]:
    """Yield the calls whose test is one for an error pointer on one side alone."""
    before = {one.callee: one.first_test.how for one in treatments(old) if one.first_test is not None}
    for one in treatments(new):
        test, was = one.first_test, before.get(one.callee)
        if test is not None and was is not None and {was, test.how} == {"IS_ERR", "not"}:
            yield one, test
