"""Kind `gate-mismatch`: a new global variable that only code under one configuration symbol ever gives a value, but
that is defined, declared or read outside of it.

Only what the series shows is looked at: a variable that other files of the tree name as well is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reviewbot.cfacts.conditions import read_conditions
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.configured import Shown, concerned, example_evidence, first_possible, has_kconfig
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.kconfig.sightings import SourceText
from reviewbot.logic import FALSE, And, Cond, Not, Or, Var
from reviewbot.patterns import regex
from reviewbot.source import MemoryTree
from reviewbot.text import quote_names, squash
from reviewbot.values import dataclass

__all__ = ["GATE_MISMATCH"]

_FIELDS = frozenset({"variable", "symbol", "what", "function", "file", "why"})
_VARIABLE = regex(
    rb"^(?!static\b|extern\b|typedef\b|return\b|goto\b|EXPORT_|DEFINE_|MODULE_)[A-Za-z_][\w \t*]*?[ \t*](?P<name>\w+)"
    rb"(?:[ \t]+__\w+)*[ \t]*(?:=[ \t]*(?P<value>[^;{]*))?;[ \t]*$", re.MULTILINE)
_ZERO = regex(rb"\s*(?:0[uUlL]*|0x0+|NULL|false)\s*")
_UNCLEAR = regex(rb"^[ \t]*#|(?:(?<!&)&|\+\+|--|\basm\b.*)\s*$")
_CALLED = regex(rb"\s*(\w+)\s*\(")
_BESIDE = 8  # lines between two variables that stand together
_WORD = regex(rb"(?<![\w$.])(?<!->)\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """A file as the series leaves it at one moment, whole or what its hunks show."""

    path: str
    data: bytes
    text: SourceText


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """An occurrence of the variable: `what` is definition, declaration, write or read, `when` its condition."""

    view: _View
    line: int
    what: str
    nest: Cond
    when: Cond


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    views = _views(analysis, position)
    # What is defined again, on the other side of a condition, is one variable.
    found = dict.fromkeys(
        (hit["name"], file.path) for file in state.files if file.path.endswith(".c") and (view := views.get(file.path))
        for hit in _VARIABLE.finditer(view.text.text)
        if view.text.lines.line(hit.start("name")) in file.added
        and (hit["value"] is None or _ZERO.fullmatch(hit["value"])))
    named = _named(views, frozenset(name for name, _ in found)) if found else {}
    for name, path in found:
        yield from _variable(rule, analysis, position, views, name.decode(), views[path], named.get(name, ()))


def _views(analysis: Analysis, position: int) -> dict[str, _View]:
    """Return the C files that the series has touched so far as they are after the patch at this position."""
    found: dict[str, bytes] = {}
    for state in analysis.patched.states[:position + 1]:
        for file in state.files:
            found.pop(file.old_path, None)
            if file.after is not None and file.path.endswith((".c", ".h")):
                found[file.path] = file.after
    return {path: _View(path=path, data=data, text=SourceText(path, data)) for path, data in sorted(found.items())}


def _named(views: Mapping[str, _View], names: frozenset[bytes]) -> dict[bytes, list[tuple[_View, int]]]:
    """Return where each of the names stands in the files."""
    found: dict[bytes, list[tuple[_View, int]]] = {}
    for view in views.values():
        for hit in _WORD.finditer(view.text.text):
            if hit[0] in names:
                found.setdefault(hit[0], []).append((view, hit.start()))
    return found


def _variable(rule: Rule, analysis: Analysis, position: int, views: Mapping[str, _View], name: str,
              home: _View, hits: Iterable[tuple[_View, int]]) -> Iterator[Finding]:
    places = [_place(views, view, name, start, home) for view, start in hits]
    if any(place.what == "unclear" for place in places):
        return
    writes = Or(*(place.when for place in places if place.what == "write"))
    symbol = next((one for one in sorted(writes.variables()) if one.startswith("CONFIG_")
                   and writes.assume({one: False}) == FALSE), "")
    if not symbol:
        return
    outside = [place for place in places if place.nest.assume({symbol: False}) != FALSE and place.what != "write"]
    definition = next((place for place in outside if place.what == "definition"), None)
    kconfig = has_kconfig(analysis.after(position).tree)
    if definition is None or (kconfig and set(analysis.files_with(position + 1, (name,))[name]) - views.keys()):
        return
    shown = _without(analysis, position, symbol, definition)
    if shown is None and kconfig:
        return
    added = {(file.path, line) for file in analysis.patched.states[position].files for line in file.added}
    if _stands_so_already(home, definition, symbol, added):
        return
    new = sorted((place for place in outside if (place.view.path, place.line) in added),
                 key=lambda p: (p.what != "definition", p.what != "declaration", p.view.path, p.line))
    if new:
        yield _finding(rule, analysis, position, name, symbol, new, _writers(places), shown)


def _stands_so_already(home: _View, definition: _Place, symbol: str, added: set[tuple[str, int]]) -> bool:
    """Return whether a variable beside the new one, which was there before, gets a value with the symbol alone as well:
    then that is how the file does it."""
    lines = home.text.lines
    beside = {hit["name"]: hit.start("name") for hit in _VARIABLE.finditer(home.text.text)
              if 0 < abs(lines.line(hit.start("name")) - definition.line) <= _BESIDE
              and (home.path, lines.line(hit.start("name"))) not in added
              and (hit["value"] is None or _ZERO.fullmatch(hit["value"]))}
    views = {home.path: home}
    for name, hits in _named(views, frozenset(beside)).items():
        places = [_place(views, view, name.decode(), start, home) for view, start in hits]
        writes = Or(*(place.when for place in places if place.what == "write"))
        if writes != FALSE and writes.assume({symbol: False}) == FALSE and not any(
                place.what == "unclear" for place in places) and any(
                    place.what == "definition" and place.nest.assume({symbol: False}) != FALSE for place in places):
            return True
    return False


def _place(views: Mapping[str, _View], view: _View, name: str, start: int, home: _View) -> _Place:
    """Return what one occurrence of the variable is."""
    text, past = view.text.text, start + len(name.encode())
    begin, end = text.rfind(b"\n", 0, start) + 1, text.find(b"\n", past)
    before, after = text[begin:start], text[past:end if end >= 0 else None]
    nest = read_conditions(view.data).at_offset(start)
    when = nest
    if re.match(rb"extern\b", before):
        what = "declaration"
    elif view is home and before and not before[:1].isspace() and _VARIABLE.match(text, begin):
        what = "definition"
    elif re.match(rb"\s*(?:[-+*/|&^%]|<<|>>)?=(?!=)|\s*(?:\+\+|--)", after):
        what, when = "write", _written(views, view, nest, after)
    elif _UNCLEAR.search(before):
        what = "unclear"
    else:
        what = "read"
    return _Place(view=view, line=view.text.lines.line(start), what=what, nest=nest, when=when)


def _written(views: Mapping[str, _View], view: _View, nest: Cond, after: bytes) -> Cond:
    """Return when the assignment gives the variable another value than nothing: not where its source is a stub."""
    called = _CALLED.match(after[after.index(b"=") + 1:]) if b"=" in after else None
    if called is None:
        return nest
    name = called[1].decode()
    near = [view, *(other for other in views.values() if other is not view and other.path.endswith(".h"))]
    sightings = [s for other in near for s in other.text.sightings(name) if s.kind in {"function", "inline", "macro"}]
    acting = Or(*(s.condition for s in sightings if not (s.stub and s.value in {"0", "NULL", "false"})))
    return And(nest, acting) if sightings else nest


def _without(analysis: Analysis, position: int, symbol: str, definition: _Place) -> Shown | None:
    """Return a configuration without the symbol that still has the definition."""
    tree, path = analysis.after(position).tree, definition.view.path
    if not has_kconfig(tree):
        return None
    bare = definition.nest.assume({symbol: False})
    return first_possible(analysis, position + 1, And(bare, Not(Var(symbol))), concerned(analysis, tree, path),
                          file=path)


def _function_at(analysis: Analysis, place: _Place, name: str) -> str:
    if place.what in {"definition", "declaration"}:
        return ""
    facts = analysis.reading.facts(MemoryTree({place.view.path: place.view.data}), place.view.path, {name: ""})
    return next((f.name for f in facts.functions if f.span.line <= place.line <= f.span.end_line), "") if facts else ""


def _writers(places: list[_Place]) -> tuple[Evidence, ...]:
    return tuple(_shown(place) for place in places if place.what == "write")


def _shown(place: _Place) -> Evidence:
    lines = place.view.data.decode("latin-1").splitlines()
    text = squash(lines[place.line - 1]) if place.line <= len(lines) else ""
    return Evidence(kind="patch", file=place.view.path, line=place.line, text=text)


def _told(places: Sequence[_Place], functions: Sequence[str]) -> str:
    """Return what stands outside: `defined, declared in a.h and read in a() and b()`."""
    kinds = {place.what for place in places}
    said = ["defined"] if "definition" in kinds else []
    if headers := list(dict.fromkeys(place.view.path for place in places if place.what == "declaration")):
        said.append(f"declared in {quote_names(headers, most=2)}")
    if "read" in kinds:
        said.append("read in " + (quote_names([f"{name}()" for name in dict.fromkeys(functions) if name], most=3)
                                  or "code"))
    return quote_names(said)


def _finding(rule: Rule, analysis: Analysis, position: int, name: str, symbol: str, places: Sequence[_Place],
             writers: tuple[Evidence, ...], shown: Shown | None) -> Finding:
    """Return the finding for all new places outside of the symbol, at the first of them."""
    state, first = analysis.patched.states[position], places[0]
    functions = [_function_at(analysis, place, name) for place in places]
    fields = {"variable": name, "symbol": symbol, "what": _told(places, functions), "function": functions[0],
              "file": first.view.path, "why": f"'{writers[0].text}' at {writers[0].file}:{writers[0].line}"}
    side = Side(tree=MemoryTree({first.view.path: first.view.data}), facts={}, wrappers={})
    spot = Spot(file=first.view.path, line=first.line, end_line=first.line, function=functions[0], symbol=name,
                side=side)
    rev = f"after patch {state.index}"
    proof = (example_evidence(shown, rev),) if shown else ()
    others = tuple(_shown(place) for place in places[1:])
    arch = own_arch(first.view.path) if len({own_arch(place.view.path) for place in places}) == 1 else ""
    return draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index),
                         evidence=(*writers, *others, *proof), arches=(arch,) if arch else (), config=f"!{symbol}")


GATE_MISMATCH = Kind(name="gate-mismatch", fields=_FIELDS, changes=_run, check_options=_check)
