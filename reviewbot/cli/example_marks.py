"""What an example of a rule says of itself: its marked lines, what a finding there must be, and the configuration."""

from __future__ import annotations

from collections.abc import Mapping

from reviewbot.errors import DataError, UsageError
from reviewbot.findings.types import LEVELS, Finding
from reviewbot.logic import Ternary, parse_condition
from reviewbot.patterns import regex
from reviewbot.text import clip, nearest, quote_names, visible
from reviewbot.values import dataclass

__all__ = ["Mark", "marks_in", "ruled_out", "settings_of", "without_marks"]

_SETTING = regex(r"(?P<name>\w+)=(?P<value>[ymn]|\d+|0x[0-9a-fA-F]+)")
# In C a comment, in Kconfig and Makefiles the rest of the line.
_MARK = regex(r"(?<![ \t])[ \t]*(?:/\*|#) (?P<kind>BAD-TODO|FALSE-TODO|BAD)\b(?P<rest>(?:(?!\*/)[^\n])*?)"
              r"(?: ?\*/|(?=\n)|\Z)")
_REST = regex(r"(?: (?P<level>[\w-]+))?(?:: ?(?P<says>.*))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What stands behind a line: BAD, BAD-TODO or FALSE-TODO, and what a finding there must be (empty: anything).

    Each of `says` must be in the finding's message, its question or one of its notes.
    """

    kind: str
    level: str = ""
    says: tuple[str, ...] = ()

    def unlike(self, finding: Finding) -> tuple[str, ...]:
        """Return what is otherwise in the finding than the mark has it, a sentence each."""
        wrong = [f"marked {self.level}, and found as {finding.level}"] if self.level not in {"", finding.level} else []
        texts = (finding.message, finding.question, *finding.notes)
        return (*wrong, *(f"says nowhere '{part}': {' | '.join(texts)}" for part in self.says
                          if not any(part in text for text in texts)))


def marks_in(text: str, *, where: str) -> dict[int, Mark]:
    """Return the mark of each line that has one, by number. Raises DataError for one that no finding can be."""
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        mark = _MARK.search(line + "\n")
        if mark is not None:
            found[number] = _mark(mark["kind"], mark["rest"].rstrip(), f"{where}:{number}")
    return found


def without_marks(text: str) -> str:
    """Return the text of the example as the kernel has it."""
    return _MARK.sub("", text)


def _mark(kind: str, rest: str, where: str) -> Mark:
    parts = _REST.fullmatch(rest)
    if parts is None or (kind != "BAD" and parts["level"]):
        raise DataError(f"a mark cannot be '{kind}{clip(visible(rest), 40)}'", where=where,
                        hint="write BAD, BAD warning, or BAD warning: a part of the message | a part of a note")
    if parts["level"] and parts["level"] not in LEVELS:
        near = nearest(parts["level"], LEVELS, most=1)
        raise DataError(f"no finding has the level '{clip(visible(parts['level']), 40)}'", where=where,
                        hint=f"did you mean {near[0]}?" if near else f"there is {quote_names(LEVELS)}")
    says = (parts["says"] or "") if kind == "BAD" else ""
    return Mark(kind=kind, level=parts["level"] or "", says=tuple(
        part.strip() for part in says.split(" | ") if part.strip()))


def settings_of(text: str, *, where: str) -> dict[str, bool]:
    """Return which variables of conditions hold where `CONFIG=y ...` is set. Raises DataError for what sets nothing."""
    holds: dict[str, bool] = {}
    for word in text.split():
        setting = _SETTING.fullmatch(word)
        if setting is None:
            raise DataError(f"'{clip(visible(word), 40)}' is no setting", where=where,
                            hint="config: has settings such as ARCH_HAS_SET_MEMORY=y, with blanks between them")
        if setting["value"] in {"y", "m", "n"}:
            holds[f"CONFIG_{setting['name']}"] = setting["value"] == "y"
            holds[f"CONFIG_{setting['name']}_MODULE"] = setting["value"] == "m"
    return holds


def ruled_out(finding: Finding, settings: Mapping[str, bool]) -> bool:
    """Return whether the finding is about other configurations than the one that the example is built with."""
    try:
        return bool(finding.config) and parse_condition(finding.config).evaluate(settings) is Ternary.NO
    except UsageError:
        return False  # a condition in words
