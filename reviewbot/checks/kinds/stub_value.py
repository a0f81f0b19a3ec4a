"""Kind `stub-value`: a new or changed stub that answers otherwise than it did, or than the other stubs of its name do.

Option: `api` (families).
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import is_kernel_code
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.kconfig.sightings import Sighting, SourceText
from reviewbot.source.types import PatchedFile

__all__ = ["STUB_VALUE"]

_FIELDS = frozenset({"callee", "value", "other", "place"})
_SAME = {"false": "0", "NULL": "0", "true": "1"}


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    wanted = analysis.wanted(names_option(rule, "api"))
    for file in analysis.patched.states[position].files:
        if not file.whole or not file.after or not is_kernel_code(file.path) \
                or not file.path.endswith((".c", ".h")):
            continue
        added = b"\n".join(line for number, line in enumerate(file.after.splitlines(), 1) if number in file.added)
        text: SourceText | None = None
        for name in sorted(name for name in wanted if name.encode() in file.after):
            if name.encode() not in added and b"return" not in added:
                continue
            text = text or SourceText(file.path, file.after)
            yield from _compared(rule, analysis, position, file, name, text)


def _compared(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, name: str,
              text: SourceText) -> Iterator[Finding]:
    before = _stubs(SourceText(file.old_path, file.before), name) if file.before else ()
    for stub in _stubs(text, name):
        old = next((one for one in before if one.condition == stub.condition), None)
        if old is not None and _plain(old) == _plain(stub):
            continue
        other = old or _elsewhere(analysis, position, file, name, stub)
        if other is not None:
            yield _finding(rule, analysis, position, stub, other, name)


def _stubs(text: SourceText, name: str) -> tuple[Sighting, ...]:
    """Return the stubs of the name that give a value."""
    return tuple(s for s in text.sightings(name) if s.stub and s.value)


def _plain(stub: Sighting) -> str:
    return _SAME.get(stub.value, stub.value)


def _elsewhere(analysis: Analysis, position: int, file: PatchedFile, name: str, stub: Sighting) -> Sighting | None:
    """Return another stub of the name that architectures get and that gives another value."""
    tree = analysis.after(position).tree
    for path in analysis.files_with(position + 1, (name,))[name]:
        if path == file.path or not path.endswith(".h") or {own_arch(path), own_arch(file.path)} == {""}:
            continue
        for one in _stubs(SourceText(path, tree.read(path) or b""), name):
            if _plain(one) != _plain(stub):
                return one
    return None


def _finding(rule: Rule, analysis: Analysis, position: int, stub: Sighting, other: Sighting, name: str) -> Finding:
    state = analysis.patched.states[position]
    changed = other.file == stub.file
    place = "before the patch it" if changed else f"the one at '{other.file}:{other.line}'"
    fields = {"callee": name, "value": stub.value, "other": other.value, "place": place}
    spot = Spot(file=stub.file, line=stub.line, end_line=stub.line, function=name, symbol=name,
                side=analysis.after(position))
    arch = own_arch(stub.file)
    evidence = (Evidence(kind="source", file=other.file, line=other.line, text=f"{name}() returns {other.value}",
                         rev=f"before patch {state.index}" if changed else f"after patch {state.index}"),)
    return draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index), evidence=evidence,
                         arches=(arch,) if arch else (), config=str(stub.condition))


STUB_VALUE = Kind(name="stub-value", fields=_FIELDS, changes=_run, check_options=_check)
