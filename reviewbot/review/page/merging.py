"""Which events are one: over architectures, functions and calls; a finding under the change that it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reviewbot.cfacts import squash_c
from reviewbot.findings.types import LEVELS
from reviewbot.patterns import regex
from reviewbot.review.page.events import Event, is_stated, joined
from reviewbot.review.page.pairing import own_helper, paired
from reviewbot.review.page.reader import Reader
from reviewbot.review.page.rulebook import PageRules
from reviewbot.review.page.settings import in_either
from reviewbot.text import quote_names

__all__ = ["merged", "within_fuller", "without_covered", "without_restated"]

_PLURAL = {" now deals with ": " now deal with ", " now hands on ": " now hand on ", " now drops ": " now drop ",
           " now only warns about ": " now only warn about ", " now panics on ": " now panic on "}
_FATES = {"a failure is dropped": ("drops", "drop"),
          "a failure is only warned about": ("only warns about", "only warn about")}
_LOOKED_AFTER = frozenset({"a failure is handed on", "a failure is dealt with"})
_BRANCHES = regex(r"[{}#:?]|\b(?:if|else|return|goto|for|while|do|switch|break|continue)\b")
_ONLY_WHERE = regex(r" only where ([^,;]+)$")
_NEAR = 3  # lines from a call to what is done about its failure


def merged(reader: Reader, cells: Iterable[Event], found: Iterable[Event]) -> list[Event]:
    """Return the events with equal ones joined: over architectures, over a pair of calls that do and undo, over
    functions; and the findings' events put under the cells' ones that tell of the same."""
    alike: dict[tuple[object, ...], list[Event]] = {}
    for event in cells:
        alike.setdefault((event.key, event.verdict), []).append(event)
    one_each = [joined(first, tuple(event for event in group if event is not first)) for group in alike.values()
                for first in [next((event for event in group if event.reason), group[0])]]
    pairs: dict[tuple[object, ...], list[Event]] = {}
    for event in one_each:
        place = event.file if event.kind == "definition" else (event.file, event.functions)
        pairs.setdefault((event.kind, event.patch, place, event.config, event.arch, event.verdict,
                          own_helper(reader, event)), []).append(event)
    done = [paired(reader, group) for group in pairs.values()]
    found = sorted(found, key=lambda event: -reader.rules.consequence[event.consequence])  # the graver one is told
    wrong = [event for event in found if event.verdict == "worse" and is_stated(event)]
    done = [event for event in _under_definitions(done) if event.kind != "fate" or event.verdict != "better"
            or not any(_is_refuted(event, other) for other in wrong)]
    done = _over_settings(_as_one_call(within_fuller(_over_functions(reader.rules, done))))
    places: dict[str, list[int]] = {}
    defined: dict[str, list[int]] = {}
    for number, event in enumerate(done):
        _add_names(places, number, {*event.functions, *_via(reader, event)})
        _add_names(defined, number, event.symbols if event.kind == "definition" else ())
    for event in found:
        near = sorted({number for names, known in ((event.functions, places), (event.symbols, defined))
                       for name in names for number in known.get(name, ())})
        host = next((number for number in near if _tells_the_same(reader, event, done[number])), None)
        if host is None:
            host = len(done)
            done.append(event)
        else:
            done[host] = _under(reader, done[host], event)
        _add_names(places, host, {*done[host].functions, *_via(reader, done[host])})
        _add_names(defined, host, done[host].symbols if done[host].kind == "definition" else ())
    return _bounded(reader, _folded(_helpers_once(_under_helpers(done))))


def _add_names(places: dict[str, list[int]], number: int, names: Iterable[str]) -> None:
    """Note that the event with this number speaks of these functions."""
    for name in names:
        if (known := places.setdefault(name, [number]))[-1] != number:
            known.append(number)


def _is_refuted(event: Event, found: Event) -> bool:
    """Return whether a failure that is now dealt with is one that a finding, for the worse, shows to be dealt with
    wrongly."""
    return (found.patch == event.patch and bool(set(found.functions) & set(event.functions))
            and bool(found.symbols & event.symbols) and event.line <= found.line <= event.line + _NEAR)


def _bounded(reader: Reader, events: Sequence[Event]) -> list[Event]:
    """Return the events with the end of those that a later patch makes harmless: a call no longer maps pages, and what
    took them off the map before, and was asked for it, does so no longer either under that condition."""
    total = reader.analysis.series.total
    ended = [event for event in events if (event.kind, event.verdict) == ("definition", "worse")]

    def end_of(event: Event) -> Event | None:
        later = (other for other in ended if event.kind == "lost" and event.reason and other.patch > event.patch
                 and other.config == event.config and set(event.arch) <= set(other.arch))
        return next((other for other in later for name in event.symbols & set(other.functions)
                     if (promise := reader.rules.promise(name)) and promise.by_argument), None)

    ends = [(event, end_of(event)) for event in events]
    return [replace(event, gist=f"{event.gist}, up to {end.patch}/{total}, which ends the unmapping there as well")
            if end else event for event, end in ends]


def _under_helpers(events: Sequence[Event]) -> list[Event]:
    """Return the events with new calls that go through a helper put under what is said of the helper itself."""
    done: list[Event | None] = list(events)
    places: dict[str, list[int]] = {}
    for number, event in enumerate(events):
        if event.kind != "finding" or is_stated(event):
            _add_names(places, number, event.functions)
    for own, event in enumerate(events):
        if event.kind != "new":
            continue
        near = sorted({number for name in event.through for number in places.get(name, ())} - {own})
        host = next((number for number in near if (other := done[number]) is not None
                     and other.patch == event.patch and event.symbols & (other.symbols | other.through)), None)
        if host is not None and (before := done[host]) is not None and done[own] == event:
            done[own] = None
            done[host] = replace(before, because=tuple(dict.fromkeys((*before.because, *event.because))))
    return [event for event in done if event is not None]


def _helpers_once(events: Sequence[Event]) -> list[Event]:
    """Return the events with a new helper told once: by those who call it, or, where these do not name what it is
    about, by what it does itself, with those who call it."""
    done: list[Event | None] = list(events)
    through: dict[str, list[int]] = {}
    reaching: dict[tuple[object, ...], dict[str, None]] = {}
    for number, event in enumerate(events):
        _add_names(through, number, event.through)
        if event.kind == "new" and event.gist.startswith("the new "):
            reaching.setdefault(_helper_of(event), {}).update(dict.fromkeys(event.functions))
    told: dict[tuple[object, ...], int] = {}
    for own, event in enumerate(events):
        if event.kind != "new" or not event.gist.startswith("the new "):
            continue
        if not event.gist.startswith(tuple(f"the new {name}()" for name in event.functions)):
            names = quote_names([f"{name}()" for name in sorted(reaching[_helper_of(event)])], most=3)
            lost = _FATES.get(event.reason, ()) if event.verdict == "worse" else ()
            which = f", which {lost[len(event.functions) > 1]} its failure" if lost else ""
            first = done[told[_helper_of(event)]] if _helper_of(event) in told else None
            if which or first is None:
                done[own] = replace(event, gist=f"{event.gist}, reached from {names}{which}",
                                    reason="" if lost else event.reason)
            elif (first.verdict, first.reason, first.file, first.line) == (
                    event.verdict, event.reason, event.file, event.line):
                done[told[_helper_of(event)]] = replace(
                    first, config=", ".join(one for one in first.config.split(", ") if one in event.config.split(", ")),
                    because=tuple(dict.fromkeys((*first.because, *event.because))))
                done[own] = None
            told.setdefault(_helper_of(event), own)
        elif any(number != own and event.symbols & events[number].symbols
                 for name in event.functions for number in through.get(name, ())):
            done[own] = None
    return [event for event in done if event is not None]


def _helper_of(event: Event) -> tuple[object, ...]:
    """Return the new helper that an event is about, with where that is."""
    return event.patch, event.gist.removeprefix("the new ").partition("()")[0], event.arch


def _folded(events: Sequence[Event]) -> list[Event]:
    """Return the events without the new calls that cannot fail where the page tells of the same calls elsewhere."""
    reasoned: dict[tuple[frozenset[str], str], list[frozenset[str]]] = {}
    for event in events:
        for name in (*event.functions, "") if event.kind == "new" and event.reason else ():
            reasoned.setdefault((event.symbols, name), []).append(frozenset(event.functions))

    def is_told(event: Event) -> bool:
        alike = reasoned.get((event.symbols, event.functions[0] if event.functions else ""), ())
        return event.kind == "new" and not event.reason and any(names.issuperset(event.functions) for names in alike)

    return [event for event in events if not is_told(event)]


def _under(reader: Reader, host: Event, found: Event) -> Event:
    """Return the cell's event with the finding's under it; a new call that loses its failure is what the finding is."""
    if host.kind == "case" or (host.kind == "new" and found.consequence in {"lost", "changed"}):
        return replace(joined(found, (host,)), arch=found.arch)  # what it leads to is the graver part of it
    both = replace(joined(host, (found,)), arch=host.arch, functions=host.functions)
    if host.kind == "definition" and host.verdict == "worse":  # what is asked in the words of the row comes first
        both = replace(both, asks=tuple(sorted(both.asks, key=lambda one: "meant to do nothing" not in one.question)))
    if host.kind == "brought" and not host.reason and found.consequence == "text" and found.gist.endswith(")"):
        # Nobody can call it there, and why; where somebody can there is nothing to say.
        there = tuple(arch for arch in host.arch if arch in found.arch)
        return replace(both, gist=found.gist[:1].lower() + found.gist[1:], arch=there or host.arch)
    if host.kind != "new":
        return both
    gist, reason = host.gist, host.reason or found.reason
    lost = _FATES.get(host.reason)
    if lost and len(found.symbols) == 1 and found.symbols <= host.symbols and found.verdict == "worse":
        many = len(host.functions) > 1 and not gist.startswith("the new ")
        goes_on = _goes_on(reader, host, found) if not many and lost[0] == "drops" else ""
        gist, reason = f"{gist}, and {lost[many]} a failure of {min(found.symbols)}(){goes_on}", found.reason
    return replace(both, verdict=found.verdict, consequence=found.consequence, certainty=found.certainty, gist=gist,
                   reason=reason, rank=found.rank, arch=found.arch)


def _goes_on(reader: Reader, host: Event, found: Event) -> str:
    """Return what the memory may be where set_memory_ro() failed and set_memory_x() for it follows all the same."""
    file = reader.file(host.patch, host.file)
    facts = reader.sides(host.patch)[1].facts.get(host.file)
    if found.symbols != {"set_memory_ro"} or host.symbols != {"set_memory_ro", "set_memory_x"} or not host.address \
            or len(host.objects) != 1 or file is None or file.after is None or facts is None:
        return ""
    near = [call for call in facts.calls if call.function in host.functions[:1] and call.callee in host.symbols]
    if [call.callee for call in sorted(near, key=lambda one: one.span.line)] != ["set_memory_ro", "set_memory_x"]:
        return ""
    first, second = sorted(near, key=lambda one: one.span.line)
    between = b"\n".join(file.after.split(b"\n")[first.span.line - 1:second.span.end_line])
    if first.arguments[:1] != second.arguments[:1] or _BRANCHES.search(squash_c(between)):
        return ""
    may = "may then be executable while a mapping of it is writable"
    return f", after which set_memory_x() still runs: {min(host.objects)} {may}"


def _under_definitions(events: Sequence[Event]) -> list[Event]:
    """Return the events with what a function of the family does inside put under what the function itself does."""
    hosts = {"definition": {"lost", "gained", "fate"}, "brought": {"new", "gained"}}
    done = [event for event in events if event.kind in hosts]
    places: dict[str, list[int]] = {}
    for number, event in enumerate(done):
        _add_names(places, number, event.functions)
    own = range(len(done))
    for event in events:
        if event.kind in hosts:
            continue
        near = places.get(event.functions[0], []) if event.functions else own
        host = next((number for number in near if event.kind in hosts[(other := done[number]).kind]
                     and other.patch == event.patch and set(event.arch) <= set(other.arch)
                     and (other.kind == "brought" or other.config == event.config)
                     and set(event.functions) <= set(other.functions)), None)
        if host is None:
            done.append(event)
        else:
            done[host] = joined(done[host], (event,))
    return done


def _over_functions(rules: PageRules, events: Sequence[Event]) -> list[Event]:
    """Return the events with those joined that say the same of several functions: of one patch, where it is for the
    worse."""
    alike: dict[tuple[object, ...], list[Event]] = {}
    for event in events:
        own = f"{event.functions[0]}()" if event.functions else "\0"
        pattern = event.gist.replace(own, "\0") if event.kind in {"fate", "new", "lost", "gained"} else event.gist
        for thing in event.objects:
            pattern = pattern.replace(f" {thing}", " \1")
        patch = 0 if event.kind in {"new", "fate"} and event.verdict != "worse" else event.patch
        alike.setdefault((event.kind, patch, event.config, event.arch, event.verdict, pattern, event.reason
                          if event.kind != "fate" else ""), []).append(event)
    done = []
    for group in alike.values():
        first = group[0]
        if len(group) > 1:
            subjects = list(dict.fromkeys(f"{name}()" for event in group for name in event.functions[:1]))
            names = quote_names(subjects, most=3)
            gist = first.gist.replace(f"{first.functions[0]}()", names, 1)
            for thing in first.objects:
                gist = gist.replace(f" {thing}", " memory") if len({e.objects for e in group}) > 1 else gist
            first = replace(joined(first, tuple(group[1:])), arch=first.arch,
                            gist=_agreeing(rules, gist, names) if len(subjects) > 1 else gist,
                            reason=first.reason if len({e.reason for e in group}) == 1 else "")
        done.append(first)
    return done


def within_fuller(events: Sequence[Event]) -> list[Event]:
    """Return the events with what one caller of a new helper gets put under what another gets of it and more: `maps a
    page` under `maps a page and unmaps it`."""
    alike: dict[tuple[object, ...], list[Event]] = {}
    for event in events:
        own = (event.patch, event.arch, event.config, event.verdict, event.symbols, event.through, event.address,
               event.reason) if event.kind == "new" and event.gist.startswith("the new ") else event
        alike.setdefault((own,), []).append(event)
    done = []
    for group in alike.values():
        fullest = max(group, key=lambda event: len(event.gist.split()))
        words = set(fullest.gist.split())
        under = tuple(event for event in group if event is not fullest and words.issuperset(event.gist.split()))
        done += [replace(joined(fullest, under), arch=fullest.arch) if event is fullest else event
                 for event in group if not any(event is one for one in under)]
    return done


def _as_one_call(events: Sequence[Event]) -> list[Event]:
    """Return the events with a new call that can fail on some architectures alone, and whose failure is looked after,
    told of all of them in the same words: a list of those on which it can would leave out others that call it."""
    silent = {_call_of(event) for event in events if event.kind == "new" and not event.reason}
    return [replace(event, reason="") if event.kind == "new" and event.reason in _LOOKED_AFTER
            and _call_of(event) in silent else event for event in events]


def _call_of(event: Event) -> tuple[object, ...]:
    return event.patch, event.file, event.functions, event.gist, event.verdict


def _over_settings(events: Sequence[Event]) -> list[Event]:
    """Return the events with those joined that say the same of architectures where it takes different options."""
    alike: dict[tuple[object, ...], list[Event]] = {}
    for event in events:
        alone = () if event.config.startswith("where ") else (event.kind, event.patch, event.file, event.functions)
        alike.setdefault((alone or event, event.verdict, event.gist, event.reason), []).append(event)
    done = []
    for cases in alike.values():
        group = in_either(without_covered(cases))
        first, rest = group[0], tuple(group[1:])
        parts = [event.config.split(", ") if event.config else [] for event in group]
        common = [part for part in parts[0] if all(part in others for others in parts)] if rest else []
        settings = [f"{', '.join(own)} on {quote_names(event.arch, most=12)}" for event, mine in zip(
            group, parts, strict=True) if (own := [part for part in mine if part not in common])]
        arches = [arch for event in group for arch in event.arch]
        config = "; ".join(part for part in (", ".join(common), " and ".join(settings)) if part)
        done.append(replace(joined(first, rest), config=config)
                    if rest and len(arches) == len(set(arches)) else first)
        done += rest if rest and len(arches) > len(set(arches)) else ()
    return done


def without_covered(group: Sequence[Event]) -> list[Event]:
    """Return events that say the same, those of some configuration put under the one that says it of every one."""
    always = next((event for event in group if not event.config), None)
    if always is None:
        return [*group]
    covered = tuple(one for one in group if one is not always and set(one.arch) <= set(always.arch))
    return [joined(one, covered) if one is always else one for one in group
            if not any(one is other for other in covered)]


def without_restated(events: Sequence[Event]) -> list[Event]:
    """Return the events but those that say of a call that it is new, and under which condition, where a finding says
    what is wrong with that line, and under that condition."""
    wrong: dict[tuple[object, ...], list[str]] = {}
    for event in events:
        for name in event.functions if event.kind == "finding" and event.verdict == "worse" and event.line else ():
            wrong.setdefault((event.patch, event.file, event.line, name), []).append(event.gist)

    def is_told(event: Event) -> bool:
        asked = _ONLY_WHERE.search(event.gist) if event.kind == "new" else None
        return asked is not None and any(
            f" only where {asked[1]}" in gist for name in event.functions
            for gist in wrong.get((event.patch, event.file, event.line, name), ()))

    return [event for event in events if not is_told(event)]


def _agreeing(rules: PageRules, gist: str, names: str) -> str:
    """Return the sentence with its verb in the plural where several functions are its subject."""
    for one, many in _PLURAL.items():
        gist = gist.replace(f"{names}{one}", f"{names}{many}").replace(", which it ", ", which they ") \
            if gist.startswith(f"{names}{one}") else gist
    for before, after in (("", " no longer"), ("", " now"), ("the new ", "")):
        for promise in rules.promises:
            one, many = promise.does.split()[0], promise.many.split()[0]
            start = f"{before}{names}{after} {one} "
            if gist.startswith(start):
                rest = gist.removeprefix(start).replace(", and drops a failure", ", and drop a failure")
                for other in rules.promises:  # what is given back at once
                    rest = rest.replace(f" and {other.does.split()[0]} it ", f" and {other.many.split()[0]} it ")
                return f"{before}{names}{after} {many} {rest}"
    return gist


def _tells_the_same(reader: Reader, found: Event, told: Event) -> bool:
    """Return whether a finding's event is the one that a changed cell shows: the same function, or a helper that the
    function goes through, the same callee, and architectures in common."""
    if told.kind == "case" and is_stated(found):
        return (found.patch, found.file, found.line) == (told.patch, told.file, told.line)
    if told.kind == "new" and found.consequence == "changed" and is_stated(found):
        return (found.patch, found.file, found.line) == (told.patch, told.file, told.line) and bool(
            found.symbols & (told.symbols | told.through))
    if told.kind == "protection" and " maps with " in found.gist:
        return (found.patch, found.file) == (told.patch, told.file) and bool(set(found.functions) & set(told.functions))
    if told.kind in {"protection", "case", "gone"} or told.verdict == "better":
        return False
    if found.patch != told.patch or not set(found.arch) & set(told.arch):
        return False
    if told.kind == "fate" and not (found.stops if told.stops else found.consequence == "error-lost"):
        return False
    if told.kind in {"lost", "definition"} and found.consequence not in {"undone", "changed", "text"}:
        return False
    if told.kind == "finding" and (told.rank > found.rank or told.only_asked or told.breaks != found.breaks):
        return False  # a defect is not told by a question, which tells of nothing else, a free not by a broken build
    if told.kind == "finding" and (told.key[:2], told.file) == (found.key[:2], found.file):
        return False  # what one rule finds in a file was put together where it tells of one thing
    sure = found.rank <= LEVELS.index("warning")
    counts = found.consequence == "error-lost" or (found.consequence == "lost" and sure)
    if told.kind == "gained" or (told.kind == "new" and (not counts or "dropped" not in told.reason)):
        return False
    near = set(told.functions) & set(found.functions)
    helpers = {wrapper.name for side in reader.sides_or_end(told.patch) for name in told.functions
               for wrapper in side.wrappers.get(name, ()) for call in wrapper.calls
               if call.callee in found.functions for wrapper in (wrapper,)}
    if told.kind == "definition":
        return bool(near) or bool(told.symbols & found.symbols)
    return bool(near or helpers) and bool(found.symbols & (told.symbols | set(_via(reader, told))))


def _via(reader: Reader, told: Event) -> tuple[str, ...]:
    """Return the helpers that the functions of the event call."""
    return tuple(call.callee for side in reader.sides_or_end(told.patch) for name in told.functions
                 for wrapper in side.wrappers.get(name, ()) for call in wrapper.calls)
