"""What a step had to pass before a patch and has not to pass any more: tests that went, or that lost a part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import LOCKS, TRANSPARENT, is_reporter
from reviewbot.contracts.answering import answered_by
from reviewbot.contracts.dropped import steps_gone
from reviewbot.contracts.effects import known_effects
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.guards import Atom, atoms_of, bare, guards_of, negated, said_as
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.nearby import place_after
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, walk
from reviewbot.contracts.results import peeled
from reviewbot.contracts.types import Hit
from reviewbot.contracts.went_along import member_of
from reviewbot.patterns import regex

__all__ = ["conditional_undos", "guards_lost", "ways_gone"]

_WEIGHTLESS = frozenset(name for pair in LOCKS for name in pair) | TRANSPARENT
_TAKES = frozenset({"get", "alloc", "reserve"})
_KEPT = 0.6
_ASSERTS = regex(r"(?:WARN|BUG)_ON(?:_|\b)")
_PARTS = regex(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+(?![a-z])")
_TELLS = 5  # letters of a word that says what is asked
_RESULT = regex(r"(?:ret|rc|err|error|errno|r|res|result|retval|rv|status)(?:_\w+|\d+)?")


def guards_lost(old: Outline, new: Outline, now_known: Teacher | None = None) -> Iterator[Hit]:
    """Yield the tests, and parts of tests, that stood before a step which is still there, and that do so no more.

    Of `now_known` it is asked whether the function that is called asks for itself.
    """
    before, after = Counter(map(old.said, old.steps)), Counter(map(new.said, new.steps))
    if (before & after).total() < _KEPT * before.total() - 3:
        return
    # What stands behind a label is rarely thought of as guarded: it is taken to have lost only what stood closer by.
    was, was_past, now = guards_of(old, past_labels=False), guards_of(old), guards_of(new)
    acts = {key: number for number, (key, step) in enumerate(zip(_numbered(old), old.steps, strict=True))
            if before[key[0]] == after[key[0]] and _acts(step)}
    every = [atom for atoms in now for atom in atoms] + [
        atom for step in new.steps if step.expr is not None and step.kind != "test"
        for part in walk(step.expr) if part.kind in {"both", "either", "choice"}
        for atom in atoms_of(new, step, part, holds=True)]
    left = {atom.text for atom in every} | {new.text(part) for step in new.steps for part in walk(step.expr)
                                            if part.kind == "call"}
    said: set[int] = set()
    for number, (key, step) in enumerate(zip(_numbered(new), new.steps, strict=True)):
        if key not in acts:
            continue
        text, one, other = key[0], was[acts[key]], now[number]
        keys, old_keys = {atom.key for atom in other}, {atom.key for atom in was_past[acts[key]]}
        gone = [atom for atom in one if atom.key not in keys]
        come = [atom for atom in other if atom.key not in old_keys]
        if not gone or len({atom.step.start for atom in gone}) != 1:
            continue
        if come and len(gone) != 1:
            continue
        every_one = gone
        gone = [atom for atom in gone if not _ASSERTS.search(atom.text)
                and not (atom.expr.kind == "call" and atom.expr.name in known_effects().of and atom.text not in left)]
        if not gone:  # a call with an effect that goes altogether is told as that
            continue
        atom = gone[0]
        shape, part = ("guard-gone", " && ".join(_within(_asked_in(old, one)) for one in every_one)) if not come \
            else _narrower(old, new, atom, come)
        if not shape or atom.step.start in said or not any(
                _weighs(old, part if come else one.text, one) for one in gone) or (
                shape == "guard-gone" and any(one.text in left for one in gone) and not _is_early(old, atom, new)):
            continue
        said.add(atom.step.start)
        if shape == "guard-gone" and now_known is not None and _callers_ask(old, new, every_one, now_known):
            continue
        if shape == "guard-gone" and _undoes(step):
            if _asks_itself(new, step, atom):
                continue
            if now_known is not None and _is_asked_within(step, every_one, now_known):
                continue
            shape = "undo-unguarded"
        yield Hit(shape=shape, line=step.line, end_line=new.last_line(step), symbol=_symbol(step), object=atom.text,
                  rests_on=frozenset(name for one in gone for name in _asked_of(old, one)),
                  elsewhere=_done_there(old, new, gone) if shape == "guard-gone" else frozenset(),
                  asks_of=frozenset(name for one in gone for name in _things_asked(old, one)),
                  answered_by=answered_by(gone[0].expr, now_known) if now_known is not None else frozenset(),
                  fields=(("callee", _symbol(step)), ("statement", _statement(new, step)), ("test", part),
                          ("was", atom.said if come else part), ("now", come[0].said if come else "")),
                  old=((atom.step.line, old.said(atom.step)),), new=((step.line, text),))


def _asked_of(old: Outline, atom: Atom) -> Iterator[str]:
    """Yield the functions that a test asks, and the variables of the whole file."""
    for part in walk(atom.expr):
        if part.kind in {"call", "name"} and part.name and not old.type_of(part.name):
            yield part.name


def _things_asked(old: Outline, atom: Atom) -> Iterator[str]:
    """Yield the members that a test asks for, and the variables of the whole file."""
    for part in walk(atom.expr):
        if part.kind == "field":
            yield member_of(part.name)
        elif part.kind == "name" and not old.type_of(part.name) and not part.name.isupper():
            yield part.name


def _callers_ask(old: Outline, new: Outline, gone: list[Atom], teacher: Teacher) -> bool:
    """Return whether the tests asked for parameters that the function no longer has, and a caller asks the same in
    front of its call."""
    asked = {part.name for atom in gone for part in walk(atom.expr) if part.kind == "name"}
    if not asked or not asked <= old.parameters.keys() - new.parameters.keys():
        return False
    keys = {atom.key for atom in gone}
    return any(keys <= {atom.key for atom in guards_of(caller)[number]}
               for caller in teacher.callers_here(new.name) for number, _ in caller.calls_of(new.name))


def _done_there(old: Outline, new: Outline, gone: list[Atom]) -> frozenset[str]:
    """Return what was called where a test came out otherwise that asked for a parameter which the function no longer
    has: its callers decide now, and call that themselves or by another function."""
    asked = {part.name for atom in gone for part in walk(atom.expr) if part.kind == "name"}
    if not asked or not asked <= old.parameters.keys() - new.parameters.keys() - new.locals.keys():
        return frozenset()
    return frozenset(call.name for atom in gone for branch in atom.step.branches for step in old.inside(branch)
                     for call in calls_in(step.expr) if call.name)


def ways_gone(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the tests that sent a case to a label which others still jump to, and that a patch takes out of a function
    to which it does nothing else: the case goes on like all others now."""
    gone = steps_gone(old, new)
    if not gone or gone[0].kind != "test" or gone[0].loop or len(gone[0].branches) != 1 or any(guards_lost(old, new)):
        return
    [branch] = gone[0].branches
    inside = old.inside(branch)
    if len(gone) != len(inside) + 1 or inside[-1].kind != "goto" or not all(
            one is inside[-1] or one.kind == "do" for one in inside):
        return
    jump = inside[-1]
    if not any(step.kind == "goto" and step.name == jump.name for step in new.steps) or not any(
            step.kind == "label" and step.name == jump.name for step in new.steps):
        return
    atoms = atoms_of(old, gone[0], gone[0].expr, holds=True)
    if not any(_weighs(old, atom.text, atom) for atom in atoms):
        return
    place = place_after(old, new, gone[0])
    yield Hit(shape="way-gone", line=place.line, end_line=new.last_line(place), symbol=jump.name,
              object=old.said(gone[0]), rests_on=frozenset(call.name for call in calls_in(gone[0].expr)),
              fields=(("callee", ""), ("statement", new.said(place).rstrip(";")), ("test", old.said(gone[0])),
                      ("was", old.said(gone[0])), ("now", ""), ("take", jump.name)),
              old=((gone[0].line, old.said(gone[0])), (jump.line, old.said(jump))),
              new=((place.line, new.said(place)),))


