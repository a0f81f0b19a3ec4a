"""Counts, sizes and addresses that are not what the call they go to, or the step they take, is made for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, walk
from reviewbot.contracts.types import Hit
from reviewbot.contracts.units import CONVERTED, Reader, Unit, known_units, shift_of, type_of

__all__ = ["quantities_wrong"]

_SAID = {
    "bytes": "bytes",
    "pages": "pages",
    "order": "an order",
    "pfn": "a frame number",
    "phys": "a physical address",
    "dma": "a DMA address",
    "virt": "a virtual address",
    "page": "a struct page",
}
_OPPOSED = frozenset(
    {
        ("bytes", "pages"),
        ("pages", "bytes"),
        ("bytes", "order"),
        ("order", "bytes"),
        ("pages", "order"),
        ("order", "pages"),
        ("phys", "pfn"),
        ("pfn", "phys"),
        ("phys", "dma"),
        ("dma", "phys"),
        ("pfn", "bytes"),
        ("bytes", "pfn"),
    }
)
_LARGEST = frozenset({"UINT_MAX", "U32_MAX", "INT_MAX"})
_WIDE = frozenset({"unsigned long", "u64", "size_t", "phys_addr_t", "dma_addr_t", "unsigned long long"})


def quantities_wrong(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield what a function does with a quantity of another unit than it needs."""
    reader = Reader(outline)
    for step in outline.steps:
        for part in walk(step.expr):
            if part.kind == "call" and part.name:
                yield from _arguments(outline, reader, step, part)
                yield from _converted_twice(outline, teacher, step, part)
                yield from _length_before(outline, step, part)
            elif part.kind == "binary":
                yield from _shifts(outline, reader, step, part)
        yield from _narrow_start(outline, step)
        yield from _search_end(outline, step)


def _arguments(outline: Outline, reader: Reader, step: Step, call: Expr) -> Iterator[Hit]:
    takes = known_units().takes.get(call.name, ())
    bounds = dict(zip(takes, call.parts[1:], strict=False)) if "end" in takes else {}
    if "end" in bounds:
        yield from _bounds(outline, reader, step, call, bounds["start"], bounds["end"])
        return
    for wanted, argument in zip(takes, call.parts[1:], strict=False):
        has = reader.unit(argument)
        if wanted and (has.name, wanted) in _OPPOSED and not _loose(call.name, wanted, has):
            yield _hit("other-unit", outline, step, call, argument, wanted=_SAID[wanted], how=_SAID[has.name])


def _bounds(outline: Outline, reader: Reader, step: Step, call: Expr, start: Expr, end: Expr) -> Iterator[Hit]:
    """A range from an address to the one behind it that is given a size for its end, or twice the same address."""
    has = reader.unit(end)
    if _plain(start).kind == "literal":
        return  # counted from nothing a size is an address
    if outline.text(_plain(start)) == outline.text(_plain(end)):
        if not calls_in(end):
            yield _hit("empty-range", outline, step, call, end, wanted="", how="")
    elif has.name in {"bytes", "pages", "order"} and has.name != reader.unit(start).name:  # not in the same measure
        yield _hit("other-unit", outline, step, call, end, wanted="the address behind the range", how=_SAID[has.name])


def _loose(name: str, wanted: str, has: Unit) -> bool:
    """Return whether only a name speaks for another unit where names are loose: a byte may stand for a page."""
    return not has.firm and (wanted in {"phys", "pfn", "dma"} or name in known_units().lists["loose"])


def _shifts(outline: Outline, reader: Reader, step: Step, expr: Expr) -> Iterator[Hit]:
    if (
        expr.name in {">>", "<<"}
        and len(expr.parts) == 2
        and expr.parts[1].kind == "name"
        and expr.parts[1].name in known_units().sizes
    ):
        yield _hit("shift-by-size", outline, step, expr, expr.parts[1], wanted="a shift", how="a size")
        return
    found = shift_of(expr)
    if found is None:
        return
    has = reader.unit(found[1])
    backward = {">>": {"pages", "pfn", "order"}, "<<": {"bytes", "phys", "order"}}[found[0]]
    if has.name in backward and (has.firm or has.name in {"pages", "pfn"}):
        wanted = " or ".join(_SAID[unit] for unit in list(CONVERTED[found[0]])[:1])
        yield _hit("converted-wrong", outline, step, expr, found[1], wanted=wanted, how=_SAID[has.name])


def _converted_twice(outline: Outline, teacher: Teacher, step: Step, call: Expr) -> Iterator[Hit]:
    """A function of the file converts its parameter by a function that its argument has already gone through."""
    for number, argument in enumerate(call.parts[1:]):
        made = _conversion_of(outline, argument)
        if not made:
            continue
        for path, body in teacher.here(call.name) if call.name != outline.name else ():
            names = list(body.parameters)
            if number >= len(names):
                continue
            for inner in body.steps:
                again = next(
                    (
                        one
                        for one in calls_in(inner.expr)
                        if one.name == made
                        and len(one.parts) > 1
                        and one.parts[1].kind == "name"
                        and one.parts[1].name == names[number]
                    ),
                    None,
                )
                if again is not None:
                    yield _hit(
                        "converted-twice",
                        outline,
                        step,
                        call,
                        argument,
                        wanted=body.text(again),
                        how=f"{made}()",
                        where=f"{path}:{inner.line}",
                    )
                    return


