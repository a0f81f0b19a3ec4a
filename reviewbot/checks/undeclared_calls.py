"""Calls in touched functions for which the file that makes them sees no declaration, its includes followed for real."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from reviewbot.cfacts import functions_of
from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import Use, is_kernel_code, sightings_of, uses_of
from reviewbot.checks.configured import Shown, concerned, nest_at
from reviewbot.checks.gated_headers import is_seen_whole
from reviewbot.checks.reading import touches
from reviewbot.kconfig import KernelConfig
from reviewbot.logic import FALSE, And, Cond, Not, Or, Ternary
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile, Tree
from reviewbot.text import decode, places_of
from reviewbot.values import dataclass

__all__ = ["UndeclaredCall", "undeclared_calls"]

_MOST_NESTS = 4
_HARMLESS = regex(r"(?:generated|asm|asm-generic|linux|uapi|vdso)/.*")
_CALLED = regex(r"\b([A-Za-z_]\w*)\s*\(")
_INCLUDE = regex(r"^[ \t]*#[ \t]*include[ \t]*<([^>]+)>", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeclaredCall:
    """A call that some configuration compiles without a declaration. `header` is one that has it under another one, or
    on another architecture. `sure`: not so where the author's tree may have had what this one lacks. `also` are other
    names that the function calls so, with their first use, `beside` the other architectures that lack them."""

    name: str
    function: str
    use: Use
    header: str
    shown: Shown
    sure: bool = True
    also: tuple[tuple[str, Use], ...] = ()
    beside: tuple[str, ...] = ()


def undeclared_calls(analysis: Analysis, position: int) -> Iterator[UndeclaredCall]:
    """Yield, for each name that a touched function of a file calls, the first call without a declaration.

    In an architecture's own code these are names that only some of its sub-architectures have, and functions of the
    families whose header the file does not include; in generic code the latter, and names that the headers of other
    architectures alone have.
    """
    moment, tree = position + 1, analysis.sides[position + 1].tree
    for file in analysis.patched.states[position].files:
        functions = _touched(analysis, position, file)
        arch = next(iter(concerned(analysis, tree, file.path)), "") if functions else ""
        if not arch:
            continue
        new = {name: found for name, found in _new_uses(analysis, position, file, functions).items()
               if is_seen_whole(analysis, len(analysis.patched.states), name)}
        for name, headers in _declared_in(analysis, moment, file.path, frozenset(new), arch).items():
            function, use = new[name]
            shown = _undeclared(analysis, moment, name, use, arch, headers)
            if shown is not None:
                yield UndeclaredCall(name=name, function=function.name, use=use, header=headers[0], shown=shown)
        if not own_arch(file.path):
            yield from _of_other_arches(analysis, moment, file, new)


def _of_other_arches(analysis: Analysis, moment: int, file: PatchedFile, new: Mapping[str, tuple[Function, Use]]
                     ) -> Iterator[UndeclaredCall]:
    """Yield the calls of generic code whose names stand in headers of some architectures alone, for one of the others
    that builds the file."""
    config = analysis.configs[moment]
    tree, data = config.tree, file.after or b""
    brought = {name for state in analysis.patched.states for one in state.files if one.path.endswith(".h")
               for name in new if name.encode() in (one.after or b"")}
    names = sorted(new.keys() - analysis.family.names() - brought - {name for name in new
                                                                     if sightings_of(file.path, data, name)})
    generic = _headers_with(tree, names, "include")
    found = _headers_with(tree, [name for name in names if name not in generic], "arch")
    first: dict[tuple[str, ...], UndeclaredCall] = {}
    for name, headers in sorted(found.items(), key=lambda one: new[one[0]][1].line):
        function, use = new[name]
        missing = {arch: shown for arch in concerned(analysis, tree, file.path)
                   if not any(own_arch(header) == arch for header in headers)
                   and (shown := _nowhere(config, name, use, arch)) is not None}
        key = (function.name, *missing)
        if key in first:
            first[key] = replace(first[key], also=(*first[key].also, (name, use)))
        elif missing:
            arch, *beside = missing
            first[key] = UndeclaredCall(
                name=name, function=function.name, use=use, header=headers[0], shown=missing[arch],
                sure=analysis.patched.exact, beside=tuple(beside))
    yield from first.values()


def _nowhere(config: KernelConfig, name: str, use: Use, arch: str) -> Shown | None:
    """Return what shows that no file which this one includes on the architecture has the name."""
    compiled = And(nest_at(config.tree, use.file, use.line), config.kbuild(use.file, arch))
    return None if compiled == FALSE else _unseen(config, use, arch, compiled, lambda files: any(
        next(places_of(name.encode(), config.tree.read(path) or b""), None) is not None
        for path in files if path != use.file))


def _unseen(config: KernelConfig, use: Use, arch: str, compiled: Cond, has: Callable[[Iterable[str]], bool]
            ) -> Shown | None:
    """Return a configuration that compiles the line, where nothing that its file may include `has` what is asked."""
    answer = config.possible(compiled, arch)
    if answer.ternary is not Ternary.YES:
        return None
    visible = config.included(use.file, arch)
    if any(not _HARMLESS.fullmatch(name) for name in visible.unresolved) or has(visible.files):
        return None
    return Shown(arch=arch, condition=compiled, answer=answer)


def _touched(analysis: Analysis, position: int, file: PatchedFile) -> tuple[Function, ...]:
    """Return the touched functions of a C file that is about the families."""
    facts = analysis.after(position).facts.get(file.path)
    if file.after is None or not file.path.endswith(".c") or not file.whole or not is_kernel_code(file.path) \
            or facts is None or all(call.use == "in-macro" for call in facts.calls):
        return ()
    return tuple(one for one in functions_of(file.after) if one.name and touches(file, one))


def _new_uses(analysis: Analysis, position: int, file: PatchedFile, functions: tuple[Function, ...]
              ) -> dict[str, tuple[Function, Use]]:
    """Return for each name the first call on a line that the patch adds, unless the file called it so before."""
    before, after = analysis.sides[position].tree, analysis.sides[position + 1].tree
    lines = decode(file.after or b"").splitlines()
    added = {word for number in file.added if number <= len(lines) for word in _CALLED.findall(lines[number - 1])}
    found: dict[str, tuple[Function, Use]] = {}
    for function in functions:
        for name in sorted(added & set(function.calls_all) - found.keys()):
            use = next((use for use in uses_of(after, name, file.path) if use.line in file.added
                        and function.body.line <= use.line <= function.body.end_line), None)
            if use is None or name.isupper():
                continue
            old = Or(*(nest_at(before, file.old_path, one.line) for one in uses_of(before, name, file.old_path)))
            if And(nest_at(after, file.path, use.line), Not(old)) != FALSE:
                found[name] = (function, use)
    return found


def _declared_in(analysis: Analysis, moment: int, path: str, called: frozenset[str], arch: str
                 ) -> dict[str, tuple[str, ...]]:
    """Return for each name worth asking about the headers that have it, names that the file itself has left out."""
    tree = analysis.sides[moment].tree
    data = tree.read(path) or b""
    called = frozenset(name for name in called if not sightings_of(path, data, name))
    core = sorted(called & analysis.family.names("core"))
    found = {name: tuple(other for other in paths if other.endswith(".h") and own_arch(other) in {"", arch}
                         and sightings_of(other, tree.read(other) or b"", name))
             for name, paths in (analysis.files_with(moment, core) if core else {}).items()}
    others = sorted(called - frozenset(core)) if own_arch(path) else []
    inner = _headers_with(tree, others, f"arch/{arch}/include")
    generic = _headers_with(tree, sorted(inner), "include")
    found.update({name: those for name, those in inner.items() if name not in generic})
    return {name: found[name] for name in sorted(found) if found[name]}


def _headers_with(tree: Tree, names: list[str], folder: str) -> dict[str, tuple[str, ...]]:
    """Return for each of the names that headers below a folder have those headers."""
    found: dict[str, tuple[str, ...]] = {}
    for path in tree.search(names, prefixes=(folder,), suffixes=(".h",)) if names else ():
        data = tree.read(path) or b""
        for name in names:
            if name.encode() in data and any(one.kind != "export" for one in sightings_of(path, data, name)):
                found[name] = (*found.get(name, ()), path)
    return found


def _undeclared(analysis: Analysis, moment: int, name: str, use: Use, arch: str, headers: tuple[str, ...]
                ) -> Shown | None:
    """Return a configuration that compiles the call where the file certainly sees none of the headers."""
    config = analysis.configs[moment]
    compiled = And(nest_at(config.tree, use.file, use.line), config.kbuild(use.file, arch))
    if compiled == FALSE:
        return None
    if name in analysis.family.names("core") and not _names_header(config, use.file, headers):
        return _unseen(config, use, arch, compiled, lambda files: not set(headers).isdisjoint(files))
    if not all(header.startswith(f"arch/{arch}/include/asm/") for header in headers):
        return None
    for nest in config.nests_around(headers[0], arch)[:_MOST_NESTS]:
        given = And(compiled, Not(nest))
        answer = config.possible(given, arch)
        if answer.ternary is Ternary.YES:
            seen = config.seen(name, use.file, arch, given, paths=headers)
            if seen and all(one.there is Ternary.NO for one in seen):
                return Shown(arch=arch, condition=given, answer=answer)
    return None


def _names_header(config: KernelConfig, path: str, headers: tuple[str, ...]) -> bool:
    """Return whether the file itself includes one of the headers, as `<linux/x.h>` or `<asm/x.h>`."""
    named = set(_INCLUDE.findall(decode(config.tree.read(path) or b"")))
    return any(header.split("/include/", 1)[-1].removeprefix("include/") in named for header in headers) \
        or "linux/set_memory.h" in named
