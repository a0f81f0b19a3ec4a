"""The Kconfig files of one architecture as a `Model`: symbols, choices and one shared table of expressions.

kconfiglib parses. It runs here in a private copy of its module whose surroundings are empty: no environment, no file
system, no import of `kconfigfunctions`, no shell. What the kernel's Kconfig asks of the compiler (`$(shell ...)`,
`$(cc-option ...)`) becomes a free variable that carries the text of the question.
"""

from __future__ import annotations

import gc
import importlib.util
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from types import ModuleType, SimpleNamespace
from typing import Any

from reviewbot.errors import BudgetError, Skip
from reviewbot.kconfig.model import Choice, Model, Place, Symbol, Table
from reviewbot.kconfig.rewrite import Part, rewrite_kconfig
from reviewbot.patterns import regex

__all__ = ["PROBE", "read_model"]

PROBE = "PROBE_"
"""What the name of a free variable that stands for a question to the tool chain starts with."""

_MOST_LABEL = 160
_MOST_REPAIRS = 4
_LONGEST_VALUE = 1 << 16  # characters of one macro's value: the kernel's own are under 200
_MOST_EXPANDED = 1 << 23  # characters of all of them
_WHERE = regex(r"(?<![^\s:])([^\s:]+):(\d+): ")


def _private_kconfiglib() -> Any:
    """Return a copy of kconfiglib of our own, cut off from the environment and from the disk.

    The ordinary module looks into the environment, imports `kconfigfunctions` from wherever Python finds one, and
    globs the disk; a tree under review must reach none of that.
    """
    spec = importlib.util.find_spec("kconfiglib")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.importlib = SimpleNamespace(import_module=_refuse_import)
    module.os = SimpleNamespace(getenv=lambda _name, default=None: default, environ={}, sep="/")
    module.expandvars = lambda text: text
    module.realpath = lambda path: path
    module.iglob = lambda pattern: (pattern,)
    return module


def _refuse_import(name: str) -> ModuleType:
    raise ImportError(name)


_lib = _private_kconfiglib()


_Parser: Any = _lib.Kconfig


class _PartFile:
    """Some lines of a file for kconfiglib to read; what lies between them is counted, not read."""

    def __init__(self, reader: _Reader, lines: Iterable[tuple[int, str]]) -> None:
        self.reader, self.lines, self.number = reader, iter(lines), 0

    def readline(self) -> str:
        number, line = next(self.lines, (0, ""))
        if not number:
            return ""
        self.reader.linenr += number - self.number - 1
        self.number = number
        return f"{line}\n"

    def close(self) -> None:
        self.lines = iter(())


class _Reader(_Parser):  # type: ignore[misc]  # kconfiglib carries no types
    """kconfiglib's parser on texts that a function gives, with answers of our own for the preprocessor."""

    def __init__(self, read: Callable[[str], str | Part | None], *, surroundings: Mapping[str, str],
                 blanked: frozenset[tuple[str, int]]) -> None:
        self.given = read
        self.surroundings = surroundings
        self.blanked = blanked
        self.absent: list[str] = []
        self.probes: dict[str, str] = {}
        self.calls: list[str] = []
        self.expanded = 0
        super().__init__("Kconfig", warn=False, warn_to_stderr=False)

    def _open(self, filename: str, mode: str) -> io.StringIO | _PartFile:  # noqa: ARG002 - kconfiglib's signature
        path = filename.lstrip("/")
        text = self.given(path)
        if text is None:
            self.absent.append(path)
            return io.StringIO("")
        lines = [number for name, number in self.blanked if name == path]
        if isinstance(text, Part):
            return _PartFile(self, [(number, "" if number in lines else line) for number, line in text])
        text = rewrite_kconfig(text)
        if lines:
            parts = text.split("\n")
            for number in lines:
                parts[number - 1:number] = [""]
            text = "\n".join(parts)
        return io.StringIO(text if text.endswith("\n") else f"{text}\n")

    def _fn_val(self, args: list[str]) -> str:
        name = args[0]
        if name == "shell":
            return self._probe(self.calls[0] if self.calls else f"$({','.join(args)})")
        if name in {"error-if", "warning-if", "info"}:
            return ""
        if name in self.surroundings and name not in self.variables:
            return self.surroundings[name]
        if name not in self.variables and name not in self._functions:
            return ""
        self.calls.append(f"$({','.join(args)})")
        try:
            value = str(super()._fn_val(args))
        finally:
            self.calls.pop()
        self.expanded += len(value)
        if len(value) > _LONGEST_VALUE or self.expanded > _MOST_EXPANDED:
            self._parse_error("macros that expand to too much text")
        return value

    def _probe(self, label: str) -> str:
        key = PROBE + sha256(label.encode("utf-8", "replace")).hexdigest()[:12]
        self.probes[key] = " ".join(label.split())[:_MOST_LABEL]
        return key

    # Caching of values, dependency loops and style warnings are of no use here and cost half of the time.
    def _build_dep(self) -> None:
        pass

    def _add_choice_deps(self) -> None:
        pass

    def _check_sym_sanity(self) -> None:
        pass

    def _check_choice_sanity(self) -> None:
        pass


