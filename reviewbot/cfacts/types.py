"""What one C file says: functions, calls of the API family, what becomes of each result, and under which condition.

Tree-sitter nodes never leave `cfacts`; a `Span` stands for a place.
"""

from __future__ import annotations

from typing import Literal

from reviewbot.errors import Skip
from reviewbot.logic import TRUE, Cond
from reviewbot.values import dataclass

__all__ = ["Call", "Definition", "FileFacts", "Function", "Guard", "Mention", "MentionKind", "Span", "Step", "Use"]

Use = Literal["discarded", "void-cast", "unread", "overwritten", "warn-only", "handled", "returned", "in-macro",
              "void-callee"]

MentionKind = Literal["escape", "declaration", "macro", "export", "preprocessor", "definition", "member"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A place in a file: 1-based lines, 1-based columns in bytes, the end is inclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a path that explains a statement about code: a line and what happens there."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A test in the same function that decides whether a point is reached: `condition` in C's own words as a `Cond`
    (atoms are the C text, blanks squashed; IS_ENABLED(CONFIG_X)
    becomes `CONFIG_X || CONFIG_X_MODULE`). `cases` are all labels of a switch: constants that differ. `flags` is the
    condition with the names of flags in it, None where it has none that stand for other tests."""

    line: int
    condition: Cond
    cases: tuple[str, ...] = ()
    flags: Cond | None = None

    @property
    def named(self) -> Cond:
        """Return the condition with flags under their names, as other functions ask them."""
        return self.condition if self.flags is None else self.flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. `function` is the enclosing function, or the macro's name for `in-macro`, or empty at file level.

    `statement` is the source of the whole statement, blanks squashed. `path_condition` is the nest of `#if`.
    `steps` explain the use (the path to the overwriting write, the warning that is all that sees it). `variable` is
    what the result was assigned to, if anything. `through` names the family function a wrapper hands on, innermost
    last; empty for a direct call. `returns_from` are the lines where some path returns the result to the caller: not
    empty for `returned`, and for a `handled` result that is tested first and then handed on. `reports` are the errors
    of the function's own (`-EIO`, `NULL`, `false`) that it gives its caller instead, wherever the call failed. `values`
    are the values of the local variables in its arguments and guards, where they are known, `changed` the names that
    do not keep one, `results` the local numbers that take what a call returns.
    """

    callee: str
    span: Span
    function: str
    use: Use
    arguments: tuple[str, ...]
    statement: str
    path_condition: Cond = TRUE
    guards: tuple[Guard, ...] = ()
    variable: str = ""
    note: str = ""
    steps: tuple[Step, ...] = ()
    through: tuple[str, ...] = ()
    returns_from: tuple[int, ...] = ()
    reports: tuple[str, ...] = ()
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    changed: tuple[str, ...] = ()
    results: tuple[str, ...] = ()

    @property
    def reaches_caller(self) -> bool:
        """Return whether a failure of the call reaches who called the function, as it is or as another error."""
        return self.use == "returned" or bool(self.returns_from) or bool(self.reports)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place that names a function of the family without calling it.

    `escape`: its address is taken (callback, initialiser, argument); `declaration`: a prototype;
    `macro`: `#define name ...` or the name in a `#define` body as no call; `export`: EXPORT_SYMBOL*(name);
    `preprocessor`: in another directive (`#ifdef name`); `definition`: in a header of a function definition, or as the
    argument of a macro that defines it; `member`: a field or label of the same name.
    """

    name: str
    line: int
    kind: MentionKind
    function: str = ""
    text: str = ""
    path_condition: Cond = TRUE
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function definition. `returns` is the C return type, blanks squashed (`int`, `void`, `struct page *`).

    `signature` is the text up to the body; `body` spans the braces. `calls_all` are the names of all functions and
    macros that it calls, sorted. `must_check` when the definition carries __must_check.
    """

    name: str
    span: Span
    body: Span
    returns: str
    static: bool
    inline: bool
    parameters: tuple[str, ...]
    signature: str
    must_check: bool
    path_condition: Cond
    calls_all: tuple[str, ...]
    by_macro: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A function-like or object-like macro: `body` with line continuations joined and blanks squashed."""

    name: str
    line: int
    parameters: tuple[str, ...] | None
    body: str
    path_condition: Cond


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """Everything known about one file for one set of names of interest, ordered by line."""

    path: str
    functions: tuple[Function, ...]
    calls: tuple[Call, ...]
    mentions: tuple[Mention, ...]
    macros: tuple[Definition, ...]
    skips: tuple[Skip, ...]
