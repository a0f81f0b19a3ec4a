"""Everything one file says about a set of names: each place where a name stands is a call, a mention or a Skip."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from reviewbot.budget import LIMITS
from reviewbot.cfacts.analysis import Body, Judged, analyse, worst
from reviewbot.cfacts.assigned import constants_in, results_in, values_of
from reviewbot.cfacts.conditions import Conditions, parse_c_condition, read_conditions
from reviewbot.cfacts.dataflow import cases_of, guards_of
from reviewbot.cfacts.family import Family
from reviewbot.cfacts.headers import Header, parameter_name
from reviewbot.cfacts.lexer import KEYWORDS, Lines, identifiers, lines_in, squash_c
from reviewbot.cfacts.macros import MacroText, macro_definition, made_functions, passes_on, read_macro
from reviewbot.cfacts.reported import errors_given
from reviewbot.cfacts.split import Layout, Piece, pieces_around, split_file, split_ranges
from reviewbot.cfacts.types import Call, Definition, FileFacts, Function, Guard, Mention, MentionKind, Span, Step, Use
from reviewbot.errors import BudgetError, Skip
from reviewbot.logic import FALSE, And, Cond, Not, Or, Var
from reviewbot.text import places_of

__all__ = ["Source", "account", "describe_function", "find_pieces", "functions_of", "read_file"]

_MOST_MACRO_ROUNDS = 6
_MOST_LINE = 500
_MOST_CASES = 12  # of one switch: what comes behind more of them is not told by them
_MOST_ITEM = 4_000
_FEW = 4  # names that are found sooner one after the other than by a pattern
_CALLED = re.compile(rb"(?<!\w)([A-Za-z_]\w*)[ \t]*\(")  # without the look behind a long word is tried at each letter
_EXPORT = re.compile(r"_?_?EXPORT_\w+|EXPORT_SYMBOL\w*|EXPORT_PER_CPU\w*|NOKPROBE_EXPORT\w*")
_SPACE = re.compile(rb"(?:[ \t\r\n\f\v]|\\\r?\n|/\*.*?\*/|//[^\n]*)*", re.DOTALL)
_DROPPED: tuple[Use, ...] = ("discarded", "unread", "void-cast", "overwritten", "warn-only", "handled")


_Letters: TypeAlias = dict[str, "_Letters"]
"""Words letter by letter; an empty letter is the end of a word."""


@lru_cache(maxsize=64)
def _pattern(names: frozenset[str]) -> re.Pattern[bytes]:
    """Return a pattern that finds any of the names as a whole word; common beginnings are shared."""
    tree: _Letters = {}
    for name in sorted(names):
        node = tree
        for char in name:
            node = node.setdefault(char, {})
        node[""] = {}
    return re.compile(rb"(?<![\w$])" + _alternatives(tree).encode("latin-1") + rb"(?![\w$])")


def _alternatives(tree: _Letters) -> str:
    ways = [re.escape(char) + _alternatives(below) for char, below in tree.items() if char]
    if not ways:
        return ""
    joined = ways[0] if len(ways) == 1 and "" not in tree else f"(?:{'|'.join(ways)})"
    return f"{joined}?" if "" in tree else joined


def read_file(path: str, data: bytes, *, names: frozenset[str] | Family, returns: Mapping[str, str] | None = None,
              known: tuple[tuple[int, int], ...] = (), sections: Mapping[int, str] | None = None) -> FileFacts:
    """Return the facts of one file about `names`: calls with the use of their results, other mentions, functions.

    `functions` holds those that mention a name or are named so; `macros` those whose body mentions one. `returns`
    gives C return types of names that differ from the family's. For a file in fragments `known` are the line ranges
    that are known, and `sections` maps a range's first line to the text of its hunk's section.
    """
    wanted = names.names() if isinstance(names, Family) else names
    if not wanted or len(data) > LIMITS.file_bytes:
        skips = (Skip(where=path, stage="read", why=f"larger than {LIMITS.file_bytes} bytes"),) if wanted else ()
        return FileFacts(path=path, functions=(), calls=(), mentions=(), macros=(), skips=skips)
    lines = lines_in(data) if known else None
    ranges = [(lines.start(first), lines.start(last + 1)) for first, last in known] if lines else [(0, len(data))]
    pattern = _pattern(wanted)
    places = [(found.start(), found.group().decode("latin-1"))
              for start, end in ranges for found in pattern.finditer(data, start, end)]
    if not places:
        return FileFacts(path=path, functions=(), calls=(), mentions=(), macros=(), skips=())
    types: dict[str, str] = {}
    if isinstance(names, Family):
        types.update((function.name, function.returns) for function in names.functions)
    types.update(returns or {})
    made_by = frozenset(names.made_by()) if isinstance(names, Family) else frozenset()
    source = Source(path=path, data=data, known=known, sections=tuple(sorted((sections or {}).items())))
    reader = _File(source, wanted, types=types, made_by=made_by)
    if len(places) > LIMITS.mentions:
        reader.skip(0, "read", f"{len(places)} mentions are too many")
        places = places[:LIMITS.mentions]
    return reader.read(places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file's text; of a file in fragments the `known` line ranges and the section texts by first line."""

    path: str
    data: bytes
    known: tuple[tuple[int, int], ...] = ()
    sections: tuple[tuple[int, str], ...] = ()