def _undoes(step: Step) -> bool:
    """Return whether a step gives something back, or makes memory again what it was."""
    return step.kind == "do" and any((known_frees().says(call.name, "lets-go") and not _TAKES & {
        *call.name.split("_")}) or (
        call.name in known_effects().of and known_effects().of[call.name].takes_back) for call in calls_in(step.expr))


def _asks_itself(outline: Outline, step: Step, atom: Atom) -> bool:
    """Return whether the step frees what the test asked for: of NULL that does nothing."""
    return step.expr is not None and step.expr.name in known_frees().argument and any(
        bare(outline.text(part)) == atom.text for part in step.expr.parts[1:])


def _is_asked_within(step: Step, atoms: list[Atom], teacher: Teacher) -> bool:
    """Return whether a function that the step calls tests for itself what one of the tests in front of it asked: the
    names that both ask with have a word in common that is none of the function's own name."""
    for call in calls_in(step.expr):
        own = _words(call.name)
        asked = {word for atom in atoms for word in _asking(atom.expr)} - own
        if asked and any(asked & set(_asking(one.expr)) for path, body in teacher.bodies(call.name)
                         if _arch_of(path) in {"", _arch_of(teacher.near)}
                         for one in body.steps if one.kind == "test" and not one.loop):
            return True
    return False


