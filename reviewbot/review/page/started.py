"""Events out of switches of the command line: what is on or off from the start now, in files of the family."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.arches import own_arch
from reviewbot.patterns import regex
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import Reader
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode

__all__ = ["other_starts"]

_SWITCH = regex(r"^(?:module_param|core_param|module_param_named|core_param_cb)\s*\(([^;]*)\)\s*;", re.MULTILINE)
_WORD = regex(r"[A-Za-z_]\w*")
_FLAG = regex(r"^(?:static[ \t]+)?bool[ \t]+(?:__\w+[ \t]+)*(\w+)(?:[ \t]+__\w+)*"
              r"(?:[ \t]*=[ \t]*(true|false|0|1))?[ \t]*;", re.MULTILINE)
_ON = frozenset({"true", "1"})


def other_starts(reader: Reader) -> Iterator[Event]:
    """Yield the flags that a parameter of the kernel or of a module sets, and that a patch starts otherwise."""
    analysis = reader.analysis
    names = analysis.family.names()
    for position, state in analysis.states():
        if reader.patches is not None and state.index not in reader.patches:
            continue
        facts = analysis.after(position).facts
        for file in state.files:
            known = facts.get(file.path)
            if not file.whole or known is None or not any(call.callee in names for call in known.calls):
                continue
            for name, on, line in _turned(file):
                arch = own_arch(file.path)
                yield Event(
                    kind="protection", key=("started", str(state.index), file.path, name), verdict="different",
                    arch=(arch,) if arch else tuple(one for one in analysis.arches
                                                    if not analysis.never_builds(file.path, one)),
                    config="", reason="", patch=state.index, file=file.path, line=line, functions=(),
                    gist=f"{name} is {'on' if on else 'off'} from the start now, unless a parameter says otherwise; "
                         f"it was {'off' if on else 'on'}",
                    symbols=frozenset(), consequence="changed", reach="distribution",
                    certainty=reader.certainty(state.index, file.path), because=())


def _turned(file: PatchedFile) -> Iterator[tuple[str, bool, int]]:
    """Yield (flag, what it is now, its line) for each flag of a parameter whose first value the patch changes."""
    old, new = decode(file.before or b""), decode(file.after or b"")
    set_by_hand = {word for hit in _SWITCH.finditer(new) for word in _WORD.findall(hit[1])}
    before = {hit[1]: hit[2] in _ON for hit in _FLAG.finditer(old)}
    for hit in _FLAG.finditer(new):
        on = hit[2] in _ON
        if hit[1] in set_by_hand and before.get(hit[1], on) != on:
            yield hit[1], on, new.count("\n", 0, hit.start()) + 1
