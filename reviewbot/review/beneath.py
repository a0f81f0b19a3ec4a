"""The functions that a patch changes and of which the family's own definitions are made: what they do may change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reviewbot.cfacts import body_text, squash_c
from reviewbot.cfacts.headers import without_checks
from reviewbot.cfacts.types import Function
from reviewbot.checks.alike import answer_alike
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.configured import concerned
from reviewbot.checks.reading import code_of, touches
from reviewbot.findings.types import Cell, Effect
from reviewbot.logic import Cond, Var
from reviewbot.patterns import regex
from reviewbot.review.conditions import own_names, renamed
from reviewbot.review.moved_bodies import moved_into
from reviewbot.review.pairs import all_functions
from reviewbot.review.starts import same_but_starts
from reviewbot.source.types import PatchedFile
from reviewbot.values import dataclass

__all__ = ["Work", "changed_work", "with_work"]

_WORD = regex(r"[A-Za-z_]\w*")
_CALL = regex(r"\b([a-z_]\w*)\(")
_CONSTANTS = regex(r"(?:[A-Z_][A-Z0-9_]*|__\w+(?=\()|\d\w*|[\s()|&~,])+")
_QUESTION = regex(r"\b[A-Za-z_]\w*\((?:[A-Z]\w*)?\)")
_CAPITALS = regex(r"\b[A-Z_][A-Z0-9_]+\b")
_FLAG = regex(r"\([\w.>-]+ & ([A-Z_][A-Z0-9_]*)\)")
_MOST_WAYS = 400
_NO_CALLS = frozenset({"if", "while", "for", "switch", "return", "sizeof"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A function that the patch writes otherwise and that is, or does work of, these functions of the family (`of`,
    empty: all of the architecture's). `arch` is that of its file; `hands` what a call in it was and is given where it
    differs in a constant alone; `fresh`: its file did not have it before."""

    name: str
    path: str
    line: int
    arch: str
    of: frozenset[str]
    hands: tuple[str, str] = ("", "")
    fresh: bool = False


def changed_work(analysis: Analysis, position: int) -> tuple[Work, ...]:
    """Return the changed functions that are definitions of the family or stand beneath them, by file and name."""
    return tuple(work for file in analysis.patched.states[position].files if file.path.endswith((".c", ".h"))
                 for work in _of_file(analysis, position, file))


def _of_file(analysis: Analysis, position: int, file: PatchedFile) -> Iterator[Work]:
    workers = frozenset(name for name in analysis.workers if name not in analysis.family.names())
    content = file.after or b""
    if not any(name.encode() in content for name in {*analysis.primitives, *workers}):
        return
    now = {one.name: one for one in all_functions(content) if one.name}
    roots = frozenset(now.keys() & analysis.primitives)
    touched = [one for one in now.values() if touches(file, one)]
    if not touched or not (roots or workers & now.keys()):
        return
    was = {one.name: one for one in all_functions(file.before or b"") if one.name}
    folded = {one.name: helper.name for one in touched if one.name in was
              and (helper := moved_into(file, was[one.name], one)) is not None}
    for one in sorted(touched, key=lambda one: one.name):
        if one.name in folded:
            continue
        above = _above(now, one.name, roots, folded)
        if not above and one.name in folded.values():
            continue
        if len(above) > 1:
            above = _giving(analysis, position, file, now, one.name, above) or above
        if not above and one.name not in workers:
            continue
        old, new = _lines(file.before, was.get(one.name)), _lines(file.after, one)
        if _same(old, new) or (one.name in was and code_of(file.before, was[one.name]) == code_of(file.after, one)):
            continue
        if _asks_alike(analysis, position, file.path, old, new) or (
                one.name in was and same_but_starts(analysis, position, file, was[one.name], one)):
            continue
        yield Work(name=one.name, path=file.path, line=one.span.line, arch=own_arch(file.path), of=above,
                   hands=_handed(" ".join(old), " ".join(new)), fresh=one.name not in was)


def _above(functions: dict[str, Function], name: str, roots: frozenset[str], folded: Mapping[str, str]
           ) -> frozenset[str]:
    """Return the roots that are the function or call it, directly or not, in their file; those that are `folded` only
    call the function which their own end became."""
    found, queue = {name}, [name]
    while queue:
        callee = queue.pop()
        for one in functions.values():
            if one.name not in found and callee in one.calls_all and folded.get(one.name) != callee:
                found.add(one.name)
                queue.append(one.name)
    return frozenset(found & roots)


