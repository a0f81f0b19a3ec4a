"""Calls in touched functions for which the file that makes them sees no declaration, its includes followed for real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewbot.cfacts import functions_of
from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import Use, is_kernel_code, uses_of
from reviewbot.checks.configured import Shown, concerned, nest_at
from reviewbot.checks.gated_headers import is_seen_whole
from reviewbot.checks.reading import touches
from reviewbot.kconfig import Candidate, KernelConfig
from reviewbot.logic import FALSE, And, Cond, Not, Ternary
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode

__all__ = ["UndeclaredCall", "called_in_arch_code", "undeclared_calls"]

_MOST_NAMES = 12
_MOST_NESTS = 4
_HARMLESS = re.compile(r"(?:generated|asm|asm-generic|linux|uapi|vdso)/.*")
_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*<([^>]+)>", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeclaredCall:
    """A call that some configuration compiles without a declaration. `header` is one that has it under another one."""

    name: str
    function: str
    use: Use
    header: str
    shown: Shown


def called_in_arch_code(analysis: Analysis) -> frozenset[str]:
    """Return the names that functions which the series touches in architectures' files call: one search finds all."""
    return frozenset(name for position, state in analysis.states() for file in state.files
                     if own_arch(file.path) for _, names in _touched(analysis, position, file) for name in names)


def undeclared_calls(analysis: Analysis, position: int) -> Iterator[UndeclaredCall]:
    """Yield, for each name that a touched function of a file calls, the first call without a declaration.

    In an architecture's own code these are names that only some of its sub-architectures have, and functions of the
    families whose header the file does not include; in generic code the latter alone.
    """
    moment, tree = position + 1, analysis.after(position).tree
    for file in analysis.patched.states[position].files:
        said: set[str] = set()
        for function, names in _touched(analysis, position, file):
            for name in names:
                if name in said or not is_seen_whole(analysis, moment, name):
                    continue
                uses = [use for use in uses_of(tree, name, file.path)
                        if function.body.line <= use.line <= function.body.end_line]
                for arch in concerned(analysis, tree, file.path)[:1] if uses else ():
                    found = _undeclared(analysis, moment, name, uses[0], arch)
                    if found is not None:
                        said.add(name)
                        yield UndeclaredCall(name=name, function=function.name, use=uses[0], header=found[0],
                                             shown=found[1])


def _touched(analysis: Analysis, position: int, file: PatchedFile) -> Iterator[tuple[Function, tuple[str, ...]]]:
    """Yield the touched functions of a C file that is about the families, and what to ask about in each."""
    data = file.after
    if data is None or not file.path.endswith(".c") or file.applies in {"fragment", "failed"} \
            or not is_kernel_code(file.path) or not analysis.after(position).facts.get(file.path):
        return
    if not any(call.use != "in-macro" for call in analysis.after(position).facts[file.path].calls):
        return
    functions = functions_of(data)
    own = {function.name for function in functions}
    core = analysis.family.names("core")
    for function in functions:
        if function.name and touches(file, function):
            calls = [name for name in function.calls_all if name not in own and not name.isupper()]
            asked = [name for name in calls if name in core or own_arch(file.path)]
            yield function, tuple(sorted(asked, key=lambda name: (name not in core, name))[:_MOST_NAMES])


def _undeclared(analysis: Analysis, moment: int, name: str, use: Use, arch: str) -> tuple[str, Shown] | None:
    config = analysis.configs[moment]
    places = [one for one in config.candidates(name, arch)
              if one.definition.kind != "export" and (one.definition.file.endswith(".h")
                                                      or one.definition.file == use.file)]
    if not places or any(one.definition.file == use.file or one.made_by for one in places):
        return None
    compiled = And(nest_at(config.tree, use.file, use.line), config.kbuild(use.file, arch))
    if compiled == FALSE:
        return None
    if name in analysis.family.names("core") and not _names_header(config, use.file, places):
        return _never_included(config, places, use, arch, compiled)
    if not all(_is_inner(one.definition.file, arch) for one in places):
        return None
    header = places[0].definition.file
    for nest in config.nests_around(header, arch)[:_MOST_NESTS]:
        given = And(compiled, Not(nest))
        answer = config.possible(given, arch)
        if answer.ternary is Ternary.YES:
            seen = config.seen(name, use.file, arch, given)
            if seen and all(one.there is Ternary.NO for one in seen if one.sighting.kind != "export"):
                return header, Shown(arch=arch, condition=given, answer=answer)
    return None


def _is_inner(path: str, arch: str) -> bool:
    """Return whether a header is one of an architecture that others of it hand on, not one that code asks for."""
    return path.startswith(f"arch/{arch}/include/asm/")


def _names_header(config: KernelConfig, path: str, places: list[Candidate]) -> bool:
    """Return whether the file itself includes one of the headers, as `<linux/x.h>` or `<asm/x.h>`."""
    named = set(_INCLUDE.findall(decode(config.tree.read(path) or b"")))
    return any(one.definition.file.split("/include/", 1)[-1].removeprefix("include/") in named for one in places) \
        or "linux/set_memory.h" in named


def _never_included(config: KernelConfig, places: list[Candidate], use: Use, arch: str, compiled: Cond
                    ) -> tuple[str, Shown] | None:
    """Return what shows that no include of the file leads to any header that has the name."""
    visible = config.included(use.file, arch)
    if any(not _HARMLESS.fullmatch(name) for name in visible.unresolved) \
            or any(one.definition.file in visible.files for one in places):
        return None
    answer = config.possible(compiled, arch)
    return (places[0].definition.file, Shown(arch=arch, condition=compiled, answer=answer)) \
        if answer.ternary is Ternary.YES else None
