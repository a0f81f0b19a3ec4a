"""What one C file or header certainly sees of a name under one configuration, its includes followed for real."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reviewbot.kconfig.headers import Headers, macro_name
from reviewbot.kconfig.sightings import Sighting
from reviewbot.logic import FALSE, And, Ternary
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Seen", "asked_options", "seen_in"]

_OPTION = regex(r"CONFIG_\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A place of a name, and whether the file that looks has it: UNKNOWN where macros or options stayed open."""

    sighting: Sighting
    there: Ternary


def asked_options(headers: Headers, start: str, sightings: Iterable[Sighting]) -> frozenset[str]:
    """Return the options that decide which architecture's headers are included, and about the places of a name."""
    sightings = tuple(sightings)
    if _are_plain(headers, start, sightings):
        return frozenset(name for one in sightings for name in one.condition.variables() if _OPTION.fullmatch(name))
    names: set[str] = set()
    for path in headers.leads_to(start):
        text = headers.text(path) if path.startswith("arch/") else None
        for event in text.events() if text else ():
            if event.kind == "include":
                names |= event.condition.variables()
    for sighting in sightings:
        names |= sighting.condition.variables()
        text = headers.text(sighting.file)
        for event in text.events() if text and sighting.file.endswith(".h") else ():
            if event.kind == "include":
                names |= event.condition.variables()
    return frozenset(name for name in names if _OPTION.fullmatch(name))


def _are_plain(headers: Headers, start: str, places: tuple[Sighting, ...]) -> bool:
    """Return whether `start` has the files of these places whatever the options, and no macro decides about one: then
    nothing that is read on the way to them matters."""
    return not any(macro_name(name) for one in places for name in one.condition.variables()) \
        and headers.soon_gives(start, {one.file for one in places})


def seen_in(headers: Headers, start: str, sightings: Iterable[Sighting], values: Mapping[str, bool]
            ) -> tuple[Seen, ...]:
    """Return for each place whether the file `start` has it where the options have these values."""
    places = tuple(sightings)
    if _are_plain(headers, start, places):
        return tuple(Seen(sighting=one, there=one.condition.assume(values).evaluate({})) for one in places)
    only = {path: any(macro_name(name) for one in places if one.file == path for name in one.condition.variables())
            for path in {one.file for one in places}}
    visible = headers.visible(start, settle=lambda cond: cond.assume(values), only=only)
    found = []
    for one in places:
        around = visible.files.get(one.file, FALSE)
        context = visible.contexts.get(one.file, {})
        nest = one.condition.replace(lambda name, context=context: context.get(macro_name(name)))  # type: ignore[misc]
        found.append(Seen(sighting=one, there=And(around, nest.assume(values)).evaluate({})))
    return tuple(found)
