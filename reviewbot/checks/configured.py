"""Questions to the configuration that findings rest on: on which architecture can this be, and what shows it."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Any, cast

from reviewbot.cfacts.conditions import Conditions, read_conditions
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import arch_values, own_arch
from reviewbot.checks.changed_names import sightings_of
from reviewbot.findings.types import Evidence
from reviewbot.kconfig import Answer
from reviewbot.kconfig.guards import of_options
from reviewbot.logic import FALSE, TRUE, And, Cond, Or, Ternary
from reviewbot.patterns import regex
from reviewbot.source.types import Tree
from reviewbot.text import clip
from reviewbot.values import dataclass

__all__ = [
    "Shown",
    "concerned",
    "example_evidence",
    "first_possible",
    "has_kconfig",
    "in_kconfig_words",
    "is_whole",
    "needed_at",
    "nest_at",
    "nest_in",
    "reason_evidence",
    "settled_by_name",
]

_MOST_TEXT = 300
_PLACE = regex(r"\(([^\s():]+):(\d+)\)")
_PREFERRED = ("x86", "arm64")
_CALLED = regex(r"(?<!\w)([A-Za-z_]\w*)\s*\(")
_WHOLE_CALL = regex(r"([A-Za-z_]\w*)\s*\(.*\)", re.DOTALL)
_NO_CALLS = frozenset({"sizeof", "typeof", "__builtin_expect", "likely", "unlikely", "static_branch_likely",
                       "static_branch_unlikely", "static_key_enabled", "static_key_false", "static_key_true",
                       "READ_ONCE", "WARN_ON", "WARN_ON_ONCE"})
"""What no compiler settles, or what is as settled as its arguments."""
_IN_C = {"defined(__ASSEMBLY__)": False, "defined(__ASSEMBLER__)": False, "defined(__KERNEL__)": True}
_MOST_ASKED = 8
_DEEPEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An architecture on which a condition can hold, and the answer with its example configuration."""

    arch: str
    condition: Cond
    answer: Answer


def has_kconfig(tree: Tree) -> bool:
    """Return whether the tree can answer questions about configurations at all."""
    return tree.kind != "none" and tree.exists("Kconfig")


def is_whole(analysis: Analysis) -> bool:
    """Return whether the tree at each moment is as the author has it: no patch is missing, no file failed to apply.

    Where it is not, what the tree lacks may well be in what is missing.
    """
    return not analysis.series.missing and not any(
        not file.whole for state in analysis.patched.states for file in state.files)


def concerned(analysis: Analysis, tree: Tree, *paths: str) -> tuple[str, ...]:
    """Return the architectures that code in all these files can be built for, the common ones first."""
    owners = {own_arch(path) for path in paths} - {""}
    if len(owners) > 1:
        return ()
    if owners:
        return tuple(owners) if all(tree.exists(f"arch/{arch}/Kconfig") for arch in owners) else ()
    every = [arch for arch in analysis.arches if tree.exists(f"arch/{arch}/Kconfig")]
    return tuple(sorted(every, key=lambda arch: (arch not in _PREFERRED, arch)))


def settled_by_name(tree: Tree, condition: Cond, arch: str) -> Cond:
    """Return the condition without what the architecture's name and its plain `select` lines settle: a cheap look."""
    if not any(name.startswith("CONFIG_") for name in condition.variables()):
        return condition
    return condition.assume(arch_values(tree, arch))


def first_possible(analysis: Analysis, moment: int, condition: Cond, arches: Iterable[str],
                   *, file: str = "") -> Shown | None:
    """Return the first architecture on which the condition certainly can hold in code of `file` at that moment.

    `moment` counts the sides of the analysis: `position + 1` is the one after the patch at that position.
    """
    config = analysis.configs[moment]
    if file.endswith(".c"):
        condition = condition.assume(_IN_C)
    for arch in arches:
        rough = settled_by_name(config.tree, condition, arch)
        if rough == FALSE:
            continue
        whole = And(condition, config.kbuild(file, arch)) if file.endswith((".c", ".S")) else condition
        whole = config.simplified(whole, arch)
        answer = config.possible(whole, arch)
        if answer.ternary is Ternary.YES:
            return Shown(arch=arch, condition=whole, answer=answer)
    return None


def in_kconfig_words(example: Iterable[tuple[str, str]]) -> str:
    """Return an example configuration in one line: `DEBUG_PAGEALLOC=y SLAB=y`; `the default` for nothing to set."""
    return clip(" ".join(f"{name}={value}" for name, value in example), _MOST_TEXT) or "the default configuration"


def example_evidence(shown: Shown, rev: str) -> Evidence:
    """Return the configuration that shows a finding as evidence."""
    return Evidence(kind="kconfig", file=f"arch/{shown.arch}/Kconfig", line=0,
                    text=f"possible on {shown.arch}: {in_kconfig_words(shown.answer.example)}", rev=rev)


def nest_at(tree: Tree, path: str, line: int) -> Cond:
    """Return the `#if` nest of a line, with the file's own switches (`#define DEBUG 1 ... #else ... 0`) settled."""
    return nest_in(tree.read(path) or b"", line)


def nest_in(data: bytes, line: int) -> Cond:
    """Return the same of a line of a file's content."""
    conditions = read_conditions(data)
    nest = conditions.at_line(line)
    if all(name.startswith("CONFIG_") for name in nest.variables()):
        return nest

    switches, known = _switches(data), dict[str, Cond | None]()

    def settled(name: str) -> Cond | None:
        """A macro that the file defines as a number under every condition."""
        if name not in switches:
            return None
        if name not in known:
            known[name] = _settled(switches[name], conditions)
        return known[name]

    return nest.replace(settled)


