"""Kind `lost-setting`: a patch takes away words by which code was built, placed or switched, and what needs them stays.

Option: `taken`, which of `init` (an `__init` or `__ref` of a function that uses boot code), `boot-call` (a call of boot
code that a function which stays brings), `define` (a `#define` that headers ask for), `include` (an include that alone
declares what the file uses), `forward` (a declaration of a struct that a
header's own functions take), `select` and `depends` (a Kconfig line whose option builds what the entry's code calls),
`word` (a test for an option whose name has lost its `CONFIG_`). Looked at are files near the subject, and Kconfig.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from reviewbot.cfacts.lexer import lines_in
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import is_kernel_code
from reviewbot.checks.contracted import near_paths
from reviewbot.checks.draft import Spot
from reviewbot.checks.included import asks_for_more, declared_only_by, says_struct
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.rule import Rule
from reviewbot.checks.selected import needed_of
from reviewbot.checks.step import Step
from reviewbot.contracts.changed import changed_functions
from reviewbot.contracts.learn import definitions
from reviewbot.contracts.outline import Outline, calls_in
from reviewbot.errors import DataError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.kconfig.lines import entry_named, is_kconfig, read_line
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import line_at
from reviewbot.values import dataclass

__all__ = ["LOST_SETTING"]

_FIELDS = frozenset({"function", "callee", "name", "where", "was", "now", "header", "symbol", "file"})
_TAKEN = frozenset({"init", "boot-call", "define", "include", "forward", "select", "depends", "word"})
_BOOT = regex(r"\b__(?:init|init_or_module|init_memblock)\b")
_MAY_CALL = regex(r"\b__(?:init|meminit|ref|exit|cpuinit|init_or_module|init_memblock|head|no_sanitize_address)\b")
_DEFINE = regex(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]*(?:[01])?[ \t]*$", re.MULTILINE)
_INCLUDE = regex(rb'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"]+)[>"]')
_FORWARD = regex(rb"^struct[ \t]+(\w+);[ \t]*$")
_TESTS = regex(r"\bIS_(?:ENABLED|BUILTIN|MODULE|REACHABLE)\((?!CONFIG_)([A-Z][A-Z0-9_]+)\)")
_ASKS = regex(r"([A-Z]\w+)(?:[ \t]+if .*)?")
_CONTEXT = 3  # lines of a diff around a change
_MOST_CALLEES = 12
_MOST_INCLUDES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lost:
    """One thing that went, where the finding stands, and the fields of its words."""

    shape: str
    line: int
    old: bool
    fields: dict[str, str]
    function: str = ""


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"taken"}))
    if not names_option(rule, "taken") or not set(names_option(rule, "taken")) <= _TAKEN:
        raise DataError("'taken' names nothing, or what is not known", where=str(rule.folder / "rule.toml"),
                        hint=f"of {', '.join(sorted(_TAKEN))}")


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    step = Step(analysis, position)
    taken = names_option(rule, "taken")
    near = near_paths(analysis)
    for file in step.state.files:
        kconfig = is_kconfig(file.path)
        if _placed_badly(analysis, file.path):
            continue
        if not file.whole or file.after is None or file.before is None or not (kconfig or is_kernel_code(file.path)):
            continue
        if kconfig:
            found = _kconfig(step, file) if {"select", "depends"} & {*taken} else iter(())
        else:
            found = _code(step, file, frozenset(taken)) if file.path in near else iter(())
        for one in found:
            if one.shape in taken:
                yield _finding(rule, step, file, one)


def _placed_badly(analysis: Analysis, path: str) -> bool:
    """Return whether some hunk of the series has no certain place in the file: what seems to stay may be gone by it."""
    return any(file.torn or file.unsure or not file.whole for _, state in analysis.states() for file in state.files
               if file.path == path)


def _code(step: Step, file: PatchedFile, taken: frozenset[str]) -> Iterator[_Lost]:
    if taken & {"init", "boot-call"} and file.path.endswith(".c"):
        yield from _boot(step, file)
    if "define" in taken and file.path.endswith(".c"):  # a header's word is for all who read it
        yield from _defines(step, file)
    if "include" in taken:
        yield from _includes(step, file)
    if "forward" in taken and file.path.endswith(".h"):
        yield from _forwards(step, file)
    if "word" in taken:
        yield from _words(file)


# Code and data that are gone after boot

def _boot(step: Step, file: PatchedFile) -> Iterator[_Lost]:
    for pair in changed_functions(file):
        for old, new in list(pair.sides())[:1]:
            if _MAY_CALL.search(new.signature) or "inline" in new.signature or not new.steps:
                continue
            was = old is not None and _MAY_CALL.search(old.signature)
            known = {call.name for done in old.steps for call in calls_in(done.expr)} if old is not None else set()
            called = [(call.name, new.line_of(call)) for done in new.steps for call in calls_in(done.expr)
                      if call.name and call.name != new.name and (was or call.name not in known)]
            for name, line, where in _boot_code(step, file, called, elsewhere=bool(was)):
                yield _Lost(shape="init" if was else "boot-call", line=new.line if was else line, old=False,
                            function=new.name, fields={"function": new.name, "callee": name, "where": where,
                                                       "was": was[0] if was else ""})
                break


def _boot_code(step: Step, file: PatchedFile, called: list[tuple[str, int]], *,
               elsewhere: bool) -> Iterator[tuple[str, int, str]]:
    """Yield the called functions that are boot code, with the line of the call and where they are defined."""
    left = []
    for name, line in called:
        bodies = definitions(file.path, file.after or b"", name)
        if bodies:
            if all(_BOOT.search(body.signature) for body in bodies):
                yield name, line, f"{file.path}:{bodies[0].line}"
        else:
            left.append((name, line))
    names = [name for name, _ in left][:_MOST_CALLEES] if elsewhere else []
    held = step.files_with(names) if names else {}
    tree = step.after.tree
    arch = own_arch(file.path)
    for name, line in left if names else ():
        found: list[tuple[str, Outline]] = []
        for path in held.get(name, ()):
            data = tree.read(path) if path.endswith(".c") and own_arch(path) in {"", arch} else None
            found += [(path, body) for body in definitions(path, data, name)] if data else []
        if found and all(_BOOT.search(body.signature) for _, body in found):
            yield name, line, f"{found[0][0]}:{found[0][1].line}"


# What the preprocessor is told

def _removed(file: PatchedFile) -> Iterator[tuple[int, bytes]]:
    lines = (file.before or b"").split(b"\n")
    yield from ((number, lines[number - 1]) for number in sorted(file.removed) if number <= len(lines))


def _defines(step: Step, file: PatchedFile) -> Iterator[_Lost]:
    for number, line in _removed(file):
        found = _DEFINE.match(line)
        name = found[1] if found else b""
        if not name or re.search(rb"^[ \t]*#[ \t]*define[ \t]+" + name + rb"\b", file.after or b"", re.MULTILINE):
            continue
        asked = re.compile(rb"^[ \t]*#[ \t]*(?:ifn?def[ \t]+|(?:el)?if\b.*\bdefined[ \t]*\(?[ \t]*)" + name + rb"\b",
                           re.MULTILINE)
        word = name.decode("latin-1")
        for path in step.files_with((word,)).get(word, ()):
            data = step.after.tree.read(path) if path.endswith(".h") and path != file.path else None
            hit = asked.search(data) if data else None
            if hit and not asked.search(step.analysis.end.tree.read(path) or b""):
                break  # the series takes the question away as well
            if hit and data and not re.search(rb"^[ \t]*#[ \t]*define[ \t]+" + name + rb"\b", data, re.MULTILINE):
                yield _Lost(shape="define", line=number, old=True, fields={
                    "name": word, "where": f"{path}:{lines_in(data).line(hit.start())}",
                    "header": path, "file": file.path})
                break


def _includes(step: Step, file: PatchedFile) -> Iterator[_Lost]:
    kept = {found[2] for line in (file.after or b"").split(b"\n") if (found := _INCLUDE.match(line))}
    gone = [(number, found[2]) for number, line in _removed(file)
            if (found := _INCLUDE.match(line)) and found[1] == b"<" and found[2] not in kept]
    if gone and asks_for_more(step.after.tree, file.path, file.before or b"", file.after or b""):
        return
    for number, name in gone[:_MOST_INCLUDES]:
        lost = declared_only_by(step.after.tree, file.path, file.after or b"", name.decode("latin-1"))
        if lost is not None:
            yield _Lost(shape="include", line=number, old=True, fields={
                "header": name.decode("latin-1"), "name": lost[0], "where": lost[1], "file": file.path})


def _forwards(step: Step, file: PatchedFile) -> Iterator[_Lost]:
    after = file.after or b""
    for number, line in _removed(file):
        found = _FORWARD.match(line)
        named = rb"[(,][ \t\n]*(?:const[ \t]+)?struct[ \t]+" + (found[1] if found else b"") + rb"[ \t]*\*"
        taken = re.search(named, after) if found else None
        if found and taken and not says_struct(step.after.tree, file.path, after, found[1].decode()):
            place = lines_in(after).line(taken.start() + 1)
            beside = abs(place - number) <= _CONTEXT  # the diff shows the function as well
            user = re.search(rb"(\w+)[ \t]*\(\Z", after[:taken.start() + 1])
            yield _Lost(shape="forward", line=place if beside else number, old=not beside,
                        function=user[1].decode() if user else "", fields={
                            "name": found[1].decode(), "where": f"{file.path}:{place}", "file": file.path})


def _words(file: PatchedFile) -> Iterator[_Lost]:
    lines = (file.after or b"").decode("latin-1").split("\n")
    before = (file.before or b"").decode("latin-1")
    for number in sorted(file.added):
        found = _TESTS.search(lines[number - 1]) if number <= len(lines) else None
        if found and found[0] not in before and not lines[number - 1].lstrip().startswith("#"):
            yield _Lost(shape="word", line=number, old=False, fields={"name": found[1], "now": found[0]})


# Kconfig

def _kconfig(step: Step, file: PatchedFile) -> Iterator[_Lost]:
    for verb, entry, name, number in _lines_gone(file):
        lost = needed_of(step.analysis, step.position, file.path.rpartition("/")[0], entry, name)
        head = _head_beside(file, entry, number) if lost is not None else 0
        if lost is not None:
            yield _Lost(shape="select" if verb == "select" else "depends", line=head or number, old=not head, fields={
                "symbol": entry, "name": name, "callee": lost[0], "where": lost[1], "file": lost[2]})


def _lines_gone(file: PatchedFile) -> Iterator[tuple[str, str, str, int]]:
    """Yield the verb, the entry, the option and the line of each `select` and `depends on` that goes from its entry."""
    before = (file.before or b"").decode("latin-1").split("\n")
    after = _entries((file.after or b"").decode("latin-1").split("\n"))
    for number, line in _removed(file):
        said = read_line(line.decode("latin-1"))
        found = _ASKS.fullmatch(said.rest) if said is not None and said.word in {"select", "depends on"} else None
        entry = next(filter(None, map(_head, reversed(before[:number]))), "")
        if said is not None and found and entry in after and not re.search(rf"\b{found[1]}\b", after[entry]):
            yield said.word, entry, found[1], number


def _head_beside(file: PatchedFile, entry: str, number: int) -> int:
    """Return the line on which an entry that loses the line with this number begins after the patch, where a diff shows
    both; 0 elsewhere."""
    heads = [[at for at, line in enumerate((data or b"").decode("latin-1").split("\n"), 1) if _head(line) == entry]
             for data in (file.before, file.after)]
    beside = any(number - _CONTEXT <= head < number for head in heads[0])
    return heads[1][0] if beside and len(heads[1]) == 1 else 0


def _head(line: str) -> str:
    """Return the entry that a line in the first column begins, empty for any other line."""
    return entry_named(line) if line[:1] in {"c", "m"} else ""


def _entries(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if _head(line):
            name = _head(line)
        elif line[:1] not in {"", " ", "\t", "#"}:
            name = ""
        if name:
            found[name] = f"{found.get(name, '')}{line}\n"
    return found


def _finding(rule: Rule, step: Step, file: PatchedFile, one: _Lost) -> Finding:
    side = step.before if one.old else step.after
    spot = Spot(file=file.old_path if one.old else file.path, line=one.line, end_line=one.line, function=one.function,
                symbol=one.fields.get("callee", "") or one.fields.get("name", ""), side=side, old=one.old)
    where, _, line = one.fields.get("where", "").rpartition(":")
    shown = (Evidence(kind="source", file=where, line=int(line), rev=f"after patch {step.state.index}", text=line_at(
        step.after.tree.read(where), int(line))),) if where and line.isdigit() else ()
    arch = own_arch(file.path)
    return step.finding(
        _worded(rule, one.shape), spot, {**dict.fromkeys(_FIELDS, ""), **one.fields}, evidence=shown,
        arches=(arch,) if arch in step.analysis.arches else (), says=(one.shape, *sorted(one.fields.values())))


def _worded(rule: Rule, shape: str) -> Rule:
    """Return the rule with the words for what went."""
    return replace(rule, text=rule.notes.get(shape, rule.text), question=rule.notes.get(f"ask {shape}", rule.question))


LOST_SETTING = Kind(name="lost-setting", fields=_FIELDS, changes=_run, check_options=_check,
                    notes=lambda rule: (f"{ask}{one}" for one in names_option(rule, "taken") for ask in ("", "ask ")))
