"""When a Kconfig entry selects a symbol, in the words of its own lines.

Accepted: the lines of one Kconfig file, of which those that no hunk shows are empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from reviewbot.checks.analysis import Analysis
from reviewbot.errors import BudgetError, UsageError
from reviewbot.kconfig.lines import read_line
from reviewbot.logic import FALSE, TRUE, Cond, Or, equivalent, parse_condition
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["Selected", "entry_at", "hunk_sections", "selected_when"]

_DIGIT_FIRST = regex(r"(?<!\w)(\d\w*[A-Za-z]\w*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """The `select` lines of one symbol in one entry: their conditions as written, "" for none."""

    texts: tuple[str, ...] = ()

    def says(self) -> str:
        """Return when the symbol is selected, as a word or words that go before `before` or `now`."""
        if "" in self.texts:
            return "always"
        return "when " + " || ".join(f"({text})" if len(self.texts) > 1 and " " in text else text
                                     for text in self.texts) if self.texts else "never"

    def same(self, other: Selected) -> bool:
        """Return whether both hold in the same configurations, as far as their words show it."""
        try:
            return equivalent(self._condition(), other._condition())
        except (BudgetError, UsageError):
            return self.texts == other.texts

    def _condition(self) -> Cond:
        return Or(*(_read(text) for text in self.texts)) if self.texts else FALSE


def selected_when(text: Sequence[str], symbol: str, entry: str, entry_of: Callable[[int], str]) -> Selected:
    """Return the `select` lines of the symbol that the entry has."""
    found = ((said, number) for number, line in enumerate(text, 1) if symbol in line and (said := read_line(line)))
    return Selected(texts=tuple(dict.fromkeys(
        " ".join(given[1].split()) for said, number in found if said.word == "select" and (given := said.gives())
        and given[0] == symbol and entry_of(number) == entry)))


def hunk_sections(analysis: Analysis, position: int, file: PatchedFile, *, old: bool) -> dict[int, str]:
    """Return, where only fragments are known, the text behind the second @@ of each hunk at the hunk's first line."""
    if file.applies not in {"fragment", "failed", "merged"} or (file.applies == "merged" and file.whole):
        return {}
    patch = next((p for p in analysis.series.patches if p.index == analysis.patched.states[position].index), None)
    hunks = [hunk for diff in (patch.files if patch else ()) if diff.path == file.path for hunk in diff.hunks]
    if file.applies != "merged":
        return {hunk.old_start if old else hunk.new_start: hunk.section for hunk in hunks}
    text = decode((file.before if old else file.after) or b"").splitlines()
    starts = ((_start_of([line.text for line in hunk.lines if line.kind != ("+" if old else "-")], text), hunk.section)
              for hunk in hunks)
    return {start: section for start, section in starts if start}


def _start_of(lines: list[str], text: list[str]) -> int:
    """Return the line at which the one run of lines like these begins, 0 for none or several."""
    found = [at for at in range(len(text) - len(lines) + 1) if text[at:at + len(lines)] == lines]
    return found[0] + 1 if len(found) == 1 else 0


def entry_at(text: Sequence[str], number: int, hunks: Mapping[int, str]) -> str:
    """Return the entry that a line stands in, `config X`, or "" for none that is known; in a fragment git names the
    one above a hunk's first line."""
    start = max((first for first in hunks if first <= number), default=0)
    above = [*text[max(0, start - 1):number]]
    for line in reversed([hunks[start], *above] if start else above):
        words = line.split()
        if words[:1] in (["config"], ["menuconfig"], ["choice"]) and not line[0].isspace():
            return " ".join(words[:2])
    return ""


def _read(text: str) -> Cond:
    return parse_condition(_DIGIT_FIRST.sub(r"CONFIG_\1", text)) if text else TRUE