_SWITCH = regex(rb"^[ \t]*#[ \t]*define[ \t]+(?!CONFIG_)([A-Za-z_]\w*)[ \t]+(\w+)", re.MULTILINE)


@lru_cache(maxsize=64)
def _switches(data: bytes) -> dict[str, list[tuple[int, bytes]]]:
    """Return where the file defines each macro whose body begins with a word, and that word."""
    found: dict[str, list[tuple[int, bytes]]] = {}
    for hit in _SWITCH.finditer(data):
        found.setdefault(hit[1].decode("latin-1"), []).append((hit.start(), hit[2]))
    return found


def _settled(places: list[tuple[int, bytes]], conditions: Conditions) -> Cond | None:
    if not all(word.isdigit() for _, word in places):
        return None
    arms = [(conditions.at_offset(start), word.strip(b"0") != b"") for start, word in places]
    if Or(*(condition for condition, _ in arms)) != TRUE:
        return None
    return Or(*(condition for condition, true in arms if true))


def needed_at(analysis: Analysis, tree: Tree, name: str, path: str, line: int, *, guards: bool,
              moment: int = 0, arch: str = "") -> Cond | None:
    """Return when a call is compiled by its `#if` nest, or, with `guards`, when the compiler keeps it.

    None when that depends on more than the configuration: a guard that an inline function decides in a way that
    cannot be told. `moment` and `arch` say for whom the inline functions are read.
    """
    nest = nest_at(tree, path, line)
    if not guards:
        return nest
    facts = analysis.reading.facts(tree, path, {name: ""})
    call = next((call for call in facts.calls if call.callee == name and call.span.line == line), None) \
        if facts else None
    if call is None and not (facts and arch and any(
            one.line == line and one.kind == "escape" and one.name == name for one in facts.mentions)):
        return None
    if call is not None and call.use == "in-macro":
        return None
    conditions = [guard.condition for guard in call.guards] if call else []
    if arch and (call is None or any("(" in variable for one in conditions for variable in one.variables())):
        conditions = [*(_told(analysis, one, path, arch, moment) for one in conditions),
                      *analysis.configs[moment].guards(path, line, arch)]
    asked = frozenset(word for one in conditions for variable in one.variables()
                      for word in _CALLED.findall(variable)) - _NO_CALLS
    if arch and len(asked) <= _MOST_ASKED:
        asked = _left_open(analysis, asked, path, arch, moment)
    if len(asked) > _MOST_ASKED or (asked and _may_be_settled(cast(Hashable, tree), asked, path, 0)):
        return None
    return And(nest, *(of_options(condition) for condition in conditions))


def _told(analysis: Analysis, condition: Cond, path: str, arch: str, moment: int) -> Cond:
    """Return a condition in which a call is what its inline definition or macro says on the architecture."""
    def truth(variable: str) -> Cond | None:
        found = _WHOLE_CALL.fullmatch(variable)
        return analysis.configs[moment].truth(found[1], arch, near=path) if found else None

    return condition.replace(truth)


def _left_open(analysis: Analysis, names: frozenset[str], path: str, arch: str, moment: int) -> frozenset[str]:
    """Return the names of which the tests do not say yet what they ask: a call whose inline definitions tell that is in
    a test as it is on the architecture, and what these ask in their turn may be open."""
    found: set[str] = set()
    for name in names:
        truth = analysis.configs[moment].truth(name, arch, near=path)
        found |= {name} if truth is None else {word for variable in truth.variables()
                                               for word in _CALLED.findall(variable)} - {name}
    return frozenset(found) - _NO_CALLS


@lru_cache(maxsize=256)
def _may_be_settled(tree: Any, names: frozenset[str], near: str, depth: int) -> bool:
    """Return whether the compiler may know what one of the called names returns under some configuration.

    That is so of a stub in a header of the `Tree` or in the file itself, of an inline function that asks for options,
    and of one whose one return statement calls such a function.
    """
    paths = tree.search(sorted(names), prefixes=("arch", "include"), suffixes=(".h",))
    inner: set[str] = set()
    for path in dict.fromkeys((*paths, near)):
        data = tree.read(path) or b""
        for name in sorted(names):
            for one in sightings_of(path, data, name):
                if one.stub or "CONFIG_" in one.gives or (one.kind == "inline" and not one.gives and (
                        "IS_ENABLED" in one.calls or len(one.calls) > _MOST_ASKED)):
                    return True
                if one.kind in {"inline", "macro"} and one.gives:
                    inner |= set(one.calls) - _NO_CALLS - names
    return bool(inner) and (depth >= _DEEPEST or len(inner) > _MOST_ASKED
                            or _may_be_settled(tree, frozenset(inner), near, depth + 1))


def reason_evidence(answer: Answer, arch: str, rev: str) -> tuple[Evidence, ...]:
    """Return the chain of Kconfig lines for which something cannot be."""
    found = []
    for line in answer.reason:
        place = _PLACE.search(line)
        found.append(Evidence(kind="kconfig", file=place[1] if place else f"arch/{arch}/Kconfig",
                              line=int(place[2]) if place else 0, text=clip(line, _MOST_TEXT), rev=rev))
    return tuple(found)