def find_pieces(source: Source, lines: Lines, wanted: list[int] | None = None) -> tuple[Piece, ...]:
    """Return the functions of a file, or of its fragments; with `wanted`, those around these offsets."""
    if wanted is not None and not source.known:
        return pieces_around(source.data, wanted)
    return _layout(source, lines, wanted).pieces


def _layout(source: Source, lines: Lines, wanted: list[int] | None) -> Layout:
    if not source.known:
        return split_file(source.data, wanted)
    ranges = tuple((lines.start(first), lines.start(last + 1)) for first, last in source.known)
    sections = {lines.start(line): text.encode("utf-8", "replace") for line, text in source.sections}
    return split_ranges(source.data, ranges, sections=sections)


class _File:
    """Collects the facts of one file."""

    def __init__(self, source: Source, names: frozenset[str], *, types: Mapping[str, str],
                 made_by: frozenset[str]) -> None:
        self.source, self.names = source, names
        self.path, self.data = source.path, source.data
        self.types = dict(types)
        self.made_by = made_by
        self.lines = lines_in(self.data)
        self.conditions = Conditions((), [], self.lines)
        self.calls: list[Call] = []
        self.mentions: list[Mention] = []
        self.functions: dict[tuple[int, str], Function] = {}
        self.macros: list[Definition] = []
        self.skips: dict[Skip, None] = {}
        self.aliases: dict[str, tuple[tuple[str, ...], Use, Cond]] = {}
        self.receivers: dict[tuple[str, int], Use | None] = {}
        self.all_pieces: dict[str, Piece] | None = None
        self.pieces_in_order: tuple[Piece, ...] | None = None

    def skip(self, offset: int, stage: str, why: str) -> None:
        where = f"{self.path}:{self.lines.line(offset)}" if offset else self.path
        self.skips[Skip(where=where, stage=stage, why=why)] = None

    def read(self, places: list[tuple[int, str]]) -> FileFacts:
        layout = _layout(self.source, self.lines, [offset for offset, _ in places])
        if not layout.balanced:
            self.skip(0, "split", "braces do not balance; functions were told apart by kernel style")
        self.conditions = read_conditions(self.data, self.lines, directives=layout.directives)
        self.directives(layout, places, self.names)
        fresh = frozenset(self.aliases)
        for _ in range(_MOST_MACRO_ROUNDS):  # macros that use such a macro are followed as well
            if not fresh:
                break
            more = [(found.start(), found.group().decode("latin-1")) for found in _pattern(fresh).finditer(self.data)]
            self.directives(layout, more, fresh)
            places = sorted({*places, *more})
            fresh = frozenset(self.aliases) - {name for _, name in places}
        if self.aliases:
            layout = _layout(self.source, self.lines, [offset for offset, _ in places])
        self.code(layout, _outside(places, layout.silent, layout.directives))
        return FileFacts(
            path=self.path,
            functions=tuple(self.functions[key] for key in sorted(self.functions)),
            calls=tuple(sorted(self.calls, key=lambda call: (call.span.line, call.span.column))),
            mentions=tuple(sorted(self.mentions, key=lambda mention: (mention.line, mention.column))),
            macros=tuple(self.macros), skips=tuple(self.skips))

    # Preprocessor lines

    def directives(self, layout: Layout, places: list[tuple[int, str]], names: frozenset[str]) -> None:
        offsets = [offset for offset, _ in places]
        for start, end in layout.directives:
            place = bisect_right(offsets, start)
            if place == len(offsets) or offsets[place] >= end:
                continue
            found = [(offset, name) for name, offset in identifiers(self.data, start=start, end=end)
                     if name in names]
            macro = read_macro(self.data, start, end)
            if macro is not None and found:
                self.macro(macro, found)
            for offset, name in found:
                if macro is None and name in self.names:
                    self.mention(offset, name, "preprocessor")

    def macro(self, macro: MacroText, found: list[tuple[int, str]]) -> None:
        definition = macro_definition(self.data, macro, self.conditions)
        if all(offset < macro.body and name not in self.names for offset, name in found):
            return  # the definition of an alias, which is known by now
        if definition not in self.macros:
            self.macros.append(definition)
        body = self.data[macro.body:macro.end]
        uses: dict[str, Use] = {}  # what the body does with a name, however often it calls it
        for offset, name in found:
            through, inner, _ = self.aliases.get(name, ((), "returned", definition.path_condition))
            called = offset >= macro.body and self.followed_by_bracket(offset + len(name))
            if called:
                self.calls.append(self.macro_call(macro, offset, name, through))
            elif name in self.names:
                self.mention(offset, name, "macro", function=macro.name)
            if macro.name in self.names or macro.name == name or offset < macro.body:
                continue
            if called or squash_c(body).strip("() ") == name:
                if name not in uses:
                    uses[name] = passes_on(body, name) if inner == "returned" else inner
                use = uses[name]
                self.aliases[macro.name] = ((name, *through), use, definition.path_condition)

    def macro_call(self, macro: MacroText, offset: int, name: str, through: tuple[str, ...]) -> Call:
        end = self.closing_bracket(offset + len(name))
        inner = self.data[offset:end].replace(b"\\\n", b" \n")
        opening = inner.find(b"(")
        return Call(callee=name, span=self.span(offset, end), function=macro.name, use="in-macro",
                    arguments=_split_arguments(inner[opening + 1:-1]), statement=squash_c(inner),
                    path_condition=self.conditions.at_offset(macro.start), through=through)

    # Code

    def code(self, layout: Layout, places: list[tuple[int, str]]) -> None:
        pieces = layout.pieces
        starts = [piece.start for piece in pieces]
        inside: dict[int, list[tuple[int, str]]] = {}
        for offset, name in places:
            index = bisect_right(starts, offset) - 1
            if index >= 0 and offset < pieces[index].end:
                if offset >= pieces[index].body:
                    inside.setdefault(index, []).append((offset, name))
                else:
                    self.in_header(pieces[index], offset, name)
            elif name in self.names:
                self.top_level(layout, offset, name)
        for index, found in inside.items():
            self.function(pieces[index])
            self.body(pieces[index], found)

    def in_header(self, piece: Piece, offset: int, name: str) -> None:
        if name not in self.names:
            return
        if offset == piece.header.name_offset:
            self.function(piece)
            if piece.header.returns:
                self.types[name] = piece.header.returns
        self.mention(offset, name, "definition", function=piece.header.name)

    def function(self, piece: Piece) -> Function:
        made = describe_function(self.data, piece, self.conditions)
        return self.functions.setdefault((made.span.line, made.name), made)

    def body(self, piece: Piece, found: list[tuple[int, str]]) -> None:
        body: Body | None = None
        why = ""
        try:
            body = analyse(self.data, piece, self.conditions, receiver=self.receiver)
            if len(found) * sum(len(variant.graph.blocks) for variant in body.variants) > LIMITS.outcomes:
                body, why = None, f"a function with {len(found)} calls in too many blocks"
        except BudgetError as error:
            why = error.what
        if why:
            self.skip(piece.body, "function", f"'{piece.header.name}' is {why}")
        if body is not None and body.cut:
            self.skip(piece.body, "variants", f"'{piece.header.name}' has more #if variants than are analysed")
        for offset, name in found:
            judged = [] if body is None else [
                Judged(variant=variant, place=variant.calls[offset],
                       outcome=variant.flow.outcome(variant.calls[offset]))
                for variant in body.variants if offset in variant.calls]
            if judged:
                self.calls.append(self.call(piece, offset, name, judged))
            elif self.member(offset):
                self.mention_if_named(offset, name, "member", piece)
            elif not self.followed_by_bracket(offset + len(name)):
                self.mention_if_named(offset, name, "escape", piece)
            elif self.declares(offset):
                self.mention_if_named(offset, name, "declaration", piece)
            elif name in self.names or name in self.aliases:
                self.calls.append(self.unparsed(piece, offset, name, why))

    def mention_if_named(self, offset: int, name: str, kind: MentionKind, piece: Piece) -> None:
        if name in self.names:
            self.mention(offset, name, kind, function=piece.header.name)

    def call(self, piece: Piece, offset: int, name: str, judged: list[Judged]) -> Call:
        shown = worst(judged)
        outcome, op = shown.outcome, shown.op
        assert op.expr is not None
        note, use = outcome.note, outcome.use
        others = sorted({other.outcome.use for other in judged if other.outcome.use != use})
        if others:
            note = f"{note}; {others[0]} in other #if arms" if note else f"{others[0]} in other #if arms"
        through: tuple[str, ...] = ()
        path_condition = self.conditions.at_offset(offset)
        if name in self.aliases and name not in self.names:
            through, inner, condition = self.aliases[name]
            if inner != "returned":
                use, note = inner, f"decided inside the macro {name}"
            if And(path_condition, condition) == FALSE:
                note = "the macro is another one here"
        if piece.tail_cut and op.end > piece.end:
            use, note = "handled", "the statement is cut off"
        if self.types.get(through[-1] if through else name) == "void" and use in {"discarded", "void-cast"}:
            use, note = "void-callee", ""
        guards = self.guards(shown, judged)
        arguments = tuple(squash_c(self.data[part.start:part.end]) for part in op.expr.parts[1:])
        parameters = [parameter_name(text) for text in piece.header.parameters]
        graph = shown.variant.graph
        asked = [atom for guard in guards for atom in guard.condition.variables()]
        return Call(
            callee=name, span=self.span(offset, max(op.expr.end, offset + len(name))), function=piece.header.name,
            use=use,
            arguments=arguments, values=values_of(graph, self.data, parameters, (*arguments, *asked),
                             self.declared(piece)),
            changed=tuple(sorted(graph.changed)), results=tuple(sorted(results_in(graph))),
            statement=squash_c(self.data[op.start:min(op.end, len(self.data))]).rstrip(";"),
            path_condition=path_condition, guards=guards, variable=outcome.variable, note=note,
            steps=tuple(Step(line=self.lines.line(step.start),
                             text=text if text != "path" else self.line_text(step.start))
                        for step, text in outcome.trail),
            through=through,
            returns_from=tuple(sorted({self.lines.line(event.op.start) for other in judged
                                       for event in other.outcome.events if event.kind == "return"})),
            reports=errors_given(shown.variant.flow, outcome, piece.header.returns) if use == "handled" else ())

    def guards(self, shown: Judged, judged: list[Judged]) -> tuple[Guard, ...]:
        """Return the guards of a call; one that other `#if` arms of the function do not have holds only in its own."""
        guards = _guards(self.data, shown, self.lines)
        others = [(other.variant.condition, _guards(self.data, other, self.lines)) for other in judged
                  if other is not shown]
        told = []
        for guard in guards:
            without = [condition for condition, those in others if guard not in those]
            nest = self.conditions.at_line(guard.line)
            if any(And(nest, condition) != FALSE for condition in without):
                nest = shown.variant.condition
            told.append(replace(guard, condition=Or(Not(nest), guard.condition)) if without else guard)
        return tuple(told)

    def declared(self, piece: Piece) -> dict[str, str]:
        """Return the constants of a function of which only pieces are known, as its earlier pieces declare them."""
        if not piece.head_cut or not piece.header.name:
            return {}
        if self.pieces_in_order is None:
            self.pieces_in_order = find_pieces(self.source, self.lines)
        found: dict[str, str] = {}
        for other in self.pieces_in_order:
            if other.header.name == piece.header.name and other.start < piece.start:
                found.update(constants_in(self.data[other.body:other.end]))
        return found

    def line_text(self, offset: int) -> str:
        line = self.lines.line(offset)
        start = self.lines.start(line)
        return squash_c(self.data[start:min(start + _MOST_LINE, self.lines.start(line + 1))])

    def unparsed(self, piece: Piece, offset: int, name: str, why: str) -> Call:
        """Return a call that the graph does not hold: its use is told by the words around it."""
        end = self.closing_bracket(offset + len(name), within=_MOST_ITEM)
        inside = self.data[offset + len(name):end]
        before = self.data[max(piece.body, offset - _MOST_ITEM):offset].rstrip()
        after = self.data[end:end + 80].lstrip()
        use: Use = "handled"
        if before[-1:] in {b";", b"{", b"}"} and after[:1] == b";":
            use = "discarded"
        elif before.endswith(b"return"):
            use = "returned"
        if not why:
            self.skip(offset, "parse", "the grammar could not read this statement")
        if self.types.get(name) == "void" and use == "discarded":
            use = "void-callee"
        return Call(callee=name, span=self.span(offset, end), function=piece.header.name, use=use,
                    arguments=_split_arguments(inside.strip()[1:-1]) if len(inside) < _MOST_ITEM else (),
                    statement=squash_c(self.data[offset:end]), path_condition=self.conditions.at_offset(offset),
                    note="told by the words around it; the statement could not be read",
                    returns_from=(self.lines.line(offset),) if use == "returned" else ())

    def receiver(self, name: str, argument: int) -> Use | None:
        """Return what a function of this file does with one of its arguments, None when it is not in this file."""
        key = (name, argument)
        if key not in self.receivers:
            self.receivers[key] = None
            self.receivers[key] = self.receive(name, argument)
        return self.receivers[key]

    def receive(self, name: str, argument: int) -> Use | None:
        if self.all_pieces is None:
            self.all_pieces = {piece.header.name: piece for piece in find_pieces(self.source, self.lines)}
        piece = self.all_pieces.get(name)
        if piece is None or argument >= len(piece.header.parameters) or piece.tail_cut or piece.head_cut:
            return None
        parameter = parameter_name(piece.header.parameters[argument])
        if not parameter:
            return None
        try:
            body = analyse(self.data, piece, self.conditions)
        except BudgetError:
            return None
        uses = {variant.flow.parameter_use(parameter) for variant in body.variants}
        return next((use for use in reversed(_DROPPED) if use in uses), "returned" if "returned" in uses else None)

    # Outside functions

    def top_level(self, layout: Layout, offset: int, name: str) -> None:
        start = self.item_start(layout, offset)
        before = [word for word, _ in identifiers(self.data, start=start, end=offset)]
        text = self.data[start:offset].rstrip()
        if any(_EXPORT.fullmatch(word) for word in before[-2:]):
            self.mention(offset, name, "export")
        elif before and text.endswith(b"(") and (before[-1] in self.made_by or self.defines(before[-1])):
            self.made(offset, name, before[-1])
        elif self.followed_by_bracket(offset + len(name)) and any(a < offset < b for a, b in layout.groups) \
                and not self.member(offset):
            self.calls.append(self.unparsed(Piece(header=Header(), start=start, body=start, end=offset), offset, name,
                                            "it stands in no function that could be told apart"))
        elif self.followed_by_bracket(offset + len(name)) and before and not text.endswith((b"(", b",", b"=")):
            self.mention(offset, name, "declaration")
        elif self.member(offset):
            self.mention(offset, name, "member")
        else:
            self.mention(offset, name, "escape")

    def item_start(self, layout: Layout, offset: int) -> int:
        """Return where the top-level item that holds `offset` starts, at most 4000 bytes before it."""
        start = max(0, offset - _MOST_ITEM)
        for spans in (layout.directives, layout.groups, tuple((piece.start, piece.end) for piece in layout.pieces)):
            index = bisect_right(spans, (offset, 0)) - 1
            start = max(start, spans[index][1] if index >= 0 and spans[index][1] <= offset else 0)
        return max(start, self.data.rfind(b";", start, offset) + 1)

    def defines(self, macro: str) -> bool:
        return any(found.name == macro and "{" in found.body for found in self.macros)

    def made(self, offset: int, name: str, macro: str) -> None:
        """Note the functions that a macro such as `__SET_MEMORY_FUNC(set_memory_ro, ...)` defines here."""
        self.mention(offset, name, "definition", function=name)
        opening = self.data.rfind(b"(", 0, offset)
        end = self.closing_bracket(opening)
        arguments = _split_arguments(self.data[opening + 1:end - 1])
        start = self.data.rfind(macro.encode(), 0, opening)
        bodies = self.macro_bodies(macro)
        made = [pair for body, parameters in bodies for pair in made_functions(body, parameters, arguments)]
        for made_name, header in made or [(name, Header(name=name, returns="int"))]:
            span = self.span(start, end)
            self.functions[span.line, made_name] = Function(
                name=made_name, span=span, body=span, returns=header.returns, static=header.static,
                inline=header.inline, parameters=header.parameters, signature=header.signature,
                must_check=header.must_check, path_condition=self.conditions.at_offset(offset), calls_all=(),
                by_macro=macro)

    def macro_bodies(self, name: str) -> list[tuple[bytes, tuple[str, ...] | None]]:
        found = []
        for hit in re.finditer(rb"#[ \t]*define[ \t]+" + re.escape(name.encode()) + rb"\b", self.data):
            end = re.compile(rb"(?:\\\r?\n|[^\n])*").match(self.data, hit.start())
            macro = read_macro(self.data, hit.start(), end.end() if end else len(self.data))
            if macro:
                found.append((self.data[macro.body:macro.end], macro.parameters))
        return found

    # Places

    def mention(self, offset: int, name: str, kind: MentionKind, *, function: str = "") -> None:
        self.mentions.append(Mention(
            name=name, line=self.lines.line(offset), column=self.lines.column(offset), kind=kind, function=function,
            text=self.line_text(offset), path_condition=self.conditions.at_offset(offset)))

    def span(self, start: int, end: int) -> Span:
        last = max(start, end - 1)
        return Span(line=self.lines.line(start), column=self.lines.column(start), end_line=self.lines.line(last),
                    end_column=self.lines.column(last))

    def followed_by_bracket(self, end: int) -> bool:
        found = _SPACE.match(self.data, end)
        return found is not None and self.data[found.end():found.end() + 1] == b"("

    def closing_bracket(self, at: int, *, within: int | None = None) -> int:
        """Return the offset behind the `)` that matches the next `(`; else the end of the file or of what is asked."""
        level, last = 0, len(self.data) if within is None else min(at + within, len(self.data))
        for found in _BRACKETS.finditer(self.data, at, last):
            text = found.group()
            level += text == b"("
            level -= text == b")"
            if (text in {b"(", b")"} and level <= 0) or (text == b";" and level <= 0):
                return found.end()
        return last

    def member(self, offset: int) -> bool:
        before = self.data[max(0, offset - 40):offset].rstrip()
        return before.endswith(b"->") or (before.endswith(b".") and not before.endswith(b"..."))

    def declares(self, offset: int) -> bool:
        """Return whether a type stands before the name: it is declared, not called."""
        before = self.data[max(0, offset - 80):offset].rstrip()
        word = re.search(rb"(\w+)[ \t*]*\Z", before)
        return (word is not None and word.group(1).decode("latin-1") in {"int", "void", "bool", "long"}) or (
            before.endswith(b"*") and re.search(rb"[;{}]\s*\w+\s*\*+\Z", before) is not None)


