"""Puts the page together: events into rows, the questions that are worth an answer, one sentence that sums up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.errors import Skip
from reviewbot.findings.order import name_cells
from reviewbot.findings.types import LEVELS, Cell, Claim, Finding
from reviewbot.review.grounds import BEHIND_OTHERS
from reviewbot.review.page.conclusion import conclusion
from reviewbot.review.page.doubts import not_seen, tree_has
from reviewbot.review.page.effects import events_of_cells
from reviewbot.review.page.events import Event, joined
from reviewbot.review.page.found import events_of_findings
from reviewbot.review.page.protections import other_protections
from reviewbot.review.page.questions import asked_text, is_answered
from reviewbot.review.page.reader import Reader
from reviewbot.review.page.rulebook import PageRules
from reviewbot.review.page.types import FirstPage, PageRow, Weight
from reviewbot.review.unseen import Unseen
from reviewbot.text import clip, quote_names

__all__ = ["compose_page"]

_MOST_CLAIMS = 2
_LONGEST = 400
_PLURAL = {" now deals with ": " now deal with ", " now hands on ": " now hand on ", " now drops ": " now drop ",
           " now only warns about ": " now only warn about ", " now panics on ": " now panic on "}
_NEAR = 3  # lines from a call to what is done about its failure


def compose_page(analysis: Analysis, rules: PageRules, findings: tuple[Finding, ...], cells: tuple[Cell, ...],
                 claims: tuple[Claim, ...], skips: tuple[Skip, ...],
                 unseen: tuple[Unseen, ...] = (),
                 patches: frozenset[int] | None = None) -> tuple[FirstPage, tuple[Finding, ...]]:
    """Return the first page of the review, which rests on these findings and cells, and the findings with the
    questions that it asks."""
    reader = Reader(analysis, rules, patches)
    named = name_cells(cells)
    of_cells = (*events_of_cells(reader, named), *other_protections(reader))
    there = [event for event in of_cells if event.kind == "had"]
    events = _merged(reader, [event for event in of_cells if event.kind != "had"],
                     events_of_findings(reader, findings, cells))
    ranked = sorted(events, key=lambda event: _order(rules, event))
    changes = [event for event in ranked if _weight(rules, event).value > 0]
    proved = not any(one.near or one.options for one in unseen)
    same = _same(reader, changes, named, proved=proved)
    doubts = not_seen(analysis, skips, [one for one in unseen if (patches is None or one.patch in patches)
                                        and not tree_has(analysis, one, there) and not _is_shown(one, changes)])
    stated = [event for event in changes if event.kind != "finding" or _is_stated(event)]
    rows = [_row(rules, number, event) for number, event in enumerate((*stated, *same), 1)]
    asks = _asks(reader, changes)
    ordered = sorted(claims, key=lambda claim: claim.patch)
    contradicted = [number for number, claim in enumerate(ordered) if claim.verdict == "contradicted"][:_MOST_CLAIMS]
    page = FirstPage(conclusion="", rows=tuple(rows), ask=tuple(finding.id for finding, _ in asks),
                     ask_weights=tuple(weight for _, weight in asks), claims=tuple(contradicted), not_seen=doubts)
    worded = {finding.id: finding for finding, _ in asks}
    findings = tuple(worded.get(finding.id, finding) for finding in findings)
    page = _fitted(rules, page, {finding.id: finding for finding in findings}, ordered)
    return replace(page, conclusion=conclusion(reader, page, named, there, unseen)), findings


def _is_shown(one: Unseen, changes: Sequence[Event]) -> bool:
    """Return whether it is only open what a call comes to behind another one, of which the page tells."""
    return one.why == BEHIND_OTHERS and any((event.patch, event.file) == (one.patch, one.file) and any(
        one.what.startswith(f"{name}(") for name in event.functions) for event in changes)


def _is_stated(event: Event) -> bool:
    """Return whether a finding's fact is a row: a question whose answer nobody here knows is only asked."""
    return event.rank <= LEVELS.index("warning") or (
        not event.only_asked and event.consequence in {"lost", "undone", "changed"})


def _weight(rules: PageRules, event: Event) -> Weight:
    return rules.weigh(event.consequence, event.reach, event.certainty)


def _order(rules: PageRules, event: Event) -> tuple[object, ...]:
    return (-_weight(rules, event).value, event.rank, event.patch, event.file, event.line, event.gist)


