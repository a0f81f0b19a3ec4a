"""Events out of the tests in front of a call: a call that is made in more cases than before, or in fewer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reviewbot.cfacts import body_text
from reviewbot.checks.gate_backends import gates_between, say_platforms
from reviewbot.findings.types import Cell, Effect
from reviewbot.logic import FALSE, TRUE, And, Cond, Not
from reviewbot.patterns import regex
from reviewbot.review.askers import say_moved
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import SOMETHING, Reader, event_of, object_of_cell, promise_of, setting_where
from reviewbot.review.page.reworded import calls_changed
from reviewbot.review.page.uses import is_freed_with
from reviewbot.text import quote_names

__all__ = ["is_told_by_tests", "other_cases", "say_test"]

_LONGEST = 180
_MOST_THINGS = 2
_MOST_FRESH = 4  # functions that are called only since the patch
_COMPARED = regex(r"(?P<left>(?:->|[^=!<>&|])+) (?P<sign>==|!=|<|>|<=|>=) (?P<right>(?:->|[^=!<>&|])+)")
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_PLACE = regex(r"[A-Za-z_][\w.>-]*(?:\[\w+\])?")


def other_cases(reader: Reader, named: Sequence[tuple[str, Cell]]) -> Iterator[Event]:
    """Yield the calls whose tests a patch adds to or takes from, where each function makes such a call once, or several
    of which the same can be said.

    What only says that something else failed before is no case of its own.
    """
    told: dict[tuple[str, ...], dict[str, list[tuple[str, Cell]]]] = {}
    for name, cell in named:
        asked = _is_asked_otherwise(cell) and cell.call != cell.function and cell.patch.isdigit() \
            and int(cell.patch) in reader.positions and not _is_told(named, cell)
        said = _cases(reader, cell) if asked else ""
        for one in _calls(cell):
            told.setdefault(one, {}).setdefault(said, []).append((name, cell))
    done: set[str] = set()
    for (side, *_), sayings in told.items():
        said = next(iter(sorted(filter(None, sayings))), "")
        if side == "before" or not said or {name for name, _ in sayings[said]} & done or any(
                other != said and not all(not one.changed and one.doubt for _, one in those)
                for _, cell in sayings[said] for one in _calls(cell) for other, those in told[one].items()):
            continue
        (name, cell), *more = sayings[said]
        done |= {one for one, _ in sayings[said]}
        promise, setting = promise_of(reader, cell), setting_where(reader, cell, TRUE)
        if promise is None or setting is None:
            continue
        through = f" through {cell.after.via[0]}()" if cell.after.via else ""
        things = list(dict.fromkeys(object_of_cell(reader, one) for _, one in sayings[said]))
        thing = quote_names(things) if len(things) <= _MOST_THINGS else SOMETHING
        freed = " and gives it back" if _is_freed(reader, cell) else ""
        gist = f"{cell.function}() now {promise.does.format(object=thing)}{through}{freed} {said}"
        if cell.bare == ():
            continue  # whoever calls the function makes the test before, or may do so
        if cell.bare:
            gist += f", called so by {quote_names([f'{one}()' for one in cell.bare], most=3)} alone"
        moved = say_moved(cell, bare=False).removeprefix("; ")  # then it may be that nothing changes for anybody
        reason = moved or _platforms(reader, cell) or _instead(reader, cell, said)
        event = event_of(reader, name, cell, "case", setting, gist, reason, "different",
                         "text" if moved and not cell.bare else "changed", promise.rank)
        yield replace(event, because=tuple(dict.fromkeys((name, *(one for one, _ in more)))), only=cell.after.only)


def _is_freed(reader: Reader, cell: Cell) -> bool:
    """Return whether the memory is given back in the same cases: where the call is not made, it is kept."""
    call = reader.call_of(cell)
    return call is not None and is_freed_with(reader.analysis, reader.sides(int(cell.patch))[1], cell.file, call,
                                              reader.rules.frees)


def _platforms(reader: Reader, cell: Cell) -> str:
    """Return on what the kernel runs on the call is made no longer, or now, by the model; empty where nothing is known
    or the tests ask nothing of that kind."""
    before, after = cell.before.only, cell.after.only
    if before is None or after is None:
        return ""
    found = gates_between(reader.analysis, (cell.arch,), before, after, position=reader.positions[int(cell.patch)],
                          callees=frozenset({cell.after.symbol}), near=cell.file)
    return "" if found is None else say_platforms(found)


def _instead(reader: Reader, cell: Cell, said: str) -> str:
    """Return which function the patch has called where the call is no longer made: `where x it calls g() now`; empty
    where there is none, or more than one."""
    patch = int(cell.patch)
    fresh, _ = calls_changed(reader.analysis, patch, cell.file, cell.function)
    if not said.startswith("only where ") or not 0 < len(fresh) <= _MOST_FRESH:
        return ""
    _, after = reader.sides(patch)
    new = And(*(part for part in _parts(cell.after.only) if part not in _parts(cell.before.only)))
    facts = reader.analysis.reading.facts(after.tree, cell.file, dict.fromkeys(fresh, ""))
    names = dict.fromkeys(call.callee for call in (facts.calls if facts else ()) if call.function == cell.function
                          and _excludes(new, And(*(guard.condition for guard in call.guards))))
    return f"where {say_test(Not(new))} it calls {next(iter(names))}() now" if len(names) == 1 else ""


def _excludes(new: Cond, asked: Cond) -> bool:
    """Return whether what is asked cannot hold with the new condition, and can without: two tests of a variable that is
    set between them contradict each other only as they are written."""
    return asked != FALSE and And(new, asked) == FALSE


def _parts(only: Cond | None) -> tuple[Cond, ...]:
    return () if only is None else only.parts if only.op == "and" else (only,)


def is_told_by_tests(reader: Reader, cell: Cell) -> bool:
    """Return whether the cell's calls differ in nothing but that something else may have failed in front of one."""
    return _is_asked_otherwise(cell) and not _cases(reader, cell)


