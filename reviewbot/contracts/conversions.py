"""Steps from one quantity to another that a patch takes away, turns into another one, or makes too short."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.lexer import squash_c
from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, given_to, walk
from reviewbot.contracts.types import Hit
from reviewbot.contracts.units import Reader, is_narrow, known_units, shift_of, type_of
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["conversions_changed"]

_WIDENS = frozenset({"unsigned long", "u64", "size_t", "phys_addr_t", "dma_addr_t", "unsigned long long", "loff_t"})
_LEAST_WORD = regex(r"[a-z]\w*_to_[a-z]\w*")
_OPENS = {"<": "<=", ">=": ">"}
_MOST_PAIRS = 400


@dataclass(frozen=True, slots=True)
class _Change:
    """One place at which a statement differs: what stood there and stands there, and the call that it is given to."""

    old: Outline
    new: Outline
    before: Step
    step: Step
    was: Expr
    now: Expr
    sink: Expr | None
    place: int


def conversions_changed(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the statements whose words are the same but for a conversion that is gone or is another one."""
    for change in _changes(old, new):
        hit = (
            _gone(change, teacher)
            or _worse(change)
            or _smaller_page(change)
            or _one_page(change)
            or _size_for_shift(change)
            or _narrowed(change)
            or _pointer_size(change)
            or _one_more(change)
            or _bypassed(change, teacher)
        )
        if hit is not None:
            yield hit


def _changes(old: Outline, new: Outline) -> Iterator[_Change]:
    before, after = {(one.kind, old.said(one)) for one in old.steps}, {(one.kind, new.said(one)) for one in new.steps}
    gone = [one for one in old.steps if one.expr is not None and (one.kind, old.said(one)) not in after]
    fresh = [one for one in new.steps if one.expr is not None and (one.kind, new.said(one)) not in before]
    if len(gone) * len(fresh) > _MOST_PAIRS:
        return
    for step in fresh:
        found = []
        for other in gone:
            if (other.kind, other.name) == (step.kind, step.name) and other.expr is not None and step.expr is not None:
                places = list(_differences(old, other.expr, new, step.expr, None, 0))
                if 1 <= len(places) <= 2 and not any(one is None for one in places):
                    found.append((other, places))
        fewest = min((len(places) for _, places in found), default=0)
        found = [(other, places) for other, places in found if len(places) == fewest]
        if len(found) == 1:
            for one in found[0][1]:
                if one is not None:
                    yield _Change(old, new, found[0][0], step, *one)


def _differences(
    old: Outline, was: Expr, new: Outline, now: Expr, sink: Expr | None, place: int
) -> Iterator[tuple[Expr, Expr, Expr | None, int] | None]:
    """Yield each innermost place at which two expressions differ."""
    if old.text(was) == new.text(now):
        return
    if was.kind == now.kind == "call" and was.name == now.name and len(was.parts) == len(now.parts):
        for number, (one, other) in enumerate(zip(was.parts[1:], now.parts[1:], strict=True)):
            yield from _differences(old, one, new, other, now, number)
        return
    same = was.kind == now.kind and was.name == now.name and len(was.parts) == len(now.parts) > 0 and was.kind != "call"
    if same and (
        was.kind != "binary"
        or sum(old.text(one) == new.text(other) for one, other in zip(was.parts, now.parts, strict=True)) >= 1
    ):
        for one, other in zip(was.parts, now.parts, strict=True):
            yield from _differences(old, one, new, other, sink, place)
        return
    yield was, now, sink, place


def _hit(change: _Change, shape: str, **fields: str) -> Hit:
    new, step = change.new, change.step
    name = change.sink.name if change.sink is not None else ""
    now = new.text(change.now)
    return Hit(
        shape=shape,
        line=step.line,
        end_line=new.last_line(step),
        symbol=name,
        object=f"{now} {fields.get('how', '')}",
        fields=tuple(
            sorted(
                {
                    "callee": name,
                    "was": change.old.text(change.was),
                    "now": now,
                    "statement": new.said(step).rstrip(";"),
                    **fields,
                }.items()
            )
        ),
        old=((change.before.line, change.old.said(change.before)),),
        new=((step.line, new.said(step)),),
        rests_on=frozenset({name} if name else ()),
    )


def _bare(expr: Expr) -> Expr:
    while expr.kind == "cast" and expr.parts:
        expr = expr.parts[-1]
    return expr


