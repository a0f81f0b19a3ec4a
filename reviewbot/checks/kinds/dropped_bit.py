"""Kind `dropped-bit`: a new bit that marks entries of page tables and that a change of their protection takes away.

The patch defines the bit and the series sets it in entries, `pte_mkX(pte)`; `pte_modify()` of the architecture keeps
only what a mask names, and the bit is neither in it nor in any protection that would bring it back. No options.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from posixpath import dirname

from reviewbot.cfacts import body_text, functions_with
from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.configured import example_evidence, first_possible, nest_in
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.entry_bits import Headers, Keeping, keeping_of, marks_in, names_in
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile, Tree
from reviewbot.text import closing, decode, line_at, quote_names
from reviewbot.values import dataclass

__all__ = ["DROPPED_BIT"]

_NOTHING = regex(r"(?:_AT\([ \t]*\w+[ \t]*,[ \t]*0[ \t]*\)|\(?0[uUlL]*\)?)[ \t]*$")
_NEW = regex(r"[ \t]*#[ \t]*define[ \t]+([A-Z_][A-Z0-9_]{3,})[ \t]+\S")
_MODIFY = frozenset({"pte_modify", "pmd_modify"})
_SHARED = ("include/vdso/page.h", "include/asm-generic/page.h", "include/linux/pgtable.h")
_WHOLE = regex(r"^[ \t]*#[ \t]*define[ \t]+\w+[^\n\\]*(?:\\\n[^\n\\]*)*", re.MULTILINE)
_PROTECTIONS = frozenset({"__pgprot", "__pg", "pgprot_val"})
_READABLE = frozenset({"PRESENT", "VALID", "READ", "KERNEL"})
_PROTECTED = regex(r"\bpgprot_val\s*\(|\b(?:protection_map|vm_get_page_prot)\b")
_OF_ENTRIES = ("pte", "pmd", "pud")
_CALL = regex(r"\b([a-z_]\w*)\s*\(")
_ANSWERS = frozenset({"bool", "int"})
_MOST_FUNCTIONS = 200  # that are looked at for one that names the bit
_DEEPEST = 3
_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A function with the file that it stands in."""

    path: str
    data: bytes
    function: Function


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    for file in analysis.patched.states[position].files:
        arch = own_arch(file.path)
        if not arch or not file.path.endswith(".h") or file.after is None or arch not in analysis.arches:
            continue
        lines = decode(file.after).splitlines()
        before = names_in(decode(file.before or b""))
        for name in dict.fromkeys(found[1] for line in sorted(file.added) if line <= len(lines)
                                  and (found := _NEW.match(lines[line - 1])) and found[1] not in before):
            finding = _of_bit(rule, analysis, position, file, name, arch)
            if finding is not None:
                yield finding


def _of_bit(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, bit: str, arch: str) -> Finding | None:
    """Return the finding about one new bit, None where it is kept, comes with a protection, or this is open."""
    marking = [one for one in _users(_shown(analysis, arch), frozenset({bit})) if marks_in(one.data, one.function, bit)]
    if not marking:
        return None
    headers = _headers(analysis, arch)
    groups = frozenset({bit}) | headers.joining(bit)
    keeping = [one for path, data in headers.with_names(_MODIFY) if _is_near(path, file.path)
               for one in keeping_of(path, data, _MODIFY)]
    if not any(one.function == "pte_modify" for one in keeping) or not all(
            one.loses(bit, headers) for one in keeping) or _comes_with_protection(analysis, headers, groups, arch) \
            or _is_mended(analysis, groups, keeping) or any(
            names_in(one.body) & groups or _asks_old(headers, one, groups) for one in keeping):
        return None
    return _finding(rule, analysis, position, file, bit, arch, marking, keeping, _readers(headers, groups))


def _shown(analysis: Analysis, arch: str) -> list[tuple[str, bytes]]:
    """Return the architecture's headers as patches of the series leave them: nothing else can name a new bit."""
    return [(file.path, file.after) for _, state in analysis.states() for file in state.files
            if file.after is not None and file.path.startswith(f"arch/{arch}/include/")]


def _headers(analysis: Analysis, arch: str) -> Headers:
    """Return the headers that code of the architecture can see, as the series leaves them."""
    tree = analysis.end.tree
    paths = (*_below(tree, f"arch/{arch}/include/asm"), *_SHARED)
    return Headers(files={path: data for path in paths if (data := tree.read(path)) is not None})


def _below(tree: Tree, folder: str, depth: int = _DEEPEST) -> Iterator[str]:
    for name in tree.list_folder(folder):
        if name.endswith(".h"):
            yield f"{folder}/{name}"
        elif name.endswith("/") and depth:
            yield from _below(tree, f"{folder}/{name[:-1]}", depth - 1)


def _users(files: Iterable[tuple[str, bytes]], names: frozenset[str]) -> Iterator[_Place]:
    """Yield the functions of the files that have one of the names in their bodies, each name of a function once."""
    seen: set[str] = set()
    for path, data in files:
        for function in functions_with(data, names):
            if function.name not in seen and names & names_in(body_text(data, function)):
                seen.add(function.name)
                yield _Place(path=path, data=data, function=function)


