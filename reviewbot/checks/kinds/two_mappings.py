"""Kind `two-mappings`: a number of pages is the difference of two addresses that lie in different mappings.

No options. One end of the range is a symbol of the kernel's image, the other an address of the linear map. Looked at
are the calls of the family in all of an architecture when a patch has its image linked outside of the linear map, and
in the functions that a patch changes where the image lies outside anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.image_origin import Origin, image_symbols, origin_of
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.lists import own_list
from reviewbot.checks.rule import Rule
from reviewbot.contracts.outline import Outline, calls_in, given_to, outlines_of, walk
from reviewbot.errors import DataError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import line_at, places_of, squash
from reviewbot.values import dataclass

__all__ = ["TWO_MAPPINGS"]

_FIELDS = frozenset({"function", "callee", "start", "startis", "endis", "count", "origin", "was", "why"})
_SCRIPT = regex(r"arch/(\w+)/kernel/vmlinux\.lds\.S")
_ROUNDS = frozenset({"ALIGN", "ALIGN_DOWN", "PAGE_ALIGN", "PAGE_ALIGN_DOWN", "PFN_ALIGN", "round_down", "round_up"})
_LINEAR = frozenset({"PAGE_OFFSET", "high_memory"})
_DEEPEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """One end of a range: the expression, in which mapping it lies, and what says so."""

    text: str
    image: bool
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mixed:
    """A call whose count is the difference of two such ends."""

    path: str
    function: str
    callee: str
    line: int
    end_line: int
    count: str
    start: _End
    end: _End


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())
    missing = [note for note in ("moved", "apart") if note not in rule.notes]
    if missing:
        raise DataError(f"the rule lacks the note '{missing[0]}', which fills {{why}}",
                        where=str(rule.folder / "rule.toml"))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    side = analysis.after(position)
    moved: set[str] = set()
    for script in (found for file in state.files if (found := _SCRIPT.fullmatch(file.path))):
        arch = script[1]
        was, now = origin_of(analysis.before(position).tree, arch), origin_of(side.tree, arch)
        if arch not in analysis.arches or was is None or now is None or not was.in_linear_map \
                or not now.leaves_linear_map:
            continue
        moved.add(arch)
        for mixed in _in_arch(analysis, side, position, arch):
            yield _finding(rule, analysis, position, arch, mixed, now, was)
    for file in state.files:
        arch = own_arch(file.path)
        if arch not in analysis.arches or arch in moved or not file.after or not file.path.endswith(".c"):
            continue
        before = {(one.function, one.callee, one.count) for one in _in_file(
            analysis, analysis.before(position), arch, file.old_path, file.before)} if file.before else set()
        new = [one for one in _in_file(analysis, side, arch, file.path, file.after)
               if (one.function, one.callee, one.count) not in before and _touched(file, one)]
        origin = origin_of(side.tree, arch) if new else None
        if origin is not None and origin.is_only(frozenset(own_list("image_addresses"))):
            for mixed in new:
                yield _finding(rule, analysis, position, arch, mixed, origin, None)


def _touched(file: PatchedFile, mixed: _Mixed) -> bool:
    return not file.torn & {mixed.function} and not any(
        first <= mixed.end_line and mixed.line <= last for first, last in file.unsure)


def _names(analysis: Analysis) -> frozenset[str]:
    """Return the functions of the family that take a range of pages."""
    return frozenset(name for name in analysis.family.names() if (known := analysis.family.get(name)) is not None
                     and known.count == "pages" and known.count_argument is not None)


def _in_arch(analysis: Analysis, side: Side, position: int, arch: str) -> Iterator[_Mixed]:
    names = tuple(sorted(_names(analysis)))
    found = analysis.files_with(position + 1, names, f"arch/{arch}/")
    for path in sorted({path for paths in found.values() for path in paths if path.endswith(".c")}):
        yield from _in_file(analysis, side, arch, path, side.tree.read(path))


def _in_file(analysis: Analysis, side: Side, arch: str, path: str, data: bytes | None) -> Iterator[_Mixed]:
    names = _names(analysis)
    if data is None or b" - " not in data:
        return
    offsets = [at for name in sorted(names) if name.encode() in data for at in places_of(name.encode(), data)]
    symbols = image_symbols(side.tree, arch) if offsets else frozenset()
    for outlines in outlines_of(path, data, sorted(offsets), most=1) if symbols else ():
        outline = outlines[0]
        for step in outline.steps:
            for call in calls_in(step.expr):
                known = analysis.family.get(call.name) if call.name in names else None
                at = known.count_argument if known else None
                if at is not None and at + 1 < len(call.parts):
                    ends = _ends(outline, call.parts[at + 1], symbols, 0)
                    if ends is not None:
                        yield _Mixed(path=path, function=outline.name, callee=call.name, line=step.line,
                                     end_line=outline.last_line(step), count=outline.text(call.parts[at + 1]),
                                     start=ends[0], end=ends[1])


def _ends(outline: Outline, expr: Expr, symbols: frozenset[str], depth: int) -> tuple[_End, _End] | None:
    """Return start and end of the range whose length an expression is, None where they are not in two mappings."""
    for part in walk(expr):
        if part.kind == "binary" and part.name == "-" and len(part.parts) == 2:
            end, start = (_end(outline, one, symbols, 0) for one in part.parts)
            if start is not None and end is not None and start.image is not end.image:
                return start, end
        if part.kind == "name" and depth < _DEEPEST:
            given = _given(outline, part.name)
            if len(given) == 1 and (found := _ends(outline, given[0], symbols, depth + 1)) is not None:
                return found
    return None


def _end(outline: Outline, expr: Expr, symbols: frozenset[str], depth: int) -> _End | None:
    """Return in which mapping an address lies, None where that is not certain."""
    text = squash(outline.text(expr))
    inner = expr
    while inner.kind in {"cast", "address", "index"} or (
            inner.kind == "binary" and inner.name in {"+", "-", "&"} and inner.parts) or (
            inner.kind == "call" and inner.name in _ROUNDS and len(inner.parts) > 1):
        inner = inner.parts[1 if inner.kind == "call" else 0]
    if inner.kind == "call":
        return _End(text=text, image=False, how=f"{inner.name}()") if inner.name in own_list("gives_linear") else None
    if inner.kind != "name":
        return None
    if inner.name in outline.locals:
        ends = [_end(outline, one, symbols, depth + 1) for one in _given(outline, inner.name)] \
            if depth < _DEEPEST else []
        first = ends[0] if ends else None
        if first is None or any(one is None or one.image is not first.image for one in ends):
            return None
        return _End(text=text, image=first.image, how=first.how)
    if inner.name in outline.parameters:
        return None
    if inner.name in _LINEAR or inner.name in symbols:
        return _End(text=text, image=inner.name in symbols, how=inner.name)
    return None


def _given(outline: Outline, name: str) -> list[Expr]:
    """Return all that a local variable is given; nothing where it may change otherwise."""
    if name not in outline.locals:
        return []
    for step in outline.steps:
        if any((part.kind in {"update", "address"} or (part.kind == "assign" and part.name != "="))
               and any(one.kind == "name" and one.name == name for one in part.parts[:1]) for part in walk(step.expr)):
            return []
    return [given for step in outline.steps for given in given_to(step, name)]


def _finding(rule: Rule, analysis: Analysis, position: int, arch: str, mixed: _Mixed, now: Origin,
             was: Origin | None) -> Finding:
    state, side = analysis.patched.states[position], analysis.after(position)
    fields = {"function": mixed.function, "callee": mixed.callee, "count": squash(mixed.count),
              "start": mixed.start.text, "startis": _place(mixed.start), "endis": _place(mixed.end),
              "origin": now.text, "was": was.text if was else "", "why": ""}
    fields["why"] = rule.notes["moved" if was else "apart"].format_map(fields)
    rev = f"after patch {state.index}"
    script = side.tree.read(now.file)
    return draft_finding(
        rule, state, Spot(file=mixed.path, line=mixed.line, end_line=mixed.end_line, function=mixed.function,
                          symbol=mixed.callee, side=side),
        fields, message_id=analysis.message_id(state.index), arches=(arch,),
        evidence=(Evidence(kind="patch" if was else "source", file=now.file, line=now.line, rev=rev,
                           text=line_at(script, now.line)),),
        says=(mixed.callee, mixed.start.text, mixed.end.text))


def _place(end: _End) -> str:
    """Return in words where an end of a range lies: `the kernel image (_data)`."""
    return f"the kernel image ({end.how})" if end.image else f"an address of the linear map ({end.how})"


TWO_MAPPINGS = Kind(name="two-mappings", fields=_FIELDS, changes=_run, check_options=_check,
                    notes=lambda _: ("moved", "apart"))