def _gone(change: _Change, teacher: Teacher) -> Hit | None:
    """A conversion is gone, and what it converted stands there alone."""
    old, new = change.old, change.new
    was, now = _bare(change.was), _bare(change.now)
    inner = _converted(was)
    text = new.text(now)
    if inner is None or text not in {old.text(_bare(one)) for one in inner}:
        return None
    if any(part.kind == "name" and _written(old, part.name) != _written(new, part.name) for part in walk(now)):
        return None  # it is converted where it is made now
    if _is_converted_when_used(change, was, now):
        return None
    has, had = Reader(new).unit(now), Reader(old).unit(was)
    wanted = _wanted(change, teacher)
    step = shift_of(was)
    backward = (
        {">>": {"pages", "pfn", "order"}, "<<": {"bytes", "phys", "order"}}.get(step[0], set()) if step else set()
    )
    if (
        has.name in backward
        or (wanted and wanted == has.name)
        or (had.name and had.name == has.name and was.kind != "call")
    ):
        return None  # it was one step too many
    if (
        was.kind == "call"
        and was.name in {"PAGE_ALIGN", "ALIGN", "round_up"}
        and not wanted
        and not _aligned_elsewhere(old, old.text(was))
    ):
        return None
    by = was.name + "()" if was.kind == "call" else old.text(was).replace(old.text(_bare(inner[0])), "", 1).strip(" ()")
    return _hit(change, "conversion-gone", how=by, variable=text)


def _is_converted_when_used(change: _Change, was: Expr, now: Expr) -> bool:
    """Return whether what is stored plainly now is converted in the same way where the file reads it, and was not so
    before: the step has moved from the store to the uses."""
    expr = change.step.expr
    target = expr.parts[0] if expr is not None and expr.kind == "assign" and expr.parts else None
    if target is None or target.kind not in {"field", "name"} or expr is None or _bare(expr.parts[-1]) is not now:
        return False
    before, inside, behind = change.old.text(was).partition(change.new.text(now))
    if not inside:
        return False
    name = re.split(r"->|\.", change.new.text(target))[-1]
    form = re.compile(re.escape(before) + r"(?:[\w.\[\]]|->)*\b" + name + r"\b ?" + re.escape(behind))
    return len(form.findall(squash_c(change.new.data))) > len(form.findall(squash_c(change.old.data)))


def _converted(was: Expr) -> tuple[Expr, ...] | None:
    """Return what a conversion converts, None for what is none."""
    step = shift_of(was)
    if step is not None:
        return (step[1],)
    if was.kind == "call" and len(was.parts) > 1:
        converts = was.name in known_units().converts or _LEAST_WORD.fullmatch(was.name)
        return was.parts[1:] if converts else None
    if was.kind == "binary" and len(was.parts) == 2:
        left, right = was.parts
        if was.name == "*" and _bare(right).kind in {"literal", "size"}:
            return (left,)
        if was.name == "*" and _bare(left).kind in {"literal", "size"}:
            return (right,)
        if was.name in {">>", "<<"}:
            return (right,) if _bare(left).kind == "literal" else (left,)
        if was.name == "-" and _bare(right).kind == "name":
            return (left,)
    return None


def _aligned_elsewhere(old: Outline, text: str) -> bool:
    """Return whether another step of the function has the same rounded value."""
    return sum(old.said(one).count(text) for one in old.steps) > 1


def _written(outline: Outline, name: str) -> tuple[str, ...]:
    """Return what a variable is given, in order."""
    found = []
    for step in outline.steps:
        if step.kind == "declare" and step.name == name:
            found.append(outline.text(step.expr))
        found += [
            outline.text(part)
            for part in walk(step.expr)
            if part.kind in {"assign", "update"}
            and part.parts
            and part.parts[0].kind == "name"
            and part.parts[0].name == name
        ]
    return tuple(found)


def _wanted(change: _Change, teacher: Teacher) -> str:
    """Return the unit of the argument by the tables, or by what a function of the file calls its parameter."""
    if change.sink is None:
        return ""
    table = known_units()
    takes = table.takes.get(change.sink.name)
    if takes is not None:
        return takes[change.place] if change.place < len(takes) else ""
    for _, body in teacher.here(change.sink.name) if change.sink.name else ():
        names = list(body.parameters)
        if change.place < len(names):
            return table.of_name(names[change.place])
    return ""


def _worse(change: _Change) -> Hit | None:
    """A conversion takes the place of one that also serves addresses or lengths which it does not."""
    was, now = _bare(change.was), _bare(change.now)
    weaker = known_units().weaker.get(was.name)
    if (
        weaker is not None
        and was.kind == now.kind == "call"
        and now.name in weaker.by
        and len(was.parts) == len(now.parts)
        and all(_is_same_given(change, one, other) for one, other in zip(was.parts[1:], now.parts[1:], strict=True))
    ):
        return _hit(
            change,
            "made-for-less",
            how=weaker.because,
            callee=now.name,
            take=was.name,
            variable=change.new.text(now.parts[1]) if len(now.parts) > 1 else "",
        )
    return None


def _is_same_given(change: _Change, was: Expr, now: Expr) -> bool:
    """Return whether an argument is the same, be it in another form that a call makes of it."""
    text = change.old.text(was)
    inner = [change.new.text(one) for one in now.parts[1:]] if now.kind == "call" else []
    return text == change.new.text(now) or inner == [text]