@contextmanager
def _collector_off() -> Iterator[None]:
    """Switch Python's cycle collector off: it would look at half a million living objects again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_model(read: Callable[[str], str | Part | None], *, surroundings: Mapping[str, str]) -> Model:
    """Return the model of the tree whose `Kconfig` files, or parts of them, `read` gives (None: no such file).

    `surroundings` are the variables that the kernel's Makefile exports (ARCH, SRCARCH ...). A sourced file that is
    absent counts as empty and makes the model incomplete; a line that kconfiglib refuses is left out and becomes a
    Skip; a tree without any Kconfig gives an empty, incomplete model.
    """
    if read("Kconfig") is None:
        return Model(complete=False)
    blanked: frozenset[tuple[str, int]] = frozenset()
    skips: list[Skip] = []
    for _ in range(_MOST_REPAIRS):
        try:
            with _collector_off():
                reader = _Reader(read, surroundings=surroundings, blanked=blanked)
            model = _extracted(reader, skips=tuple(skips))
            _let_go(reader)
            return model
        except _lib.KconfigError as error:
            text = " ".join(str(error).split())
            skips.append(Skip(where=surroundings.get("SRCARCH", ""), stage="kconfig", why=text[:300]))
            found = _WHERE.search(text)
            if not found:
                break
            blanked |= {(found[1], int(found[2]))}
        except (BudgetError, RecursionError, UnicodeError, ValueError, AttributeError, TypeError) as error:
            # kconfiglib answers some malformed trees with an exception of Python's own.
            skips.append(Skip(where=surroundings.get("SRCARCH", ""), stage="kconfig", why=str(error)[:300]))
            break
    return Model(complete=False, skips=tuple(skips))


def _let_go(reader: _Reader) -> None:
    """Take the parser's values apart: they hold one another, and only the cycle collector would find them unused."""
    for node in [reader.top_node, *reader.node_iter()]:
        node.item = node.parent = node.next = node.list = node.kconfig = None
    for variable in reader.variables.values():
        variable.kconfig = None
    for value in (*reader.syms.values(), *reader.const_syms.values(), *reader.choices):
        value.kconfig, value.nodes, value.defaults, value.direct_dep = None, (), (), None
        if value.__class__ is _lib.Symbol:
            value.rev_dep = value.weak_rev_dep = None
            value.selects = value.implies = value.ranges = ()
        else:
            value.syms = ()


