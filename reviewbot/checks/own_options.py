"""Options that a series brings: on which architectures it selects them itself, whatever a later tree selects too."""

from __future__ import annotations

from collections.abc import Mapping

from reviewbot.checks.arches import own_arch
from reviewbot.kconfig.lines import entry_named, is_kconfig, read_line, selected
from reviewbot.series.types import Series

__all__ = ["selecting_arches"]


def selecting_arches(series: Series) -> Mapping[str, frozenset[str]]:
    """Return the options whose entries the series adds and that nothing but `select` lines of architectures sets, each
    with the architectures on which the series has such a line.

    A tree in which others select it as well is younger than the series: there it is not set by the series' doing.
    """
    added: dict[str, bool] = {}
    moved: set[str] = set()
    chosen: dict[str, set[str]] = {}
    for diff in (diff for patch in series.patches for diff in patch.files if is_kconfig(diff.new_path)):
        for hunk in diff.hunks:
            entry = ""
            for line in hunk.lines:
                name = entry_named(line.text)
                if name:
                    entry = name if line.kind == "+" else ""
                    moved |= {name} if line.kind == "-" else set()
                    if entry:
                        added.setdefault(entry, True)
                    continue
                if line.kind != "+":
                    continue
                said = read_line(line.text)
                if entry and said is not None and (said.word in {"default", "prompt"} or said.word.startswith("def_")
                                                   or said.rest[:1] in {'"', "'"}):
                    added[entry] = False
                given = selected(line.text)
                if given:
                    chosen.setdefault(given[0], set()).add(own_arch(diff.new_path))
    return {name: frozenset(chosen[name]) for name in sorted(added)
            if added[name] and name not in moved and name in chosen and "" not in chosen[name]}