def _smaller_page(change: _Change) -> Hit | None:
    """A page size, or what counts by it, becomes that of a smaller page."""
    was, now = _bare(change.was), _bare(change.now)
    if was.kind == now.kind and was.kind in {"name", "call"} and was.name == known_units().small.get(now.name):
        return _hit(change, "smaller-page", callee=now.name, how=was.name)
    return None


def _one_page(change: _Change) -> Hit | None:
    """A variable that is made of several pages becomes a single page."""
    was, now = _bare(change.was), _bare(change.now)
    if was.kind == now.kind == "name" and now.name == "PAGE_SIZE" and was.name in change.old.locals:
        values = [_bare(value) for step in change.old.steps for value in given_to(step, was.name)]
        if len(values) == 1 and values[0].kind == "binary" and values[0].name in {"<<", "*"} and any(
            part.kind == "name" and part.name == "PAGE_SIZE" for part in values[0].parts
        ):
            return _hit(change, "one-page", take=change.old.text(values[0]))
    return None


def _size_for_shift(change: _Change) -> Hit | None:
    was, now = _bare(change.was), _bare(change.now)
    if was.kind == now.kind == "name" and was.name.endswith("_SHIFT") and now.name == was.name[:-5] + "SIZE":
        return _hit(change, "size-for-shift", callee=now.name, how=was.name)
    return None


def _narrowed(change: _Change) -> Hit | None:
    """A value of 32 bits was widened before it was shifted or multiplied, and is not any more."""
    was, now = change.was, change.now
    kind = type_of(change.new, now.name) if now.kind == "name" else ""
    if (
        was.kind == "cast"
        and now.kind == "name"
        and was.name in _WIDENS
        and is_narrow(kind)
        and change.old.text(was.parts[-1]) == change.new.text(now)
    ):
        grown = next(
            (
                part
                for part in walk(change.step.expr)
                if part.kind == "binary" and part.name in {"<<", "*"} and part.parts and part.parts[0] is now
            ),
            None,
        )
        if grown is not None:
            return _hit(change, "narrow-product", callee="", how=kind, variable=change.new.text(grown), take=was.name)
    return None


def _pointer_size(change: _Change) -> Hit | None:
    """The size of what a pointer points to becomes that of the pointer."""
    was, now = (
        re.fullmatch(r"sizeof ?\((\*?)(\w+)\)", one.text(expr))
        for one, expr in ((change.old, change.was), (change.new, change.now))
    )
    if was and now and was[1] and not now[1] and was[2] == now[2] and type_of(change.new, now[2]).endswith("*"):
        return _hit(change, "pointer-size", variable=now[2], how=change.old.text(change.was))
    return None


def _one_more(change: _Change) -> Hit | None:
    """The end of a loop is reached itself now, or the test for too much lets the limit through."""
    was, now, new = change.was, change.now, change.new
    if (
        change.step.kind == "test"
        and was.kind == now.kind == "binary"
        and _OPENS.get(was.name) == now.name
        and [change.old.text(part) for part in was.parts] == [new.text(part) for part in now.parts]
    ):
        limit, index = new.text(now.parts[1]), new.text(now.parts[0])
        if change.step.loop and now.name == "<=":
            used = next(
                (
                    part
                    for one in new.steps
                    for part in walk(one.expr)
                    if part.kind == "index" and new.text(part.parts[-1]) == index
                ),
                None,
            )
            if used is not None:
                return _hit(change, "one-more", callee="", variable=index, how=limit, take=new.text(used))
        elif not change.step.loop and now.name == ">" and change.step.branches and change.step.branches[0].leaves:
            return _hit(change, "limit-let-through", callee="", variable=index, how=limit)
    return None


def _bypassed(change: _Change, teacher: Teacher) -> Hit | None:
    """A member is read where a function was asked that gives something else than the member in some cases."""
    was, now, new = _bare(change.was), _bare(change.now), change.new
    if (
        was.kind != "call"
        or now.kind != "field"
        or len(was.parts) != 2
        or not new.text(now).startswith(change.old.text(was.parts[1]))
    ):
        return None
    member = now.name.lstrip("->.")
    bodies = teacher.here(was.name) or tuple(
        (path, body) for path, data in teacher.headers(was.name) for body in teacher.defined_in(path, data, was.name)
    )
    for path, body in bodies[:2]:
        for step in body.steps:
            for part in walk(step.expr) if step.kind == "return" else ():
                if (
                    part.kind == "binary"
                    and part.name in {"-", "+", ">>", "<<", "&"}
                    and any(inner.kind == "field" and inner.name.lstrip("->.") == member for inner in walk(part))
                ):
                    return _hit(
                        change,
                        "accessor-passed",
                        callee=was.name,
                        how=body.text(part),
                        where=f"{path}:{step.line}",
                        variable=new.text(now),
                    )
    return None