_BRACKETS = re.compile(rb'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|/\*.*?\*/|[();]', re.DOTALL)


def _outside(places: list[tuple[int, str]], *spans: tuple[tuple[int, int], ...]) -> list[tuple[int, str]]:
    """Return the places outside all spans (each tuple of spans sorted)."""
    for group in spans:
        starts = [start for start, _ in group]
        kept = []
        for offset, name in places:
            index = bisect_right(starts, offset) - 1
            if index < 0 or offset >= group[index][1]:
                kept.append((offset, name))
        places = kept
    return places


def _squashed(text: str) -> str:
    return squash_c(text.encode("latin-1"))


def _guards(data: bytes, judged: Judged, lines: Lines) -> tuple[Guard, ...]:
    """Return the guards of a call; one that follows from another is left out."""
    found: list[Guard] = []
    for decision, holds in guards_of(judged.variant.graph, judged.place[0]):
        condition = parse_c_condition(data[decision.expr.start:decision.expr.end])
        found.append(Guard(line=lines.line(decision.expr.start), condition=condition if holds else Not(condition)))
    for switch, labels in cases_of(judged.variant.graph, judged.place[0]):
        cases = tuple(dict.fromkeys(_squashed(label) for label, _ in switch.cases if label != "default"))
        if len(cases) <= _MOST_CASES:
            value = squash_c(data[switch.expr.start:switch.expr.end])
            asked = {case: Var(f"({value} == {case})") for case in cases}
            led = Or(*(asked[case] for case in cases if case in {_squashed(one) for one in labels}))
            if "default" in labels:
                led = Or(led, And(*(Not(one) for one in asked.values())))
            found.append(Guard(line=lines.line(switch.expr.start), condition=led, cases=cases))
    found.sort(key=lambda guard: guard.line)
    parts = {part for guard in found if guard.condition.op == "and" for part in guard.condition.parts}
    kept: dict[Cond, Guard] = {}
    for guard in found:
        if guard.condition not in parts:
            kept.setdefault(guard.condition, guard)
    return tuple(kept.values())