def _merged(reader: Reader, cells: Iterable[Event], found: Iterable[Event]) -> list[Event]:
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
        pairs.setdefault((event.kind, event.patch, place, event.config, event.arch, event.verdict), []).append(event)
    done = [_paired(sorted(group, key=lambda e: (e.rank, e.line))) for group in pairs.values()]
    found = list(found)
    done = [event for event in _under_definitions(done) if not any(_is_refuted(event, other) for other in found)]
    done = _over_settings(_over_functions(reader.rules, done))
    for event in found:
        host = next((other for other in done if _tells_the_same(reader, event, other)), None)
        if host is None:
            done.append(event)
        else:
            done[done.index(host)] = _under(host, event)
    return _bounded(reader, _folded(_without_known_helpers(_under_helpers(done))))


def _is_refuted(event: Event, found: Event) -> bool:
    """Return whether a failure that is now dealt with is one that a finding shows to be dealt with wrongly."""
    return (event.kind == "fate" and event.verdict == "better" and found.verdict == "worse" and _is_stated(found)
            and found.patch == event.patch and bool(set(found.functions) & set(event.functions))
            and bool(found.symbols & event.symbols) and event.line <= found.line <= event.line + _NEAR)


def _bounded(reader: Reader, events: Sequence[Event]) -> list[Event]:
    """Return the events with the end of those that a later patch makes harmless: a call no longer maps pages, and what
    took them off the map before, and was asked for it, does so no longer either under that condition."""
    total = reader.analysis.series.total

    def end_of(event: Event) -> Event | None:
        later = (other for other in events if (event.kind, other.kind, other.verdict) == ("lost", "definition", "worse")
                 and other.patch > event.patch and other.config == event.config and set(event.arch) <= set(other.arch))
        return next((other for other in later for name in event.symbols & set(other.functions)
                     if (promise := reader.rules.promise(name)) and promise.by_argument and event.reason), None)

    ends = [(event, end_of(event)) for event in events]
    return [replace(event, gist=f"{event.gist}, until {end.patch}/{total}",
                    reason=f"{event.reason}; from {end.patch}/{total} on that unmaps nothing there either")
            if end else event for event, end in ends]


def _under_helpers(events: Sequence[Event]) -> list[Event]:
    """Return the events with new calls that go through a helper put under what is said of the helper itself."""
    done = list(events)
    for event in events:
        host = next((other for other in done if event.kind == "new" and other is not event
                     and (other.kind != "finding" or _is_stated(other)) and other.patch == event.patch
                     and event.through & set(other.functions)
                     and event.symbols & (other.symbols | other.through)), None)
        if host is not None and event in done:
            done.remove(event)
            done[done.index(host)] = replace(host, because=tuple(dict.fromkeys((*host.because, *event.because))))
    return done


def _without_known_helpers(events: Sequence[Event]) -> list[Event]:
    """Return the events without what a new helper does where the page tells of those who call it."""
    def is_told(event: Event) -> bool:
        return event.kind == "new" and event.gist.startswith("the new ") and any(
            set(event.functions) & other.through and event.symbols & other.symbols for other in events
            if other is not event)

    return [event for event in events if not is_told(event)]


def _folded(events: Sequence[Event]) -> list[Event]:
    """Return the events without the new calls that cannot fail where the page tells of the same calls elsewhere."""
    def is_told(event: Event) -> bool:
        return event.kind == "new" and not event.reason and any(
            other.kind == "new" and other.reason and set(event.functions) <= set(other.functions)
            and event.symbols == other.symbols for other in events if other is not event)

    return [event for event in events if not is_told(event)]


def _under(host: Event, found: Event) -> Event:
    """Return the cell's event with the finding's under it; a new call that loses its failure is what the finding is."""
    if host.kind == "new" and found.consequence == "lost":
        return replace(joined(found, (host,)), arch=found.arch)  # what it leads to is the graver part of it
    both = replace(joined(host, (found,)), arch=host.arch, functions=host.functions)
    if host.kind == "brought" and not host.reason and found.consequence == "text" and found.gist.endswith(")"):
        return replace(both, gist=found.gist[:1].lower() + found.gist[1:])  # nobody can call it there, and why
    if host.kind != "new":
        return both
    return replace(both, verdict=found.verdict, consequence=found.consequence, certainty=found.certainty,
                   reason=host.reason or found.reason, rank=found.rank, arch=found.arch)


