"""Holds what reviews say stays as it is against the plain text of the patches, and lists what does not go together.

    python benchmarks/contradictions.py REVIEWS INPUTS

REVIEWS is a folder of `NAME.json` (reviewbot review --format json), INPUTS one of `NAME.mbox`. Looked at are level-set
statements and first-page lines that something stays as it is, claims that hold, and cells that are neither changed nor
not seen. Held against them is, for each patch, which calls of the family stand more often on its removed or its added
lines, and which lines of Kconfig files, Makefiles and exports of the family it changes. Nothing is parsed: what is
listed may still be right, and is for a person to look at. Exit status 1 when something is listed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reviewbot.cfacts import load_family
from reviewbot.mail import read_source
from reviewbot.resources import data_folder
from reviewbot.series import Series, find_series
from reviewbot.series.types import FileDiff, Patch

_WHOLE = re.compile(r"changes no call|nothing of it changes|No call in a changed function")
_CALLS = re.compile(r"No call (?:of the family|that changes how memory is mapped) was seen")
_LOCAL = re.compile(r"do(?:es)? what (?:they|it) did|map memory as they did before")
_OPTIONS = re.compile(r"(?:Kconfig|Makefile|Kbuild)[^/]*$")
_FUNCTION = re.compile(r"(\w+)\(\)")
_COMMENT = re.compile(r"/\*.*?\*/|//.*$|^\s*\*.*$")


class Difference:
    """What the text of one patch changes about the family: by function (as the hunk headers name it), and options."""

    def __init__(self, patch: Patch, names: re.Pattern[str]) -> None:
        """Count the names on the removed and on the added lines."""
        self.calls: Counter[str] = Counter()
        self.functions: dict[str, Counter[str]] = {}
        self.options: list[str] = []
        for diff in patch.files:
            self._count(diff, names)
        self.calls = Counter({name: count for name, count in self.calls.items() if count})

    def _count(self, diff: FileDiff, names: re.Pattern[str]) -> None:
        old: Counter[str] = Counter()
        new: Counter[str] = Counter()
        for hunk in diff.hunks:
            for line in hunk.lines:
                if line.kind == " ":
                    continue
                text = _COMMENT.sub("", line.text)
                (new if line.kind == "+" else old)[" ".join(text.split())] += 1
                if not diff.path.endswith((".c", ".h", ".S")):
                    continue
                for name in names.findall(text):
                    step = 1 if line.kind == "+" else -1
                    self.calls[name] += step
                    for function in re.findall(r"(\w+)\s*\(", hunk.section):
                        self.functions.setdefault(function, Counter())[name] += step
        if _OPTIONS.search(diff.path) and (old - new or new - old):
            self.options.append(diff.path)


def series_of(inbox: Path, message_id: str) -> Series | None:
    """Return the series of the input that a review is about."""
    found = find_series(read_source(str(inbox)))
    return next((one for one in found.series if one.message_id.strip("<>") == message_id), None)


def contradictions(review: dict[str, Any], series: Series, names: re.Pattern[str]) -> Iterator[str]:
    """Yield each statement that something stays as it is where the text of the patches says that something does not."""
    texts = {patch.index: Difference(patch, names) for patch in series.patches}
    calls = {index: one.calls for index, one in texts.items() if one.calls}
    options = {index: one.options for index, one in texts.items() if one.options}
    page = review.get("first_page", {})
    said = [entry["statement"] for entry in review["level_set"]]
    same = (row["statement"] for row in page.get("rows", ()) if row["verdict"] == "same")
    said += [page.get("conclusion", ""), *same]
    for statement in said:
        if _WHOLE.search(statement) and (calls or options):
            yield f"'{statement[:100]}': {_told(calls, options)}"
        elif _CALLS.search(statement) and calls:
            yield f"'{statement[:100]}': {_told(calls, {})}"
        elif _LOCAL.search(statement):
            for name in _FUNCTION.findall(statement):
                for index, one in texts.items():
                    differ = {call: count for call, count in one.functions.get(name, {}).items() if count}
                    if differ:
                        yield f"'{statement[:100]}': patch {index}, {name}(): {differ}"
            if options:
                yield f"'{statement[:100]}': {_told({}, options)}"
    for claim in review["claims"]:
        about = texts if claim["patch"] == 0 else {claim["patch"]: texts.get(claim["patch"])}
        for index, known in about.items():
            if claim["verdict"] == "holds" and known is not None and (known.calls or known.options):
                yield f"claim {claim['patch']} holds: patch {index}: {dict(known.calls)} {known.options}"
    for cell in review["behaviour"]:
        one = texts.get(int(cell["patch"])) if cell["patch"].isdigit() else None
        differ = one.functions.get(cell["function"], {}) if one else {}
        # One helper of the family in another one's place may well come to the same.
        if sum(differ.values()) and cell.get("seen", "same") == "same" and not cell["changed"] \
                and any(differ.get(name) for name in re.findall(r"\w+", cell["call"])[:1]):
            yield f"cell {cell['function']}(), {cell['call'][:60]} on {cell['arch']} is the same: {dict(differ)}"


def _told(calls: dict[int, Counter[str]], options: dict[int, list[str]]) -> str:
    parts = [f"patch {index}: {dict(counts)}" for index, counts in sorted(calls.items())]
    return "; ".join([*parts, *(f"patch {index}: {', '.join(paths)}" for index, paths in sorted(options.items()))])


def main() -> int:
    """List the contradictions of a folder of reviews."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reviews", type=Path)
    parser.add_argument("inputs", type=Path)
    args = parser.parse_args()
    family = sorted(load_family((data_folder("rules") / "api",)).names("core"), key=len, reverse=True)
    names = re.compile(rf"\b({'|'.join(map(re.escape, family))})\b(?=\s*\(|\))")
    looked, listed = 0, 0
    for path in sorted(args.reviews.glob("*.json")):
        inbox = args.inputs / f"{path.stem}.mbox"
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        for review in found.get("reviews", [found]) if inbox.exists() else ():
            series = series_of(inbox, review["series"]["message_id"])
            looked += series is not None
            for line in dict.fromkeys(contradictions(review, series, names)) if series else ():
                print(f"{path.stem}: {line}")
                listed += 1
    print(f"{looked} reviews, {listed} contradictions")
    return 1 if listed else 0


if __name__ == "__main__":
    sys.exit(main())