def _conversion_of(outline: Outline, argument: Expr) -> str:
    """Return the `..._to_...` function that made an argument, at the place or in all that the variable is given."""
    while argument.kind == "cast" and argument.parts:
        argument = argument.parts[-1]
    if argument.kind == "call":
        return argument.name if "_to_" in argument.name else ""
    if argument.kind != "name" or argument.name not in outline.locals:
        return ""
    made = set()
    for step in outline.steps:
        values = [step.expr] if step.kind == "declare" and step.name == argument.name and step.expr is not None else []
        values += [
            part.parts[-1]
            for part in walk(step.expr)
            if part.kind == "assign"
            and part.name == "="
            and part.parts[0].kind == "name"
            and part.parts[0].name == argument.name
        ]
        for value in map(_plain, values):
            made.add(value.name if value.kind == "call" and "_to_" in value.name else "")
    return made.pop() if len(made) == 1 else ""


def _length_before(outline: Outline, step: Step, call: Expr) -> Iterator[Hit]:
    """A length that runs up to the address where the call begins: what is in front of it is meant, or another one."""
    if call.name not in known_units().lists["lengths"] or len(call.parts) < 3:
        return
    address, length = (_plain(part) for part in (call.parts[1], call.parts[-1]))
    if (
        length.kind == "binary"
        and length.name == "-"
        and outline.text(_plain(length.parts[0])) == outline.text(address)
        and _plain(length.parts[1]).kind != "literal"
        and address.kind in {"name", "field"}
    ):
        yield _hit("length-before", outline, step, call, length, wanted=outline.text(address), how="")


def _plain(expr: Expr) -> Expr:
    while expr.kind == "cast" and expr.parts:
        expr = expr.parts[-1]
    return expr


def _narrow_start(outline: Outline, step: Step) -> Iterator[Hit]:
    """The lowest of wide values is looked for, and the search begins at the largest value of 32 bits."""
    if (
        step.kind != "declare"
        or step.expr is None
        or step.expr.name not in _LARGEST
        or type_of(outline, step.name) not in _WIDE
    ):
        return
    for other in outline.steps:
        for part in walk(other.expr):
            lowest = (
                part.kind == "binary"
                and part.name in {"<", "<="}
                and part.parts[1].kind == "name"
                and part.parts[1].name == step.name
            ) or (
                part.kind == "call"
                and part.name in {"min", "min_t"}
                and any(inner.kind == "name" and inner.name == step.name for inner in part.parts[1:])
            )
            if lowest and step.name not in {"UINT_MAX"}:
                yield _hit("narrow-start", outline, step, step.expr, step.expr, wanted=step.type.strip(), how=step.name)
                return


def _search_end(outline: Outline, step: Step) -> Iterator[Hit]:
    """What a search gives when it finds nothing is its size: a test for more than that never holds."""
    searches = known_units().lists["searches"]
    if step.kind != "test" or step.loop or not any(outline.calls_of(one) for one in searches):
        return
    for part in walk(step.expr):
        if part.kind != "binary" or part.name != ">" or part.parts[0].kind != "name":
            continue
        name, bound = part.parts[0].name, outline.text(part.parts[1])
        for other in outline.steps:
            for inner in walk(other.expr):
                value = (
                    inner.parts[-1]
                    if inner.kind == "assign" and inner.parts[0].kind == "name" and inner.parts[0].name == name
                    else None
                )
                if (
                    value is not None
                    and value.kind == "call"
                    and value.name in searches
                    and any(outline.text(one) == bound for one in value.parts[1:])
                ):
                    yield _hit("search-end", outline, step, part, part, wanted=bound, how=name, callee=value.name)
                    return


def _hit(
    shape: str,
    outline: Outline,
    step: Step,
    about: Expr,
    argument: Expr,
    *,
    wanted: str,
    how: str,
    where: str = "",
    callee: str = "",
) -> Hit:
    line = outline.line_of(about)
    said = outline.text(argument)
    return Hit(
        shape=shape,
        line=line,
        end_line=outline.last_line(step),
        symbol=about.name if about.kind == "call" else callee,
        object=f"{outline.text(about)} {said}" if about.kind != "call" else said,
        fields=(
            ("callee", callee or about.name),
            ("statement", outline.text(about)),
            ("variable", said),
            ("fits", wanted),
            ("how", how),
            ("where", where),
        ),
        new=((line, re.sub(r"\s+", " ", outline.said(step))),),
        rests_on=frozenset({about.name}) if about.kind == "call" else frozenset(),
    )
