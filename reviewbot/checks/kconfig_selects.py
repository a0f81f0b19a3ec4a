"""When a Kconfig entry selects a symbol, in the words of its own lines.

Accepted: the lines of one Kconfig file, of which those that no hunk shows are empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reviewbot.errors import BudgetError, UsageError
from reviewbot.logic import FALSE, TRUE, Cond, Or, equivalent, parse_condition

__all__ = ["Selected", "selected_when"]

_SELECT = re.compile(r"[ \t]*select[ \t]+(\w+)(?:[ \t]+if[ \t]+([^#]+?))?[ \t]*(?:#.*)?")
_DIGIT_FIRST = re.compile(r"(?<!\w)(\d\w*[A-Za-z]\w*)")


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
    found = ((_SELECT.fullmatch(line), number) for number, line in enumerate(text, 1) if symbol in line)
    return Selected(texts=tuple(dict.fromkeys(" ".join((one[2] or "").split()) for one, number in found
                                              if one and one[1] == symbol and entry_of(number) == entry)))


def _read(text: str) -> Cond:
    return parse_condition(_DIGIT_FIRST.sub(r"CONFIG_\1", text)) if text else TRUE
