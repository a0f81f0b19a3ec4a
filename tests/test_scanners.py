"""No regular expression that searches a whole text starts again at every letter of it."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from pathlib import Path

import reviewbot

ATOMS = ("a", " ", "\t", "\n", "(", "a ", "a(", '"', "\\\n", "#", "/*", "a->", "struct a ")
SEARCHING = re.compile(r"\b([A-Z_]+)\.(?:search|finditer|findall|sub|subn|split)\(")
LENGTH = 16_000  # a scanner that is quadratic takes some tenths of a second for this, the others under a millisecond
NOISE = 0.05  # below this many seconds no growth can be told from the machine's own moods
# These two look at a few bytes in front of a place only (_REACH in their modules).
BOUNDED = {"reviewbot.cfacts.links._OBJECT", "reviewbot.cfacts.tables._OWNER"}


def scanners() -> list[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    """Return the patterns of all modules with which something is searched, by their full name."""
    found = []
    for module in pkgutil.walk_packages(reviewbot.__path__, "reviewbot."):
        loaded = importlib.import_module(module.name)
        names = set(SEARCHING.findall(Path(str(loaded.__file__)).read_text()))
        found += [(f"{module.name}.{name}", value) for name, value in vars(loaded).items()
                  if name in names and f"{module.name}.{name}" not in BOUNDED and isinstance(value, re.Pattern)]
    return found


def seconds(pattern: re.Pattern[str] | re.Pattern[bytes], text: str) -> float:
    """Return the processor time of one search of the text, the best of three where the first is not small."""
    times = [_once(pattern, text)]
    if times[0] > NOISE:
        times += [_once(pattern, text), _once(pattern, text)]
    return min(times)


def _once(pattern: re.Pattern[str] | re.Pattern[bytes], text: str) -> float:
    start = time.process_time()
    if isinstance(pattern.pattern, bytes):
        sum(1 for _ in pattern.finditer(text.encode()))  # type: ignore[arg-type]
    else:
        sum(1 for _ in pattern.finditer(text))  # type: ignore[arg-type]
    return time.process_time() - start


def test_scanners_are_not_quadratic() -> None:
    """A text of one letter, bracket or blank repeated is searched in a time that follows its length."""
    slow = []
    for name, pattern in scanners():
        for atom in ATOMS:
            text = atom * (LENGTH // len(atom))
            if seconds(pattern, text) > NOISE and seconds(pattern, text) > 2.8 * seconds(pattern, text[:LENGTH // 2]):
                slow.append((name, atom))
                break
    assert slow == []