def _asking(expr: Expr | None) -> Iterator[str]:
    """Yield the words of the functions and members that a test asks."""
    for part in walk(expr):
        name = part.name if part.kind in {"call", "field"} else ""
        if name and not _ASSERTS.search(name):
            yield from _words(name)


def _words(name: str) -> set[str]:
    """Return the words that a name is made of, `Page` and `Reserved` of `PageReserved`, without the short ones."""
    return {word.lower() for word in _PARTS.findall(name) if len(word) >= _TELLS}


def _arch_of(path: str) -> str:
    parts = path.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "arch" else ""


def conditional_undos(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the calls that make memory again what it was, in a condition that asked something in front of them, and
    that no longer does."""
    was = {old.text(call): (step, asked) for step, call, asked in _in_conditions(old)}
    for step, call, asked in _in_conditions(new):
        before = was.get(new.text(call))
        lost = [one for one in before[1] if one not in asked] if before is not None else []
        if before is None or not lost or len(before[1]) != len(asked) + len(lost):
            continue
        yield Hit(shape="undo-unguarded", line=step.line, end_line=new.last_line(step), symbol=call.name,
                  object=lost[0], fields=(("callee", call.name), ("statement", new.text(call)), ("test", lost[0]),
                                          ("was", " && ".join(lost)), ("now", "")),
                  old=((before[0].line, old.said(before[0])),), new=((step.line, new.said(step)),))


def _in_conditions(outline: Outline) -> Iterator[tuple[Step, Expr, list[str]]]:
    """Yield the calls that take an effect back in the test of a branch, each with what has to hold before it is made.
    """
    for step in outline.steps:
        for whole in walk(step.expr) if step.kind == "test" and not step.loop else ():
            if whole.kind in {"both", "either"} or whole is step.expr:
                parts = whole.parts if whole.kind in {"both", "either"} else (whole,)
                for place, part in enumerate(parts):
                    calls = [call for call in calls_in(part) if call.name in known_effects().of
                             and known_effects().of[call.name].takes_back]
                    if calls and not any(inner.kind in {"both", "either"} for inner in walk(part)):
                        yield step, calls[0], [atom.said for one in parts[:place] for atom in atoms_of(
                            outline, step, one, holds=whole.kind == "both")]


def _asked_in(outline: Outline, atom: Atom) -> str:
    """Return what has to hold, of an assertion what it asserts."""
    inner = atom.expr.parts[1] if _ASSERTS.search(atom.text) and atom.expr.kind == "call" and len(
        atom.expr.parts) == 2 else None
    return atom.said if inner is None else said_as(bare(outline.text(inner)), atom.holds)


def _numbered(outline: Outline) -> list[tuple[str, int]]:
    """Return each step's text with how many of the same stand before it."""
    counts: Counter[str] = Counter()
    found = []
    for step in outline.steps:
        text = outline.said(step)
        found.append((text, counts[text]))
        counts[text] += 1
    return found


def _is_early(old: Outline, atom: Atom, new: Outline) -> bool:
    """Return whether the test is an exit that still stands, and the step now comes in front of it."""
    return any(new.said(step) == old.said(atom.step) and step.branches and step.branches[0].leaves == "return"
               for step in new.steps if step.kind == "test")


def _narrower(old: Outline, new: Outline, atom: Atom, come: list[Atom]) -> tuple[str, str]:
    """Return whether one of several conditions that were enough went, and which."""
    if len(come) != 1 or atom.expr.kind != ("either" if atom.holds else "both"):
        return "", ""
    parts, rest = _signed(old, atom.expr, holds=atom.holds), _signed(new, come[0].expr, holds=come[0].holds)
    lost = [part for part in parts if part not in rest]
    return ("part-gone", said_as(*lost[0])) if len(lost) == 1 and set(rest) < set(parts) else ("", "")


def _signed(outline: Outline, expr: Expr, *, holds: bool) -> list[tuple[str, bool]]:
    """Return the conditions any of which is enough, each with whether it holds."""
    if expr.kind == ("either" if holds else "both"):
        return [one for part in expr.parts for one in _signed(outline, part, holds=holds)]
    if expr.kind == "unary" and expr.name == "!" and len(expr.parts) == 1:
        return _signed(outline, expr.parts[0], holds=not holds)
    return [(bare(outline.text(expr)), holds)]


def _within(text: str) -> str:
    return f"({text})" if "||" in text else text


def _acts(step: Step) -> bool:
    """Return whether a step does something that others notice."""
    if step.kind not in {"do", "return", "test"} or step.expr is None:
        return False
    if step.expr.kind == "call" and _ASSERTS.search(step.expr.name):
        return False
    if step.kind == "return":
        return step.expr.kind != "name" or not _RESULT.fullmatch(step.expr.name)
    calls = [call for call in calls_in(step.expr) if call.name not in _WEIGHTLESS]
    if any(not is_reporter(call.name, has_text=False) and not is_conversion(call.name) for call in calls):
        return True
    return step.kind == "do" and any(part.kind == "assign" and part.parts[0].kind in {"field", "deref", "index"}
                                     for part in walk(step.expr))


def _weighs(outline: Outline, text: str, atom: Atom) -> bool:
    """Return whether the question is one of the machine, a mode or an object's state: not of a result or a pointer."""
    expr = peeled(next((part for part in walk(atom.expr) if text in {bare(outline.text(part)), negated(
        bare(outline.text(part)))}), atom.expr))
    names = {part.name for part in walk(expr) if part.kind == "name"}
    calls = [call for call in calls_in(expr) if call.name not in TRANSPARENT]
    if any(call.name in {"IS_ERR", "IS_ERR_OR_NULL", "PTR_ERR", "IS_ENABLED", "WARN_ON", "WARN_ON_ONCE", "BUG_ON"}
           or is_conversion(call.name) or "alloc" in call.name for call in [*calls, *calls_in(expr)]):
        return False
    if any(_RESULT.fullmatch(name) for name in names):
        return False
    if calls:
        return True
    if expr.kind == "binary" and expr.name in {"==", "!=", "&"}:
        return any(part.kind == "field" or (part.kind == "name" and not part.name.isupper() and not outline.type_of(
            part.name)) for part in expr.parts) and "NULL" not in outline.text(expr)
    place = place_of(expr)
    if expr.kind == "name":
        kind = outline.type_of(expr.name)
        return not kind or "bool" in kind.split()
    return bool(place) and expr.kind == "field"


def _symbol(step: Step) -> str:
    call = _call(step)
    return call.name if call is not None else ""


def _statement(outline: Outline, step: Step) -> str:
    """Return what is done, short enough to be read in a sentence."""
    call, text = _call(step), outline.said(step).rstrip(";")
    said = outline.text(call) if step.kind == "test" and call is not None else text
    outer = step.expr if step.expr is not None and step.expr.kind == "call" and step.kind != "test" else call
    return said if len(said) <= 90 or outer is None else f"{outer.name}()"


def _call(step: Step) -> Expr | None:
    return next((call for call in calls_in(step.expr) if call.name not in _WEIGHTLESS), None)
