"""In which function each line of a hunk stands, as the hunk alone shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.series.types import Hunk
from reviewbot.source.alignment import heading_name
from reviewbot.source.doubles import definitions
from reviewbot.source.lines import as_bytes
from reviewbot.text import decode

__all__ = ["owned"]


def owned(hunk: Hunk) -> Iterator[tuple[str, str, str]]:
    """Yield each line of a hunk as (the function or macro that it stands in, its kind, its text).

    The function that the header of the hunk names is that of its first lines, until another one begins.
    """
    heads: dict[str, dict[int, str]] = {}
    places: dict[str, list[int]] = {}
    for side in "+-":
        numbers = [number for number, line in enumerate(hunk.lines) if line.kind in {" ", side}]
        found = definitions([as_bytes(hunk.lines[number].text) for number in numbers])
        heads[side] = {numbers[at]: decode(name) for (what, name, _), those in found.items()
                       if what in {"function", "macro"} for at in those}
        places[side] = numbers
    section = hunk.section.strip()
    first = decode(heading_name(as_bytes(section))) if "(" in section and not section.endswith(";") else ""
    owners: dict[int, str] = {}
    for side, numbers in places.items():
        owner, above, goes_on = first, True, False
        for number in numbers:
            text = hunk.lines[number].text
            if number in heads[side]:
                owner, above = heads[side][number], False
                goes_on = text.lstrip().startswith("#")
            elif goes_on is False and above and re.match(r"[A-Za-z_/](?!\w*:(?!:))", text):
                owner, above = "", False  # the function that the header names ended above the hunk
            owners.setdefault(number, owner)
            if text.startswith("}") or (goes_on and not text.rstrip().endswith("\\")):
                owner, above, goes_on = "", False, False
    for number, line in enumerate(hunk.lines):
        yield owners.get(number, ""), line.kind, line.text