def _is_asked_otherwise(cell: Cell) -> bool:
    before, after = cell.before, cell.after
    return (cell.changed and before.symbol == after.symbol and before.via in ((), after.via) and "absent" not in {
        before.resolves_to, after.resolves_to} and None not in {before.only, after.only} and before.only != after.only
        and before.resolves_to == after.resolves_to and (
            (before.on_failure == after.on_failure and _without_tests(before) == _without_tests(after))
            or _fails_in_more(before, after)))


def _fails_in_more(before: Effect, after: Effect) -> bool:
    """Return whether the call is made in more cases than before, and can fail in those alone."""
    was, now = before.only or TRUE, after.only or TRUE
    return before.on_failure == "cannot-fail" != after.on_failure and was != now and And(was, now) == was


def _without_tests(effect: Effect) -> str:
    said = f" is called only when {effect.only}," if effect.only not in {None, TRUE} else ""
    return effect.does.replace(said, "", 1)


def _calls(cell: Cell) -> tuple[tuple[str, ...], ...]:
    """Return what tells the calls of one function of the family in one function apart from others, on each side."""
    return tuple((side, cell.patch, cell.file, cell.function, cell.arch, effect.symbol, str(cell.config))
                 for side, effect in (("before", cell.before), ("after", cell.after)) if effect.symbol)


def _is_told(named: Sequence[tuple[str, Cell]], cell: Cell) -> bool:
    """Return whether the helper that the call goes through makes its own call in other cases, which says it all."""
    return any(other.function in cell.after.via and other.patch == cell.patch and _is_asked_otherwise(other)
               for _, other in named)


def _cases(reader: Reader, cell: Cell) -> str:
    """Return `only where b != 0`, `also where a == 1`; empty where it would be too long or nothing to tell."""
    before, after = (list(effect.only.parts) if effect.only is not None and effect.only.op == "and"
                     else [effect.only or TRUE] for effect in (cell.before, cell.after))
    gone, new = ([part for part in mine if part not in others and part != TRUE
                  and not _is_failure(reader, cell, part, side)]
                 for mine, others, side in ((before, after, 0), (after, before, 1)))
    if gone and new and cell.before.via != cell.after.via:  # whether there is any memory was asked before as well
        gone, new = ([part for part in parts if part.op != "var" or not _PLACE.fullmatch(part.name)]
                     for parts in (gone, new))
    if new and gone:
        said = f"where {say_test(And(*new))} (before: where {say_test(And(*gone))})"
    elif new:
        said = f"only where {say_test(And(*new))}"
    elif gone:
        more = _at_work(cell.after, Not(And(*gone)))
        if more == FALSE:
            return ""  # the function does nothing in the cases that come in
        said = f"also where {say_test(more)}"
    else:
        return ""
    return said if len(said) <= _LONGEST else ""


def _at_work(effect: Effect, cases: Cond) -> Cond:
    """Return those of the cases in which the function does its work, where it asks for the same by itself."""
    shares = effect.acts is not None and not effect.acts.variables().isdisjoint(cases.variables())
    return And(cases, effect.acts or TRUE) if shares else cases


def _is_failure(reader: Reader, cell: Cell, test: Cond, side: int) -> bool:
    """Return whether the test is of what a call of the function came back with, as every call is tested."""
    names = test.variables()
    if len(names) != 1:
        return False
    atom = _bare(next(iter(names)))
    place = _PLACE.match(re.sub(r"^(?:IS_ERR(?:_OR_NULL)?|unlikely|likely)\((.*)\)$", r"\1", atom))
    tree = reader.sides(int(cell.patch))[side]
    file = reader.file(int(cell.patch), cell.file)
    path = cell.file if side or file is None else file.old_path
    facts = tree.facts.get(path)
    function = next((one for one in (facts.functions if facts else ()) if one.name == cell.function), None)
    if place is None or function is None:
        return False
    given = re.compile(rf"(?<![\w>.]){re.escape(place[0])}\s*=\s*(?:\([^()]*\)\s*)?\w+\(")
    return given.search(body_text(tree.tree.read(path), function)) is not None


def say_test(cond: Cond, *, inner: bool = False) -> str:
    """Return a test as C programmers write it: `a != b` for what is not `a == b`, brackets only where they matter."""
    if cond.op == "var":
        return _bare(cond.name)
    if cond.op == "not" and cond.parts[0].op == "var":
        name = _bare(cond.parts[0].name)
        found = _COMPARED.fullmatch(name)
        if found:
            return f"{found['left']} {_OPPOSITE[found['sign']]} {found['right']}"
        return f"!{name}" if _is_one(name) else f"!({name})"
    if cond.op in {"and", "or"}:
        joint = " && " if cond.op == "and" else " || "
        said = joint.join(say_test(part, inner=part.op in {"and", "or"}) for part in cond.parts)
        return f"({said})" if inner else said
    return str(cond)


def _bare(name: str) -> str:
    """Return a text without the brackets around the whole of it."""
    inner = name[1:-1]
    return inner if name.startswith("(") and name.endswith(")") and "(" not in inner and ")" not in inner else name


def _is_one(name: str) -> bool:
    """Return whether the text is one operand: a name, a field, a call."""
    return re.fullmatch(r"[\w.>-]+(?:\([^()]*\))?(?:\[\w+\])?", name) is not None