def _is_near(path: str, other: str) -> bool:
    """Return whether code may include both headers: variants of an architecture have folders of their own."""
    one, two = dirname(path), dirname(other)
    return one == two or one.startswith(f"{two}/") or two.startswith(f"{one}/")


def _comes_with_protection(analysis: Analysis, headers: Headers, groups: frozenset[str], arch: str) -> bool:
    """Return whether a protection may have the bit, so that a change of it gives or takes the bit by intention."""
    if any("pgprot_t" in one.function.returns.split() for one in _users(headers.with_names(groups), groups)):
        return True
    for _, data in headers.with_names(groups):
        for define in _WHOLE.findall(decode(data)):
            words = names_in(define)
            if words & groups and (words & _PROTECTIONS or any(
                    part in _READABLE for word in words for part in word.split("_"))):
                return True
    sources = {file.path for _, state in analysis.states() for file in state.files
               if file.path.startswith(f"arch/{arch}/") and file.path.endswith(".c")}
    return any(names_in(text := decode(analysis.end.tree.read(path) or b"")) & groups and _PROTECTED.search(text)
               for path in sorted(sources))


def _is_mended(analysis: Analysis, groups: frozenset[str], lost: Sequence[Keeping]) -> bool:
    """Return whether some hunk of the series names the bit beside a mask: it may have no place in this tree."""
    masks = {name for one in lost for name in names_in(one.mask)} | _MODIFY
    return any(groups & (new := names_in("\n".join(line.text for line in hunk.lines if line.kind == "+")))
               and masks & new and "define" in "".join(line.text for line in hunk.lines if line.kind == "+")
               for patch in analysis.series.patches for diff in patch.files for hunk in diff.hunks)


def _asks_old(headers: Headers, keeping: Keeping, groups: frozenset[str]) -> bool:
    """Return whether the function asks the entry as it was for the bit, through a function that it calls."""
    for found in _CALL.finditer(keeping.body):
        end = closing(keeping.body, found.end() - 1)
        old = keeping.old_before if found.start() < keeping.at else keeping.old_after
        if end > 0 and names_in(keeping.body[found.end():end]) & old and _names_bit(headers, found[1], groups):
            return True
    return False


def _names_bit(headers: Headers, name: str, groups: frozenset[str]) -> bool:
    """Return whether a function of entries, or one that it comes to, names the bit."""
    seen, coming = {name}, [name]
    while coming and len(seen) <= _MOST_FUNCTIONS:
        one = coming.pop()
        for _, data in headers.with_names(frozenset({one})):
            for function in functions_with(data, frozenset({one})):
                if function.name != one:
                    continue
                if names_in(body_text(data, function)) & groups:
                    return True
                more = {*function.calls_all}.difference(seen)
                more = {called for called in more if called.startswith(_OF_ENTRIES)}
                seen.update(more)
                coming += sorted(more)
    return False


def _readers(headers: Headers, groups: frozenset[str]) -> tuple[str, ...]:
    """Return the functions that answer whether an entry has the bit."""
    return tuple(sorted({one.function.name for one in _users(headers.with_names(groups), groups)
                         if _ANSWERS & set(one.function.returns.split()) and "pte_t" in one.function.signature}))


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, bit: str, arch: str,
             marking: Sequence[_Place], lost: Sequence[Keeping], readers: Sequence[str]) -> Finding:
    state, end = analysis.patched.states[position], analysis.end
    lines = decode(file.after or b"").splitlines()
    given = [one for one in sorted(file.added) if one <= len(lines) and (found := _NEW.match(lines[one - 1]))
             and found[1] == bit]
    line = next((one for one in given if not _NOTHING.search(lines[one - 1])), given[0])
    first = next((one for one in lost if one.function == "pte_modify"), lost[0])
    marks = [one.function.name for one in marking]
    fields = {"bit": bit, "function": f"{first.function}()", "mask": first.mask,
              "marks": quote_names([f"'{name}()'" for name in marks[:_MOST]]),
              "mark": f"{marks[0]}()", "set": "set" if len(marks[:_MOST]) > 1 else "sets",
              "seen": f", which '{readers[0]}()' asks for" if len(readers) == 1 else ""}
    evidence = [Evidence(kind="source", file=one.file, line=one.line, rev="after the series",
                         text=line_at(end.tree.read(one.file), one.line)) for one in lost[:_MOST]]
    evidence += [Evidence(kind="source", file=one.path, line=one.function.span.line, rev="after the series",
                          text=line_at(one.data, one.function.span.line)) for one in marking[:_MOST]]
    there = nest_in(file.after or b"", line)
    config = str(there) if there.variables() and all(one.startswith("CONFIG_") for one in there.variables()) else ""
    shown = first_possible(analysis, position + 1, there, (arch,)) if config else None
    if shown is not None:
        evidence.append(example_evidence(shown, f"after patch {state.index}"))
    return draft_finding(
        rule, state, Spot(file=file.path, line=line, end_line=line, function="", symbol=first.function,
                          side=analysis.after(position)),
        fields, message_id=analysis.message_id(state.index), evidence=tuple(evidence), arches=(arch,),
        config=config, says=(bit, first.function))


DROPPED_BIT = Kind(name="dropped-bit", changes=_run, check_options=_check,
                   fields=frozenset({"bit", "function", "mask", "mark", "marks", "set", "seen"}))
