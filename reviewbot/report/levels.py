"""What the levels of findings mean, and what the weight of a line of the page is made of, as tables for a report."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from reviewbot.findings.types import LEVELS, Level
from reviewbot.review.page import load_page_rules
from reviewbot.values import dataclass

__all__ = ["LevelMeaning", "WeightTable", "level_meanings", "weight_tables"]

_MEANS: Mapping[Level, tuple[str, str]] = {
    "error": ("The build breaks, an error is lost, or memory is used in an unknown state.",
              "Certain: shown by the code, in a configuration that can be built."),
    "warning": ("The same, or work that is silently not done.",
                "Very likely: shown by the code, but for something that the text alone cannot decide."),
    "question": ("Something that only the author can tell.",
                 "Derived from the code or from the model; the answer decides whether it is a defect."),
    "note": ("Nothing to do: it is mended later in the series, or only good to know.", "As above."),
}
_CONSEQUENCES: Mapping[str, str] = {
    "lost": "data lost or leaked, memory of unknown state used, the build broken, a crash",
    "undone": "work silently not done", "error-lost": "an error that nobody learns of, or is only warned about",
    "changed": "another answer, another definition, another moment", "cost": "a flush, a split, a sleep",
    "mended": "a failure that is dealt with now", "new": "a new call that looks after its failures",
    "text": "a name, a comment, a line of Kconfig"}
_REACHES: Mapping[str, str] = {"distribution": "configurations that distributions ship",
                               "developer": "options that a developer sets", "nobody": "what nobody can build"}
_CERTAINTIES: Mapping[str, str] = {"proved": "shown by a path of the code", "derived": "derived from a definition",
                                   "model": "what the model says", "hunks": "from the hunks alone"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelMeaning:
    """One level: what it says of a place, and how sure it is of it."""

    level: Level
    means: str
    sure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightTable:
    """One factor of a weight: its title, and (word, number, meaning) of each value, the heaviest first."""

    title: str
    rows: tuple[tuple[str, str, str], ...]


def level_meanings() -> tuple[LevelMeaning, ...]:
    """Return what the levels mean, the gravest first."""
    return tuple(LevelMeaning(level=level, means=_MEANS[level][0], sure=_MEANS[level][1]) for level in LEVELS)


@lru_cache(maxsize=1)
def weight_tables() -> tuple[WeightTable, ...]:
    """Return the three factors of a weight, as `rules/page/weights.toml` has them."""
    rules = load_page_rules()
    factors: tuple[tuple[str, Mapping[str, float], Mapping[str, str]], ...] = (
        ("What follows", rules.consequence, _CONSEQUENCES), ("For whom", rules.reach, _REACHES),
        ("How sure it is", rules.certainty, _CERTAINTIES))
    return tuple(WeightTable(title=title, rows=tuple(
        (word, f"{number:g}", says.get(word, "")) for word, number in sorted(values.items(), key=lambda p: -p[1])))
        for title, values, says in factors)