def _under_definitions(events: Sequence[Event]) -> list[Event]:
    """Return the events with what a function of the family does inside put under what the function itself does."""
    hosts = {"definition": {"lost", "gained", "fate"}, "brought": {"new", "gained"}}
    done = [event for event in events if event.kind in hosts]
    for event in events:
        if event.kind in hosts:
            continue
        host = next((other for other in done if event.kind in hosts.get(other.kind, ())
                     and other.patch == event.patch and set(event.arch) <= set(other.arch)
                     and (other.kind == "brought" or other.config == event.config)
                     and set(event.functions) <= set(other.functions)), None)
        if host is None:
            done.append(event)
        else:
            done[done.index(host)] = joined(host, (event,))
    return done


def _both(one: Event, other: Event) -> str:
    """Return what two new calls do to one object in one sentence, empty where that is no sentence: `f() now makes page
    read-only and takes execution from it`."""
    if one.kind != "new" or one.objects != other.objects or one.reason != other.reason or len(one.objects) != 1 \
            or not one.address or one.address != other.address:
        return ""
    thing, start = min(one.objects), f"{one.functions[0]}() now "
    does, through, helper = one.gist.partition(" through ")
    again, _, same = other.gist.partition(" through ")
    if does == again or helper != same or not (does.startswith(start) and again.startswith(start)):
        return ""
    second = f" {again.removeprefix(start)} ".replace(f" {thing} ", " it ").strip()
    return f"{does} and {second}{through}{helper}"


def _paired(group: Sequence[Event]) -> Event:
    """Return the gravest of the group with the rest under it; definitions that change alike are named together."""
    first = joined(group[0], tuple(group[1:]))
    if len(group) == 2 and (both := _both(*group)):
        return replace(first, gist=both)
    if first.kind != "definition" or len(group) == 1:
        return first
    names = quote_names([f"{name}()" for name in first.functions], most=3)
    plural = {"no longer does anything": "no longer do anything", "works there now": "work there now"}
    tail = next((many for one, many in plural.items() if group[0].gist.endswith(one)), "")
    return replace(first, gist=f"{names} {tail}", reason=first.reason.replace("it did", "they did")) if tail else first


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
            names = quote_names([f"{name}()" for event in group for name in event.functions[:1]], most=3)
            gist = first.gist.replace(f"{first.functions[0]}()", names, 1)
            for thing in first.objects:
                gist = gist.replace(f" {thing}", " memory") if len({e.objects for e in group}) > 1 else gist
            first = replace(joined(first, tuple(group[1:])), gist=_agreeing(rules, gist, names), arch=first.arch,
                            reason=first.reason if len({e.reason for e in group}) == 1 else "")
        done.append(first)
    return done


def _over_settings(events: Sequence[Event]) -> list[Event]:
    """Return the events with those joined that say the same of architectures where it takes different options."""
    alike: dict[tuple[object, ...], list[Event]] = {}
    for event in events:
        alone = () if event.config.startswith("where ") else (event.kind, event.patch, event.file, event.functions)
        alike.setdefault((alone or event, event.verdict, event.gist, event.reason), []).append(event)
    done = []
    for group in alike.values():
        first, rest = group[0], tuple(group[1:])
        settings = [f"{event.config} on {quote_names(event.arch, most=12)}" for event in group if event.config]
        arches = [arch for event in group for arch in event.arch]
        done.append(replace(joined(first, rest), config=" and ".join(settings))
                    if rest and len(arches) == len(set(arches)) else first)
        done += rest if rest and len(arches) > len(set(arches)) else ()
    return done


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
                return f"{before}{names}{after} {many} {gist.removeprefix(start)}"
    return gist


def _tells_the_same(reader: Reader, found: Event, told: Event) -> bool:
    """Return whether a finding's event is the one that a changed cell shows: the same function, or a helper that the
    function goes through, the same callee, and architectures in common."""
    if told.kind in {"protection", "case", "gone"} or told.verdict == "better":
        return False
    if found.patch != told.patch or not set(found.arch) & set(told.arch):
        return False
    if told.kind == "fate" and not (found.stops if told.stops else found.consequence == "error-lost"):
        return False
    if told.kind in {"lost", "definition"} and found.consequence not in {"undone", "changed", "text"}:
        return False
    if told.kind == "finding" and told.rank > found.rank:
        return False  # a defect is not told by a question
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


