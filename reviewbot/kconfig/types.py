"""What the kconfig room gives: answers about configurations, and which definition a name gets."""

from __future__ import annotations

from typing import Literal

from reviewbot.errors import Skip
from reviewbot.logic import TRUE, Cond, Ternary
from reviewbot.values import dataclass

__all__ = ["Answer", "Candidate", "Definition", "Resolution", "Status", "SymbolReport"]

Status = Literal["real", "stub", "macro", "undeclared", "undefined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether a condition can hold on an architecture.

    YES comes with an `example`: the symbols to set, sorted, as (name without CONFIG_, y, m, n or a value); everything
    else keeps its default. NO comes with the `reason`: one line for each step of the chain. UNKNOWN names in `free`
    what it depends on: questions to the compiler, opaque macros, symbols of absent Kconfig files.
    """

    ternary: Ternary
    example: tuple[tuple[str, str], ...] = ()
    reason: tuple[str, ...] = ()
    free: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A place that defines, declares or exports the name, as the contract prints it.

    `condition` is when the line is compiled: its `#if` nest, joined for C files with when Kbuild builds the file.
    """

    file: str
    line: int
    kind: Literal["function", "inline", "macro", "declaration", "export"]
    condition: Cond


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A `Definition` with what the search learned about it.

    `static`: seen in its own file only. `stub`: it does nothing and returns a constant. `returns` is the C return type
    (`int`) and, for a stub, the value after a blank (`int 0`). `calls` are the names that its body calls, sorted.
    `made_by` is the macro that makes the definition, if one does. `gpl`: for an export, EXPORT_SYMBOL_GPL.
    """

    definition: Definition
    static: bool = False
    stub: bool = False
    returns: str = ""
    calls: tuple[str, ...] = ()
    made_by: str = ""
    gpl: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What the name is on `arch` under `condition`, with an `example` configuration that shows it.

    `defined_in` is `file:line`, for `undefined` that of the declaration, and empty for `undeclared`. `returns` is the
    C return type and `value` the constant that a stub returns (empty for none). `exported`
    is when modules may use it: None where the question makes no sense (inline, macro, static, undeclared).
    `ternary` is UNKNOWN when the condition rests on something that cannot be known (then `free` of its answer says on
    what).
    """

    arch: str
    status: Status
    defined_in: str
    condition: Cond
    returns: str
    example: tuple[tuple[str, str], ...]
    value: str = ""
    exported: Cond | None = None
    ternary: Ternary = Ternary.YES
    free: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolReport:
    """All that is known of one name: every place, and for each architecture what it gets, the ordinary one first."""

    symbol: str
    definitions: tuple[Definition, ...]
    resolution: tuple[Resolution, ...]
    config: Cond = TRUE
    from_file: str = ""
    skips: tuple[Skip, ...] = ()