def _split_arguments(text: bytes) -> tuple[str, ...]:
    parts: list[bytes] = []
    level, start = 0, 0
    for found in re.finditer(rb'"(?:\\.|[^"\\\n])*"|[(){}\[\],]', text):
        match found.group():
            case b"(" | b"{" | b"[":
                level += 1
            case b")" | b"}" | b"]":
                level -= 1
            case b"," if level == 0:
                parts.append(text[start:found.start()])
                start = found.end()
    parts.append(text[start:])
    squashed = tuple(squash_c(part) for part in parts)
    return () if squashed == ("",) else squashed


def describe_function(data: bytes, piece: Piece, conditions: Conditions) -> Function:
    """Return a function as the other rooms see it."""
    lines = conditions.lines
    header = piece.header
    last = max(piece.start, piece.end - 1)
    start = header.start if not piece.head_cut else piece.start
    if piece.head_cut:
        first = re.compile(rb"\s*").match(data, piece.start, piece.end)
        start = first.end() if first else piece.start
    called = {name.decode("latin-1") for name in _CALLED.findall(data, piece.body, piece.end)}
    return Function(
        name=header.name,
        span=Span(line=lines.line(start), column=lines.column(start), end_line=lines.line(last),
                  end_column=lines.column(last)),
        body=Span(line=lines.line(piece.body), column=lines.column(piece.body), end_line=lines.line(last),
                  end_column=lines.column(last)),
        returns=header.returns, static=header.static, inline=header.inline, parameters=header.parameters,
        signature=header.signature, must_check=header.must_check, path_condition=conditions.at_offset(start),
        calls_all=tuple(sorted(called - KEYWORDS - {"defined"})), by_macro=header.by_macro)