def _row(rules: PageRules, number: int, event: Event) -> PageRow:
    statement = f"{event.gist}: {event.reason}" if event.reason else event.gist
    return PageRow(
        id=f"row-{number}", arch=event.arch, config=event.config, verdict=event.verdict,
        statement=clip(statement, _LONGEST), patch=event.patch, file=event.file, line=event.line,
        weight=_weight(rules, event) if event.kind != "same" else Weight(
            value=0, consequence="text", reach=event.reach, certainty=event.certainty),
        because=event.because, gist=clip(event.gist, _LONGEST))


def _asks(reader: Reader, events: Sequence[Event]) -> list[tuple[Finding, Weight]]:
    """Return the questions, one for each event, the gravest first, without those that a commit message answers."""
    patches = {patch.index: patch for patch in reader.analysis.series.patches}
    found: dict[str, tuple[Finding, Weight]] = {}
    said: set[str] = set()
    for event in events:
        for finding in event.asks[:1]:
            if finding.question not in said and not (
                    finding.patch in patches and is_answered(finding, patches[finding.patch])):
                said.add(finding.question)
                found.setdefault(finding.id, (finding, _weight(reader.rules, event)))
    return list(found.values())


def _same(reader: Reader, changes: Sequence[Event], named: Sequence[tuple[str, Cell]], *, proved: bool) -> list[Event]:
    """Return the architectures on which nothing changes, where that is known: no configuration builds what changed,
    or every call has the effect it had, and it is `proved` that nothing else bears on it."""
    analysis = reader.analysis
    whole = analysis.patched.base.kind != "none" and all(
        file.applies not in {"fragment", "failed"} for state in analysis.patched.states for file in state.files)
    told = {arch for event in changes for arch in event.arch}
    if not whole:
        return []
    files = sorted({event.file for event in changes if event.file.endswith(".c") and not own_arch(event.file)})
    unbuilt: dict[str, list[str]] = {}
    quiet: list[str] = []
    for arch in analysis.arches:
        never = [path for path in files if analysis.never_builds(path, arch)]
        mine = [cell for _, cell in named if cell.arch == arch]
        if arch in told:
            continue
        if files and len(never) == len(files) and not any(cell.changed for cell in mine if cell.file not in files):
            unbuilt.setdefault(quote_names(files, most=2), []).append(arch)
        elif proved and mine and all(cell.seen == "same" for cell in mine):
            quiet.append(arch)
    events = [_quiet(tuple(arches), f"cannot be built with {paths}, where the changes are", named)
              for paths, arches in unbuilt.items()]
    if quiet:
        events.append(_quiet(tuple(quiet), "each call of the family in a changed function does what it did before",
                             named))
    return events


def _quiet(arches: tuple[str, ...], gist: str, named: Sequence[tuple[str, Cell]]) -> Event:
    because = tuple(name for name, cell in named if cell.arch in arches)[:4]
    return Event(kind="same", key=("same", *arches), verdict="same", arch=arches, config="", gist=gist, reason="",
                 patch=0, file="", line=0, functions=(), symbols=frozenset(), consequence="text", reach="distribution",
                 certainty="derived", because=because)


def _fitted(rules: PageRules, page: FirstPage, findings: dict[str, Finding],
            claims: Sequence[Claim]) -> FirstPage:
    """Return the page within its limits: the lightest rows and questions go first, rows that say `same` before them."""
    changed = [row for row in page.rows if row.verdict != "same"]
    same = [row for row in page.rows if row.verdict == "same"]
    rows = [*changed[:rules.limits["rows"]], *same[:max(0, rules.limits["rows"] - len(changed))]]
    ask = list(page.ask[:rules.limits["asks"]])

    def texts() -> list[str]:
        told = {name for row in rows for name in row.because}
        return [*([rows[0].gist] if rows else []), *(row.statement for row in rows),
                *(asked_text(findings[name], told) for name in ask), *(claims[number].text for number in page.claims),
                *page.not_seen]

    while rows and len(rows) + len(ask) > 1:
        words = sum(len(text.split()) for text in texts()) + 25
        lines = 9 + sum(1 + len(text) // 90 for text in texts())
        if words <= rules.limits["words"] and lines <= rules.limits["lines"]:
            break
        if len(ask) > max(2, len(rows) - 2):
            ask.pop()
        else:
            rows.pop()
    left = len(page.rows) - len(rows) + len(page.ask) - len(ask)
    return replace(page, rows=tuple(rows), ask=tuple(ask), ask_weights=page.ask_weights[:len(ask)], left_out=left)

