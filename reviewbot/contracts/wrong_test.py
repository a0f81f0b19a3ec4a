"""Tests by which a failure is never seen, or success is taken for one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.query import is_conversion
from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import STOPS_WHEN
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, walk
from reviewbot.contracts.pairs import known_pairs
from reviewbot.contracts.results import Ask, Read, Treatment, asks_in, treatments
from reviewbot.contracts.returned import gives
from reviewbot.contracts.types import Hit

__all__ = ["asked_about", "kinds_changed", "senses_turned", "wrong_tests"]

_UNSIGNED = re.compile(r"\b(?:unsigned|u8|u16|u32|u64|size_t|uint\w*|dma_addr_t|phys_addr_t|resource_size_t|ulong|uint"
                       r"|pgoff_t|__u\d+)\b")
_WIDE = re.compile(r"\b(?:unsigned long|size_t|u64|dma_addr_t|phys_addr_t|resource_size_t|ulong|__u64|uint64_t)\b")
_SIGNED = re.compile(r"\b(?:int|long|ssize_t|s32|s64|loff_t)\b")
_CONTEXTS = frozenset({"gfpflags_allow_blocking", "in_interrupt", "in_atomic", "irqs_disabled", "preemptible",
                       "in_task",
                       "in_irq", "in_hardirq", "in_nmi", "in_softirq", "in_serving_softirq", "gfpflags_allow_spinning",
                       "spin_is_locked", "mutex_is_locked", "rcu_is_watching", "system_state"})
"""What asks where the code runs."""
_OPPOSITE = {"true": "not", "not": "true"}
_ADDRESS_OF = frozenset({"page_address", "page_to_virt", "page_to_phys", "page_to_pfn", "__pa", "virt_to_page",
                         "virt_to_phys", "folio_address", "page_to_nid"})


def wrong_tests(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the tests in a function that do not fit what the tested thing gives."""
    every = treatments(outline)
    for one in every:
        yield from _error_pointer(outline, one, teacher)
        yield from _address_first(outline, one, every, teacher)
        yield from _stops_on_success(outline, one, teacher)
    yield from _unsigned(outline)
    yield from _against_unsigned(outline, every)
    yield from _uses_when_empty(outline)


def _hit(outline: Outline, shape: str, place: Step | Expr, symbol: str, thing: str, **fields: str) -> Hit:
    line = place.line if isinstance(place, Step) else outline.line_of(place)
    said = outline.said(place) if isinstance(place, Step) else outline.text(place)
    return Hit(shape=shape, line=line, end_line=line, symbol=symbol, object=thing,
               fields=tuple(sorted({"callee": symbol, "test": said, "variable": thing, **fields}.items())),
               new=((line, said),))


def _error_pointer(outline: Outline, one: Treatment, teacher: Teacher) -> Iterator[Hit]:
    """A result is tested for NULL where the function gives an error pointer, or the other way round."""
    tests = [read for read in one.reads if read.fate == "tested"]
    if not tests or not {read.how for read in tests} <= {"not", "true", "IS_ERR"}:
        return
    hows = {read.how for read in tests}
    if len(hows & {"IS_ERR"}) and len(hows) > 1:
        return
    for path, body in teacher.here(one.callee):
        if not body.returns.endswith("*"):
            return
        given = gives(body)
        if "unknown" in given or not given:
            return
        step = outline.steps[tests[0].step]
        where = f"{path}:{given.get('error-pointer', given.get('null', 0))}"
        if hows <= {"not", "true"} and "error-pointer" in given and "null" not in given:
            yield _hit(outline, "null-for-error", step, one.callee, one.target or one.callee, where=where)
        elif hows == {"IS_ERR"} and "null" in given and "error-pointer" not in given:
            yield _hit(outline, "error-for-null", step, one.callee, one.target or one.callee, where=where)
        return


def _address_first(outline: Outline, one: Treatment, every: list[Treatment], teacher: Teacher) -> Iterator[Hit]:
    """An address is made of an allocation that nobody tested, and tested in its place."""
    outer = next((read for read in one.reads if read.fate == "converted" and read.by in _ADDRESS_OF), None)
    if outer is None or one.fate != "converted" or any(read.fate == "tested" for read in one.reads):
        return
    if one.target or not _may_be_null(one.callee, teacher):
        return
    for other in every:
        if other.callee == outer.by and other.step == one.step and other.call.start < one.call.start < other.call.end \
                and other.first_test is not None:
            yield _hit(outline, "address-before-test", outline.steps[one.step], one.callee,
                       other.target or other.callee, by=f"{outer.by}()",
                       test=outline.said(outline.steps[other.first_test.step]))