@lru_cache(maxsize=128)  # many rules ask about the same few files
def functions_of(data: bytes) -> tuple[Function, ...]:
    """Return every function definition of a file in order, also in files that no C grammar accepts."""
    conditions = read_conditions(data)
    return tuple(describe_function(data, piece, conditions) for piece in split_file(data).pieces)


def _offsets(data: bytes, names: frozenset[str]) -> list[int]:
    """Return where the names stand as whole words, in order: a few are found sooner one after the other."""
    if len(names) > _FEW:
        return [found.start() for found in _pattern(names).finditer(data)]
    return sorted(at for name in names for at in places_of(name.encode("latin-1"), data, joined_by=b"$"))


def functions_with(data: bytes, names: frozenset[str]) -> tuple[Function, ...]:
    """Return those functions of a file, in order, in which one of the names stands."""
    offsets = _offsets(data, names)
    if not offsets:
        return ()
    conditions = read_conditions(data)
    return tuple(describe_function(data, piece, conditions) for piece in split_file(data, offsets).pieces
                 if bisect_left(offsets, piece.start) < bisect_left(offsets, piece.end))


def account(path: str, data: bytes, facts: FileFacts, *, names: frozenset[str]) -> tuple[Skip, ...]:
    """Return a Skip for each place where one of the names stands as a word of C and `facts` say nothing about it.

    Counted by a lexer that knows comments, strings and preprocessor text; an empty result means nothing was lost.
    """
    lines = Lines(data)
    known = Counter((call.span.line, call.span.column) for call in facts.calls)
    known.update((mention.line, mention.column) for mention in facts.mentions)
    lost = []
    for name, offset in identifiers(data):
        if name in names:
            place = (lines.line(offset), lines.column(offset))
            if known[place] != 1:
                what = "nothing is known about" if known[place] == 0 else "counted twice:"
                lost.append(Skip(where=f"{path}:{place[0]}:{place[1]}", stage="account", why=f"{what} '{name}'"))
    return tuple(lost)