def _giving(analysis: Analysis, position: int, file: PatchedFile, functions: dict[str, Function], name: str,
            roots: frozenset[str]) -> frozenset[str]:
    """Return those of the roots from which some way leads to the function on which each flag that a call on it is made
    for is named by who makes that call, or stands above: nobody else hands it on."""
    side, content = analysis.after(position), file.after or b""
    words = {one.name: frozenset(_CAPITALS.findall(body_text(content, one))) for one in functions.values()}
    found: set[str] = set()
    start: tuple[str, frozenset[str]] = (name, frozenset())
    seen, queue = {start}, [start]
    while queue:
        callee, wanted = queue.pop()
        if callee in roots and (not wanted or any("flag" in text for text in functions[callee].parameters)):
            found.add(callee)
        for one in functions.values():
            if callee not in one.calls_all or one.name == callee:
                continue
            flow = analysis.reading.flow(side.tree, file.path, one.name, one.span.line)
            each = [_flags(guard.condition for guard in flow.guards(site))
                    for site in flow.calls(callee)] if flow is not None else []
            asked = frozenset.intersection(*each) if each else frozenset[str]()
            # What a test names is given by nobody yet.
            left = (one.name, frozenset((wanted - words[one.name]) | asked))
            if left not in seen and len(seen) < _MOST_WAYS:
                seen.add(left)
                queue.append(left)
    return frozenset(found)


def _flags(tests: Iterable[Cond]) -> frozenset[str]:
    """Return the flags of which tests ask whether they are set."""
    parts = [part for test in tests for part in (test.parts if test.op == "and" else (test,)) if part.op == "var"]
    return frozenset(hit[1] for part in parts for hit in [_FLAG.fullmatch(str(part))] if hit)


def _lines(content: bytes | None, function: Function | None) -> list[str]:
    if content is None or function is None:
        return []
    lines = content.split(b"\n")[function.span.line - 1:function.span.end_line]
    return [line for line in (without_checks(squash_c(text)) for text in lines) if line]


def _same(old: Sequence[str], new: Sequence[str]) -> bool:
    """Return whether two functions are the same but for blanks, comments and the names of their variables."""
    if list(old) == list(new):
        return True
    return renamed(old, new, own=own_names(old, new)) is not None


def _asks_alike(analysis: Analysis, position: int, path: str, old: Sequence[str], new: Sequence[str]) -> bool:
    """Return whether two functions differ in questions alone that certainly have the same answer wherever they are
    built: `if (sme_active())` and `if (prot_guest_has(HOST))`."""
    if len(old) != len(new) or not old:
        return False
    swaps = {_swap(a, b) for a, b in zip(old, new, strict=True) if a != b}
    arches = concerned(analysis, analysis.after(position).tree, path) if swaps and ("", "") not in swaps else ()
    return bool(arches) and all(answer_alike(analysis, position, Var(before), Var(after), arch)
                                for before, after in sorted(swaps) for arch in arches)


def _swap(before: str, after: str) -> tuple[str, str]:
    """Return the question in one line and that in another, where they are the same but for these; else two empty ones.
    """
    return next(((mine, other) for mine in _QUESTION.findall(before) for other in _QUESTION.findall(after)
                 if mine != other and before.replace(mine, "@", 1) == after.replace(other, "@", 1)), ("", ""))


def _handed(old: str, new: str) -> tuple[str, str]:
    """Return what the one call in which two functions differ was and is given, empty when more differs than that."""
    mine, others = list(_calls(old)), list(_calls(new))
    differ = [(a, b) for a, b in zip(mine, others, strict=False) if a != b]
    if len(mine) != len(others) or not differ:
        return "", ""
    (callee, was), (other, now) = differ[0]
    if callee != other or len(was) != len(now) or old.replace(", ".join(was), "") != new.replace(", ".join(now), ""):
        return "", ""
    changed = [(a, b) for a, b in zip(was, now, strict=True) if a != b]
    if len(changed) != 1 or not all(_CONSTANTS.fullmatch(text) for text in changed[0]):
        return "", ""
    return f"hands {callee}() {changed[0][0]}", f"hands {callee}() {changed[0][1]}"


def _calls(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the calls of a text and their arguments, outer ones before the inner."""
    for hit in _CALL.finditer(text):
        depth, start, arguments = 0, hit.end(), []
        for index in range(hit.end(), len(text)):
            sign = text[index]
            if sign in ",)" and depth == 0:
                arguments.append(text[start:index].strip())
                start = index + 1
            depth += {"(": 1, ")": -1}.get(sign, 0)
            if depth < 0:
                break
        if hit[1] not in _NO_CALLS:
            yield hit[1], tuple(arguments)


def with_work(works: Sequence[Work], cell: Cell) -> Cell:
    """Return the cell with what the changed functions beneath it say: nothing of theirs is proved to stay the same."""
    symbol = cell.after.symbol or cell.before.symbol
    mine = [work for work in works if work.arch in {"", cell.arch} and (not work.of or symbol in work.of)]
    if not mine or cell.changed or not (cell.before.is_work or cell.after.is_work):
        return cell
    own = next((work for work in mine if work.name == symbol), None)
    if cell.call == cell.function == symbol and own is not None and all(own.hands):
        return replace(cell, before=_with(cell.before, own.hands[0]), after=_with(cell.after, own.hands[1]))
    if cell.doubt:
        return cell
    why = f"{symbol}() is written otherwise" if own is not None else \
        f"{mine[0].name}(), which does work of {symbol}(), is written otherwise"
    return replace(cell, doubt=why)


def _with(effect: Effect, words: str) -> Effect:
    name, _, rest = effect.does.partition(" ")
    return replace(effect, does=f"{name} {words}" if rest in {"", "acts"} else f"{effect.does}, {words}")
