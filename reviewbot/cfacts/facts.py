"""Everything one file says about a set of names: each place where a name stands is a call, a mention or a Skip."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping

from reviewbot.budget import LIMITS
from reviewbot.cfacts.analysis import Body, Judged, analyse, worst
from reviewbot.cfacts.assigned import constants_in, results_in, values_of
from reviewbot.cfacts.conditions import Conditions, read_conditions
from reviewbot.cfacts.family import Family
from reviewbot.cfacts.functions import Source, describe_function, find_pieces, layout_of, names_pattern
from reviewbot.cfacts.guarding import guards_of_call
from reviewbot.cfacts.headers import Header, parameter_name
from reviewbot.cfacts.lexer import Lines, identifiers, lines_in, squash_c
from reviewbot.cfacts.macros import MacroText, macro_definition, made_functions, passes_on, read_macro
from reviewbot.cfacts.placed import Text, outside, split_arguments
from reviewbot.cfacts.reported import errors_given
from reviewbot.cfacts.split import Layout, Piece
from reviewbot.cfacts.types import Call, Definition, FileFacts, Function, Mention, MentionKind, Step, Use
from reviewbot.errors import BudgetError, Skip
from reviewbot.logic import FALSE, And, Cond
from reviewbot.patterns import regex
from reviewbot.text import places_of

__all__ = ["account", "read_file"]

_FEW = 24
_MOST_MACRO_ROUNDS = 6
_MOST_ITEM = 4_000
_EXPORT = regex(r"_?_?EXPORT_\w+|EXPORT_SYMBOL\w*|EXPORT_PER_CPU\w*|NOKPROBE_EXPORT\w*")
_DROPPED: tuple[Use, ...] = ("discarded", "unread", "void-cast", "overwritten", "warn-only", "handled")


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
    places = _places(wanted, data) if not known and len(wanted) <= _FEW else [
        (found.start(), found.group().decode("latin-1"))
        for start, end in ranges for found in names_pattern(wanted).finditer(data, start, end)]
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


def _places(names: frozenset[str], data: bytes) -> list[tuple[int, str]]:
    """Return what the pattern of a few names finds: to look for one after the other takes a tenth of its time."""
    return sorted((at, name) for name in names for at in places_of(name.encode("latin-1"), data, joined_by=b"$"))


class _File(Text):
    """Collects the facts of one file."""

    def __init__(self, source: Source, names: frozenset[str], *, types: Mapping[str, str],
                 made_by: frozenset[str]) -> None:
        super().__init__(source.data)
        self.source, self.names = source, names
        self.path = source.path
        self.types = dict(types)
        self.made_by = made_by
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
        layout = layout_of(self.source, self.lines, [offset for offset, _ in places])
        if not layout.balanced:
            self.skip(0, "split", "braces do not balance; functions were told apart by kernel style")
        self.conditions = read_conditions(self.data, self.lines, directives=layout.directives)
        self.directives(layout, places, self.names)
        fresh = frozenset(self.aliases)
        for _ in range(_MOST_MACRO_ROUNDS):  # macros that use such a macro are followed as well
            if not fresh:
                break
            more = [(found.start(), found.group().decode("latin-1"))
                    for found in names_pattern(fresh).finditer(self.data)]
            self.directives(layout, more, fresh)
            places = sorted({*places, *more})
            fresh = frozenset(self.aliases) - {name for _, name in places}
        if self.aliases:
            layout = layout_of(self.source, self.lines, [offset for offset, _ in places])
        self.code(layout, outside(places, layout.silent, layout.directives))
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
                    arguments=split_arguments(inner[opening + 1:-1]), statement=squash_c(inner),
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
        guards = guards_of_call(self.data, self.conditions, shown, judged)
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
                    arguments=split_arguments(inside.strip()[1:-1]) if len(inside) < _MOST_ITEM else (),
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
        arguments = split_arguments(self.data[opening + 1:end - 1])
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