def _may_be_null(name: str, teacher: Teacher) -> bool:
    return name in known_pairs().takers or any(
        body.returns.endswith("*") and "null" in gives(body) for _, body in teacher.here(name))


def _stops_on_success(outline: Outline, one: Treatment, teacher: Teacher) -> Iterator[Hit]:
    """BUG_ON(!f()) of a function that gives 0 or more when it succeeds and an errno when it fails."""
    for call in _stopping(outline, one):
        told = _fails_negative(one.callee, teacher)
        if told:
            yield _hit(outline, "stops-on-success", call, one.callee, one.callee, evidence=told)


def _stopping(outline: Outline, one: Treatment) -> Iterator[Expr]:
    """Yield the BUG_ON(!f()) around a call; a name in capitals is a macro, which gives no errno."""
    for call in calls_in(outline.steps[one.step].expr) if not one.callee.isupper() else ():
        if call.name in STOPS_WHEN and len(call.parts) == 2:
            for ask in asks_in(call.parts[1]):
                if ask.how == "not" and ask.subject is one.call:
                    yield call


def asked_about(old: Outline | None, new: Outline, teacher: Teacher) -> Iterator[str]:
    """Yield the functions whose contract `wrong_tests` and `kinds_changed` may ask the tree for."""
    for outline in (new, *((old,) if old is not None else ())):
        yield from (one.callee for one in treatments(outline)
                    if any(_stopping(outline, one)) and not teacher.here(one.callee))
    if old is not None:
        yield from (one.callee for one, _ in _other_kinds(old, new, teacher))


def _fails_negative(name: str, teacher: Teacher) -> str:
    """Return what shows that a function gives an errno when it fails; empty when nothing does."""
    bodies = teacher.here(name)
    for path, body in bodies:
        given = gives(body)
        if body.returns.split()[-1:] == ["int"] and "errno" in given and not given.keys() & {"true", "false", "one"}:
            return f"{path}:{given['errno']}"
    contract = None if bodies else teacher.contract(name)
    return contract.asked_below if contract is not None and contract.fails_negative else ""


def _unsigned(outline: Outline) -> Iterator[Hit]:
    """`if (r < 0)` of an unsigned variable."""
    for step in outline.steps:
        if step.kind != "test":
            continue
        for ask in asks_in(step.expr):
            name = ask.subject.name if ask.subject.kind == "name" else ""
            kind = outline.type_of(name) if name else ""
            if ask.how == "negative" and _UNSIGNED.search(kind) and "*" not in kind and "[" not in kind:
                yield _hit(outline, "unsigned-below-zero", step, name, name, type=_plain(kind))


def _plain(kind: str) -> str:
    return " ".join(kind.split())


def _against_unsigned(outline: Outline, every: list[Treatment]) -> Iterator[Hit]:
    """`if (ret < size)` of a signed result: a negative error is the largest number there."""
    for step in outline.steps:
        if step.kind != "test" or step.loop:
            continue
        asks = list(asks_in(step.expr))
        for ask in asks:
            if ask.operator not in {"<", ">="} or ask.other is None or ask.how != "compare":
                continue
            name = ask.subject.name if ask.subject.kind == "name" else ""
            kind = outline.type_of(name) if name else ""
            if not _SIGNED.search(kind) or _UNSIGNED.search(kind) or "ssize_t" not in kind:
                continue
            if not _is_wide(outline, ask.other) or any(
                    other.how in {"negative", "not-negative"} and place_of(other.subject) == name for other in asks):
                continue
            source = next((one for one in reversed(every) if one.target == name and one.step < outline.steps.index(step)
                           ), None)
            if source is None or _asked_before(outline, source, step, name):
                continue
            yield _hit(outline, "below-unsigned", step, source.callee, name, type=_plain(kind),
                       other=outline.text(ask.other), othertype=_plain(outline.type_of(ask.other.name) or "size_t"))


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


def _uses_when_empty(outline: Outline) -> Iterator[Hit]:
    """A function leaves when a pointer is set, and goes on with it when it is NULL."""
    for number, step in enumerate(outline.steps):
        if step.kind != "test" or step.loop or len(step.branches) != 1 or step.branches[0].leaves != "return":
            continue
        inner = outline.inside(step.branches[0])
        asks = list(asks_in(step.expr))
        if len(asks) != 1 or not asks[0].alone or asks[0].how != "true" or asks[0].subject.kind != "name":
            continue
        name = asks[0].subject.name
        if "*" not in outline.type_of(name) or len(inner) != 1 or any(
                part.kind == "name" and part.name == name for part in walk(inner[0].expr)):
            continue
        use = _next_use(outline, number, step, name)
        if use is not None:
            yield _hit(outline, "uses-when-empty", step, name, name, use=use)


