"""What the page is made by, out of `rules/page/`: weights and limits, and what the caller of a function relies on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from reviewbot.errors import DataError
from reviewbot.findings.types import Finding
from reviewbot.resources import data_folder
from reviewbot.review.page.types import Weight
from reviewbot.values import dataclass

__all__ = ["Bit", "PageRules", "Promise", "RangeKind", "Ranges", "load_page_rules"]

_TABLES = ("consequence", "category", "reach", "certainty", "limits")
_TEXTS = ("id", "does", "many", "failed", "definition")
_OPTIONAL = frozenset({"functions", "last_argument", "definition_with", "tolerated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a caller relies on after a call: `does`, `many` and `failed` are phrases with a place for {object}.

    `definition` is what follows for everyone where the architecture's function does nothing, said only with the
    parameter `definition_with` if there is one. `tolerated` is what follows where a failure that nobody looked at now
    ends what the caller does, for what a machine can do without. `rank` is the place in the file, the gravest first.
    `by_argument` maps the last argument to the id of a narrower promise.
    """

    id: str
    functions: tuple[str, ...]
    does: str
    many: str
    failed: str
    definition: str
    definition_with: str
    rank: int
    by_argument: tuple[tuple[str, str], ...] = ()
    tolerated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bit:
    """A bit of an architecture's page tables: memory that has it is `means`; `cleared` is what follows where it is
    taken away together with the bits `beside`."""

    arch: str
    names: tuple[str, ...]
    means: str
    beside: tuple[str, ...] = ()
    cleared: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeKind:
    """One kind of executable memory: what it is `called`, and the protection `otherwise`, where a table leaves it out
    and the table's first kind does not stand for it."""

    called: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """The kinds of executable memory: the `function` with an architecture's table of them, the kinds that stand `first`
    there, and the flag of the `cache`."""

    function: str
    first: tuple[str, ...]
    cache: str
    kinds: Mapping[str, RangeKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRules:
    """The tables of `weights.toml` and the promises; `frees` are functions that give memory back.

    `by_rule` has what the findings of a rule come to where that is not what their category does. What the rules in
    `asked` find is only asked, and weighs `asked_weight`; what those in `near` find is asked where it names the family
    or other words of kernel mappings. What those in `restated` find repeats a row about the same line; what those in
    `carries` find has that row in it. What those in `alike` find is one event of a patch where it differs only in what
    it quotes, of those in `symbols` also in its symbol; of those in `of_file` where it is of one file and asks the
    same. `protections` has of each of the kernel's own protections whether memory that is mapped with it can be
    written, and run.
    """

    consequence: Mapping[str, int]
    category: Mapping[str, str]
    by_rule: Mapping[str, str]
    reach: Mapping[str, float]
    certainty: Mapping[str, float]
    limits: Mapping[str, int]
    developer: frozenset[str]
    promises: tuple[Promise, ...]
    frees: frozenset[str]
    asked: frozenset[str]
    asked_weight: str
    near: frozenset[str]
    restated: frozenset[str]
    carries: frozenset[str]
    alike: frozenset[str]
    symbols: frozenset[str]
    of_file: frozenset[str]
    protections: Mapping[str, tuple[bool, bool]]
    ranges: Ranges
    bits: tuple[Bit, ...] = ()

    def comes_to(self, finding: Finding) -> str:
        """Return the consequence of what a finding tells: that of its rule if there is one, that of what is only asked,
        or that of its category."""
        return self.by_rule.get(finding.rule) or (
            self.asked_weight if finding.rule in self.asked else self.category[finding.category])

    def bit(self, arch: str, name: str) -> Bit | None:
        """Return what is known of a bit of the architecture's page tables."""
        return next((bit for bit in self.bits if bit.arch == arch and name in bit.names), None)

    def weigh(self, consequence: str, reach: str, certainty: str) -> Weight:
        """Return the weight of something by the names of its three factors."""
        value = self.consequence[consequence] * self.reach[reach] * self.certainty[certainty]
        return Weight(value=round(value), consequence=consequence, reach=reach, certainty=certainty)

    def promise(self, symbol: str, arguments: tuple[str, ...] = ()) -> Promise | None:
        """Return what a call of the function promises, None for one that asks or that nobody wrote down."""
        for name in (symbol, symbol.lstrip("_")):
            found = next((promise for promise in self.promises if name in promise.functions), None)
            if found is not None:
                narrower = dict(found.by_argument).get(arguments[-1].strip(), "") if arguments else ""
                return next((promise for promise in self.promises if promise.id == narrower), found)
        return None


@lru_cache(maxsize=4)
def load_page_rules(folder: Path | None = None) -> PageRules:
    """Return the rules of the page out of `folder`, or the program's own `rules/page`.

    Raises DataError for a file that does not load or lacks something.
    """
    place = folder or data_folder("rules") / "page"
    weights, promises = _read(place / "weights.toml"), _read(place / "promises.toml")
    mapped, bits = _read(place / "protections.toml"), _read(place / "bits.toml")
    frees = _read(data_folder("rules") / "lists" / "frees.toml")
    tables: dict[str, Any] = {name: _table(weights, name, place) for name in _TABLES}
    asked, once = _table(weights, "asked", place), _table(weights, "once", place)
    by_rule = _table(weights, "rule", place)
    unknown = sorted({*tables["category"].values(), *by_rule.values(), asked["consequence"]}
                     - tables["consequence"].keys())
    if unknown:
        raise DataError(f"'{unknown[0]}' is no consequence", where=str(place / "weights.toml"),
                        hint=f"there are {', '.join(tables['consequence'])}")
    return PageRules(**tables, by_rule=by_rule, developer=frozenset(_table(weights, "developer", place)["options"]),
                     asked=frozenset(asked["rules"]), asked_weight=asked["consequence"],
                     near=frozenset(asked.get("near", ())), restated=frozenset(asked.get("restated", ())),
                     carries=frozenset(asked.get("carries", ())),
                     alike=frozenset(once.get("alike", ())), symbols=frozenset(once.get("symbols", ())),
                     of_file=frozenset(once.get("file", ())),
                     promises=tuple(_promise(entry, rank, place) for rank, entry in enumerate(promises["promise"])),
                     frees=frozenset(_table(frees, "names", place)),
                     protections={name: (bool(entry["write"]), bool(entry["run"]))
                                  for name, entry in _table(mapped, "protections", place).items()},
                     ranges=_ranges(_table(mapped, "ranges", place)),
                     bits=tuple(Bit(arch=entry["arch"], names=tuple(entry["names"]), means=entry["is"],
                                    beside=tuple(entry.get("with", ())), cleared=entry.get("cleared", ""))
                                for entry in bits["bit"]))


def _ranges(table: Mapping[str, Any]) -> Ranges:
    return Ranges(function=table["function"], first=tuple(table["first"]), cache=table["cache"], kinds={
        name: RangeKind(called=entry["is"], otherwise=entry.get("otherwise", ""))
        for name, entry in table["kinds"].items()})


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"the file does not load: {error}", where=str(path)) from error


def _table(record: dict[str, Any], name: str, place: Path) -> dict[str, Any]:
    found = record.get(name)
    if not isinstance(found, dict):
        raise DataError(f"the table [{name}] is missing", where=str(place))
    return found


def _promise(entry: dict[str, Any], rank: int, place: Path) -> Promise:
    missing = [key for key in _TEXTS if not isinstance(entry.get(key), str)]
    if missing or entry.keys() - {*_TEXTS, *_OPTIONAL}:
        raise DataError(f"promise {rank + 1} lacks '{''.join(missing[:1])}' or has a key that nobody reads",
                        where=str(place / "promises.toml"), hint=f"the keys are {', '.join(_TEXTS)}, functions")
    return Promise(id=entry["id"], functions=tuple(entry["functions"]), does=entry["does"], many=entry["many"],
                   failed=entry["failed"], definition=entry["definition"],
                   definition_with=entry.get("definition_with", ""), rank=rank, tolerated=entry.get("tolerated", ""),
                   by_argument=tuple(sorted(entry.get("last_argument", {}).items())))
