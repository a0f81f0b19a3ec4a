"""What functions of the families are to generic code where a symbol that their headers ask for is not set."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.changed_names import sightings_of
from reviewbot.checks.gated_headers import family_headers
from reviewbot.findings.types import Evidence
from reviewbot.kconfig.sightings import Sighting
from reviewbot.logic import FALSE
from reviewbot.text import quote_names
from reviewbot.values import dataclass

__all__ = ["Fate", "fates_without", "say_fates"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of one function: `does` is the sentence for one, `do` for several; `place` is its stub."""

    name: str
    does: str
    do: str
    place: Sighting | None = None

    def evidence(self, rev: str) -> Iterator[Evidence]:
        """Yield where the stub stands."""
        if self.place is not None:
            yield Evidence(kind="source", file=self.place.file, line=self.place.line, rev=rev,
                           text=f"{self.name}() {self.does}")


def fates_without(analysis: Analysis, moment: int, symbol: str, arch: str, names: tuple[str, ...]) -> tuple[Fate, ...]:
    """Return what each of the functions is without the symbol, as generic headers have it.

    () where a header of the architecture declares one of them in sight of its stub: that is no stub then.
    """
    config, option = analysis.configs[moment], f"CONFIG_{symbol}"
    found: list[Fate] = []
    for name in names:
        for path in family_headers(analysis, config.tree):
            data = config.tree.read(path) or b""
            places = sightings_of(path, data, name) if name.encode() in data else ()
            without = [one for one in places if one.condition.assume({option: False}) != FALSE]
            new = [one for one in without if one.condition.assume({option: True}) == FALSE]
            if not any(option in one.condition.variables() for one in places):
                continue
            if len(new) == 1 and new[0].kind in {"inline", "macro"} and new[0].stub and new == without:
                if _declared_beside(analysis, moment, option, arch, name, path):
                    return ()
                found.append(_stub(name, new[0]))
            elif places and not without and not _declared_elsewhere(analysis, moment, name, arch):
                found.append(Fate(name=name, does="is not declared", do="are not declared"))
            break
    return tuple(found)


def _stub(name: str, place: Sighting) -> Fate:
    gives = f" that return{{}} {place.value}" if place.value else " that do{} nothing"
    ends = ("s", "") if place.value else ("es", "")
    return Fate(name=name, does=f"becomes a stub{gives.format(ends[0])}", do=f"become stubs{gives.format(ends[1])}",
                place=place)


def _declared_beside(analysis: Analysis, moment: int, option: str, arch: str, name: str, header: str) -> bool:
    """Return whether the header takes in one of the architecture that has the name without the option too."""
    config = analysis.configs[moment]
    for path, around in config.included(header, arch).files.items():
        data = config.tree.read(path) if path.startswith(f"arch/{arch}/") else None
        if data and name.encode() in data and around.assume({option: False}) != FALSE and any(
                one.condition.assume({option: False}) != FALSE for one in sightings_of(path, data, name)):
            return True
    return False


def _declared_elsewhere(analysis: Analysis, moment: int, name: str, arch: str) -> bool:
    return any(one.definition.file.endswith(".h") for one in analysis.configs[moment].candidates(name, arch)
               if one.definition.file.startswith("arch/"))


def say_fates(fates: tuple[Fate, ...]) -> str:
    """Return what becomes of all of them, those of one fate together."""
    same: dict[str, list[Fate]] = {}
    for fate in fates:
        same.setdefault(fate.do, []).append(fate)
    told = []
    for do, those in same.items():
        names = [f"{one.name}()" for one in those]
        shown = names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more"]
        told.append(f"{quote_names(shown)} {do if len(those) > 1 else those[0].does}")
    return ", and ".join(told)