def _extracted(reader: _Reader, *, skips: tuple[Skip, ...]) -> Model:
    table = Table()
    choices = {id(choice): number for number, choice in enumerate(reader.unique_choices)}
    convert = _Converter(table, choices=choices)
    symbols: dict[str, Symbol] = {}
    for symbol in reader.unique_defined_syms:
        symbols[symbol.name] = _symbol(symbol, convert=convert, choices=choices)
    found = tuple(
        Choice(
            members=tuple(member.name for member in choice.syms),
            tristate=choice.orig_type == _lib.TRISTATE,
            optional=bool(choice.is_optional),
            visible=convert.any_of(node.prompt[1] for node in choice.nodes if node.prompt),
            defaults=tuple((value.name, convert(cond)) for value, cond in choice.defaults),
        )
        for choice in reader.unique_choices
    )
    return Model(symbols=symbols, choices=found, table=table.nodes, probes=reader.probes,
                 complete=not reader.absent and not skips, absent=tuple(sorted(set(reader.absent))), skips=skips)


def _symbol(symbol: Any, *, convert: _Converter, choices: Mapping[int, int]) -> Symbol:
    kinds = {_lib.BOOL: "bool", _lib.TRISTATE: "tristate", _lib.INT: "int", _lib.HEX: "hex", _lib.STRING: "string"}
    return Symbol(
        name=symbol.name,
        kind=kinds.get(symbol.orig_type, "unknown"),
        places=tuple(Place(file=node.filename, line=node.linenr) for node in symbol.nodes),
        visible=convert.any_of(node.prompt[1] for node in symbol.nodes if node.prompt),
        depends=convert(symbol.direct_dep),
        selected=convert(symbol.rev_dep),
        implied=convert(symbol.weak_rev_dep),
        defaults=tuple((convert(value), convert(cond)) for value, cond in symbol.defaults),
        ranges=tuple((convert(low), convert(high), convert(cond)) for low, high, cond in symbol.ranges),
        choice=choices[id(symbol.choice)] if symbol.choice else -1,
    )


class _Converter:
    """kconfiglib's nested tuples as numbers in the shared table."""

    def __init__(self, table: Table, *, choices: Mapping[int, int]) -> None:
        self._table = table
        self._choices = choices
        self._known: dict[int, int] = {}
        self._kept: list[Any] = []  # ids stay unique only while the tuples live
        relations = {_lib.EQUAL: "=", _lib.UNEQUAL: "!=", _lib.LESS: "<", _lib.LESS_EQUAL: "<=",
                     _lib.GREATER: ">", _lib.GREATER_EQUAL: ">="}
        self._relations = relations

    def any_of(self, expressions: Any) -> int:
        numbers = [self(expression) for expression in expressions]
        result = self._table.constant("n")
        for number in numbers:
            result = self._table.either(result, number)
        return result

    def __call__(self, expression: Any) -> int:
        if expression.__class__ is not tuple:
            return self._leaf(expression)
        known = self._known.get(id(expression))
        if known is not None:
            return known
        operator = expression[0]
        if operator is _lib.AND or operator is _lib.OR:
            number = self._chain(expression, operator)
        elif operator is _lib.NOT:
            number = self._table.negation(self(expression[1]))
        else:
            number = self._table.relation(self._relations[operator], self._leaf(expression[1]),
                                          self._leaf(expression[2]))
        self._known[id(expression)] = number
        self._kept.append(expression)
        return number

    def _chain(self, expression: Any, operator: Any) -> int:
        # A `||` of hundreds of selectors is a list that leans to one side: walk it without recursion.
        join = self._table.both if operator is _lib.AND else self._table.either
        pending, parts = [expression], []
        while pending:
            part = pending.pop()
            if part.__class__ is tuple and part[0] is operator and (part is expression or id(part) not in self._known):
                pending.extend((part[2], part[1]))
            else:
                parts.append(self(part))
        number = parts[0]
        for part in parts[1:]:
            number = join(number, part)
        return number

    def _leaf(self, item: Any) -> int:
        if item.__class__ is _lib.Choice:
            return self._table.choice(self._choices[id(item)])
        if item.is_constant:
            return self._table.constant(item.name)
        return self._table.symbol(item.name)
