"""Kind `written-after-init`: a variable becomes read-only after boot, and a function that can run later writes it.

No options. Looked at are files that the patch changes: a variable that it marks `__ro_after_init`, or a
write that it brings; writers are the functions of the same file that are not `__init`, nor called by such alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import is_kernel_code
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.contracts.outline import Outline, outlines_of, root_of, walk
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import places_of

__all__ = ["WRITTEN_AFTER_INIT"]

_FIELDS = frozenset({"variable", "writer", "where", "statement"})
_DECLARED = regex(rb"^(?!extern\b)(?=\w)[^\n;={}()]*?\b(?P<name>[a-zA-Z_]\w*)\s*(?:\[[^\]\n]*\]\s*)*"
                  rb"__ro_after_init\b", re.MULTILINE)
_AT_BOOT = regex(r"\b__(?:init|meminit|ref|exit|cpuinit|init_or_module|init_memblock)\b")
_MOST_CALLS = 20


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    for file in analysis.patched.states[position].files:
        if not file.whole or not file.after or not file.path.endswith(".c") or not is_kernel_code(file.path) \
                or b"__ro_after_init" not in file.after:
            continue
        for name, line in _read_only(file.after).items():
            marked = line in file.added
            written = _writers(file.path, file.after, name)
            before = {one.name for one, _, _ in _writers(file.old_path, file.before, name)} \
                if file.before and name in _read_only(file.before) else set()
            for writer, at, text in written:
                if writer.name not in before:
                    yield _finding(rule, analysis, position, file, name, line if marked else at, writer, at, text)
                    break


def _read_only(data: bytes) -> dict[str, int]:
    """Return the variables of a file that are read-only after boot, each with its line."""
    return {found["name"].decode("latin-1"): data.count(b"\n", 0, found.start("name")) + 1
            for found in _DECLARED.finditer(data)}


def _writers(path: str, data: bytes | None, name: str) -> list[tuple[Outline, int, str]]:
    """Return the functions that may run after boot and write the variable, with the line and what stands there."""
    found = []
    offsets = list(places_of(name.encode(), data))[:100] if data else []
    for outlines in outlines_of(path, data or b"", offsets, most=1) if offsets else ():
        body = outlines[0]
        if body.cut or name in body.locals or name in body.parameters or _AT_BOOT.search(body.signature):
            continue
        if body.static and _called_at_boot(path, data or b"", body.name):
            continue
        step = next((step for step in body.steps for part in walk(step.expr) if _writes(part, name)), None)
        if step is not None:
            found.append((body, step.line, body.said(step)))
    return found


def _called_at_boot(path: str, data: bytes, name: str) -> bool:
    """Return whether all that a file does with a function is to call it at boot."""
    word = name.encode()
    offsets = list(places_of(word, data))
    if any(data[at + len(word):at + len(word) + 1] != b"(" for at in offsets) or len(offsets) > _MOST_CALLS:
        return False  # it is handed on, too
    around = [one[0] for one in outlines_of(path, data, offsets, most=1)]
    calls = {one.name: len(one.calls_of(name)) for one in around}
    return sum(calls.values()) == len(offsets) - 1 > 0 and all(
        _AT_BOOT.search(one.signature) for one in around if calls[one.name])


def _writes(part: Expr, name: str) -> bool:
    if part.kind not in {"assign", "update"} or not part.parts:
        return False
    place = part.parts[0]
    behind = any((one.kind == "field" and one.name.startswith("->")) or one.kind == "deref" for one in walk(place))
    return root_of(place) == name and not behind and place.kind in {"name", "index", "field"}


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, name: str, line: int, writer: Outline,
             at: int, text: str) -> Finding:
    state = analysis.patched.states[position]
    spot = Spot(file=file.path, line=line, end_line=line, function=writer.name if line == at else "", symbol=name,
                side=analysis.after(position))
    arch = own_arch(file.path)
    return draft_finding(
        rule, state, spot, {"variable": name, "writer": writer.name, "where": f"{file.path}:{at}",
                            "statement": text.rstrip(";")}, message_id=analysis.message_id(state.index),
        evidence=(Evidence(kind="source", file=file.path, line=at, text=text, rev=f"after patch {state.index}"),),
        arches=(arch,) if arch in analysis.arches else (), says=(name, "written-after-init"))


WRITTEN_AFTER_INIT = Kind(name="written-after-init", fields=_FIELDS, changes=_run, check_options=_check)