def _next_use(outline: Outline, number: int, step: Step, name: str) -> str | None:
    """Return what the next step of the same block does with the pointer, None when it does not follow it at once."""
    for after in outline.steps[step.branches[0].last:]:
        if after.where != step.where or after.kind == "label":
            return None
        for expr in walk(after.expr):
            if expr.kind == "assign" and place_of(expr.parts[0]) == name:
                return None
        for expr in walk(after.expr):
            if ((expr.kind == "field" and expr.name.startswith("->")) or expr.kind == "deref") and expr.parts[
                    0].kind == "name" and expr.parts[0].name == name:
                return outline.said(after).rstrip(";")
        for call in calls_in(after.expr):
            if any(part.kind == "name" and part.name == name for part in call.parts[1:]) and not is_conversion(
                    call.name) and number:
                return outline.said(after).rstrip(";")
        if any(part.kind == "name" and part.name == name for part in walk(after.expr)):
            return None
    return None


def senses_turned(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the tests that the patch turns round: the same words with one `!` more or less, and the same branches."""
    before = {_shown(old, step): step for step in old.steps if step.kind in {"test", "return"} and step.expr}
    after = {_shown(new, step): step for step in new.steps if step.kind in {"test", "return"} and step.expr}
    gone = {text: step for text, step in before.items() if text not in after}
    for text, step in after.items():
        if text in before or step.expr is None:
            continue
        same = [(was, other) for was, other in gone.items() if _level(was) == _level(text) and other.kind == step.kind]
        if len(same) != 1:
            continue
        _, other = same[0]
        turned = _turned(old, other.expr, new, step.expr)
        if other.line in {hit.line for hit in _uses_when_empty(old)}:
            continue  # it was wrong, and is right now
        if len(turned) != 1 or not _branches_alike(old, other, new, step):
            continue
        yield Hit(shape="turned-context" if turned[0] in _CONTEXTS else "turned", line=step.line,
                  end_line=new.last_line(step), symbol=turned[0],
                  object=turned[0], fields=(("callee", turned[0]), ("now", new.text(step.expr)),
                                            ("was", old.text(other.expr))),
                  old=((other.line, old.said(other)),), new=((step.line, new.said(step)),))


def _shown(outline: Outline, step: Step) -> str:
    return f"{step.kind} {outline.text(step.expr)}"


def _level(text: str) -> str:
    return text.replace("!=", "==").replace("!", "").replace("(", "").replace(")", "").replace(" ", "")


def _turned(old: Outline, was: Expr | None, new: Outline, now: Expr) -> list[str]:
    """Return what is asked the other way round, as the code calls it."""
    first, then = list(asks_in(was)), list(asks_in(now))
    if len(first) != len(then):
        return []
    return [new.text(b.subject) if b.subject.kind != "call" else b.subject.name
            for a, b in zip(first, then, strict=True) if _opposed(a, b)
            and old.text(a.subject) == new.text(b.subject)]


def _opposed(one: Ask, other: Ask) -> bool:
    return _OPPOSITE.get(one.how) == other.how or {one.operator, other.operator} == {"==", "!="}


def _branches_alike(old: Outline, one: Step, new: Outline, other: Step) -> bool:
    """Return whether the branches do the same as before: else the patch has swapped them with the test."""
    return [[old.said(step) for step in old.inside(branch)] for branch in one.branches] \
        == [[new.said(step) for step in new.inside(branch)] for branch in other.branches]


def kinds_changed(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the tests for NULL that were tests for an error pointer before the patch, or the other way round, where the
    function, or most of its callers, says that the old one was right."""
    for one, test in _other_kinds(old, new, teacher):
        contract = teacher.contract(one.callee)
        kind = contract.pointer_failure if contract is not None else ""
        if (kind, test.how) in {("error-pointer", "not"), ("null", "IS_ERR")}:
            shape = "null-for-error" if kind == "error-pointer" else "error-for-null"
            yield _hit(new, shape, new.steps[test.step], one.callee, one.target or one.callee)


def _other_kinds(old: Outline, new: Outline, teacher: Teacher) -> Iterator[tuple[Treatment, Read]]:
    """Yield the calls of functions of other files whose test is one for an error pointer on one side alone."""
    before = {one.callee: one.first_test.how for one in treatments(old) if one.first_test is not None}
    for one in treatments(new):
        test, was = one.first_test, before.get(one.callee)
        if test is not None and was is not None and {was, test.how} == {"IS_ERR", "not"} \
                and not teacher.here(one.callee):
            yield one, test
