"""Effects on memory that a function had before a patch and has no more, or in a narrower way, or too early."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.dropped import only_syncs_went
from reviewbot.contracts.effects import Effect, Event, events, is_worth_a_search, known_effects, object_in
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.nearby import place_after
from reviewbot.contracts.outline import Outline, Step, calls_in, given_to, root_of, walk
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["effects_asked", "effects_lost"]

_KEPT = 0.5
_MAPS = regex(r"(?:^|_)(?:un|re|io|v|fix)?(?:maps?|mappings?|prot|protect|perms?|ptes?|p[mu4g]ds?|ptep|pgtable"
              r"|vmemmap|depopulate|populate)(?:_|$|\d)")
_BEFORE_FREE = frozenset({"private", "mapped", "writable", "not-executable", "cached"})
_MOST_ARCHES = 16  # files of other architectures that are asked what they do
_PROTECTS = regex(r"(?:^|_)(?:un)?(?:protect|seal)(?:_|$)")
_OF_ONE_KIND = 3  # words that the names of the helpers of one thing begin with
_CAST = regex(r"\([\w\s*]+\)\s*(?=[\w(&*])")
_FEW = 3  # calls that went or came: so many are looked up in the tree


def effects_lost(old: Outline, new: Outline, was: Teacher, now: Teacher) -> Iterator[Hit]:
    """Yield the effects that are gone, those that reach less far now, and the flags that a call is no longer given."""
    names = [Counter(call.name for call in _calls(outline)) for outline in (old, new)]
    texts = [Counter(outline.text(call) for call in _calls(outline)) for outline in (old, new)]
    if texts[0] == texts[1] and _flags(old) == _flags(new):
        return
    if not _is_same(old, new):
        return
    gone, added = frozenset(names[0] - names[1]), frozenset(names[1] - names[0])
    narrowed = list(_narrowed(old, new, texts))
    yield from narrowed
    if not narrowed:
        yield from _gone(old, new, was, now, gone, added, texts)
        yield from _second_effects(old, new, gone, added)
    yield from _stored_plain(old, new)
    yield from _flags_gone(old, new)
    yield from _for_all(old, new, was, now, added)


def effects_asked(old: Outline | None, new: Outline, teacher: Teacher) -> Iterator[str]:
    """Yield the functions of which `effects_lost` may ask the tree what they do."""
    if old is None or not _is_same(old, new):
        return
    names = [Counter(call.name for call in _calls(outline)) for outline in (old, new)]
    gone, added = names[0] - names[1], names[1] - names[0]
    come = _searched(added, teacher)
    if gone and len(come) <= _FEW:
        yield from come
        yield from _searched(gone, teacher) if len(gone) <= _FEW and len(added) <= _FEW else ()


def _searched(names: Iterable[str], teacher: Teacher) -> list[str]:
    """Return those of the functions of which only the rest of the tree tells what they do."""
    table = known_effects().of
    return [name for name in names if name not in table and is_worth_a_search(name) and not teacher.here(name)]


def _for_all(old: Outline, new: Outline, was: Teacher, now: Teacher, added: frozenset[str]) -> Iterator[Hit]:
    """Yield an effect that some callers had themselves and that the function has for all of its callers now; not one
    that a helper of the function had before."""
    had: set[str] | None = None
    for event in events(new, None, added):
        effect, step = event.effect, new.steps[event.step]
        if not effect.all or new.static or _is_chosen(old, new, step):
            continue
        had = {one.effect.id for one in events(old, was)} if had is None else had
        others = now.files_of(new.name) if effect.id not in had else ()
        if len(others) > 1:
            yield Hit(shape="for-all-callers", line=step.line, end_line=new.last_line(step), symbol=event.name,
                      object=effect.id, taken_from=effect.functions,
                      fields=(("callee", event.name), ("statement", effect.does), ("how", str(len(others))),
                              ("fits", effect.all)),
                      new=((step.line, new.said(step)),))
            return


def _is_chosen(old: Outline, new: Outline, step: Step) -> bool:
    """Return whether a step is done only where a test holds that the function did not have before."""
    tests = [one for one in new.steps for branch in one.branches if branch.block in step.where]
    known = {old.said(one) for one in old.steps if one.branches}
    return any(new.said(one) not in known for one in tests)


def _calls(outline: Outline) -> list[Expr]:
    return [call for step in outline.steps for call in calls_in(step.expr) if call.name]


def _is_same(old: Outline, new: Outline) -> bool:
    """Return whether most of a function still stands, besides what it declares: one that was written anew is another.
    """
    before, after = (Counter(one.said(step) for step in one.steps if step.kind != "declare") for one in (old, new))
    both = before & after
    return _only_loses(old, new) or both.total() >= _KEPT * before.total() or before.total() - both.total() <= 2


def _only_loses(old: Outline, new: Outline) -> bool:
    """Return whether a patch takes calls out of a function and brings none: it is the same, however short it gets."""
    texts = [Counter(outline.text(call) for call in _calls(outline)) for outline in (old, new)]
    return bool(texts[1]) and texts[1] < texts[0]


def _gone(old: Outline, new: Outline, was: Teacher, now: Teacher, gone: frozenset[str],
          added: frozenset[str], texts: list[Counter[str]]) -> Iterator[Hit]:
    if not gone:
        return
    wide = len(gone) <= _FEW and len(added) <= _FEW
    names = {call.name for call in _calls(new)}
    inside = names | {event.name for event in events(new, now)}
    before = list(events(old, was, gone, everywhere=wide))
    brought = [(event.effect.id, event.name) for event in events(new, now, added, everywhere=len(
        _searched(added, now)) <= _FEW)]
    said: set[tuple[str, frozenset[str]]] = set()
    words = _words(new)
    for event in before:
        effect, text = event.effect, old.text(event.call)
        if not effect.lost or any(effect.id == kind or name in effect.also for kind, name in brought) \
                or inside & effect.also or texts[1][text] or (effect.id, event.roots) in said:
            continue
        if any(other.effect.id == effect.takes_back and other.roots & event.roots for other in before):
            continue  # what it took back is gone as well
        if effect.instead and not _has_come(effect, old, new, was, now):
            continue  # the thing itself is not done any more
        if effect.starts & {call.name for call in _calls(old)} and not effect.starts & names:
            continue  # nothing is begun any more that it would end
        if any(other.effect is effect and other.via == "" and other.name != event.name
               and not _is_another_case(other, event, old, new) for other in events(new)) or not _matters(
                   event, old, new, now):
            continue
        if event.via and (any(other.effect is effect for other in events(new, now)) or any(
                call.name in added and event.roots & {part.name for part in walk(call) if part.kind == "name"}
                for call in _calls(new))):
            continue  # what came in its place may do so as well, further down
        if any((_is_of_one_kind(call.name, event.name) or _PROTECTS.search(call.name)) and call.name in added
               and event.roots & {part.name for part in walk(call) if part.kind == "name"} for call in _calls(new)):
            continue  # another function of the same helpers, or one that is named for it, has the memory now
        said.add((effect.id, event.roots))
        step = old.steps[event.step]
        place = place_after(old, new, step)
        how = f"'{event.name}' (through '{event.via}')" if event.via else f"'{_short(text)}'"
        kept = object_in(event, old)
        still = bool(kept) and not event.via and {part.name for part in walk(event.call)} & old.locals.keys() <= words \
            and any(kept in new.said(one) for one in new.steps)
        back = effect.id in _BEFORE_FREE and known_frees().says(old.name, "teardown") and not known_frees().says(
            old.name, "frees")
        yield Hit(shape="flush-gone" if effect.local else "not-taken-back" if back else "effect-gone", line=place.line,
                  end_line=new.last_line(place), symbol=event.name,
                  object=f"{effect.id} {object_in(event, old)}",
                  elsewhere=effect.functions | ({event.via} if event.via else set()),
                  fields=(("callee", event.name), ("statement", how), ("fits", effect.ask), ("variable", kept),
                          ("how", f"{effect.lost}{_elsewhere(event, old, now)}"),
                          ("end", _given_after(event, old, new, place) or (
                              f", which still deals with '{kept}'" if still else ""))),
                  old=((step.line, old.said(step)),), new=((place.line, new.said(place)),))


def _has_come(effect: Effect, old: Outline, new: Outline, was: Teacher, now: Teacher) -> bool:
    """Return whether the function has more calls than before of what could stand for an effect."""
    counts = [sum(event.effect.id in effect.instead for event in events(outline, teacher))
              for outline, teacher in ((old, was), (new, now))]
    return counts[1] > counts[0]


def _second_effects(old: Outline, new: Outline, gone: frozenset[str], added: frozenset[str]) -> Iterator[Hit]:
    """Yield the effects that a call had besides its own, and that the call of its own effect in its place has not."""
    of = known_effects().of
    both = {effect.id: effect for effect in of.values() if effect.lost}
    had = {name for step in new.steps for call in calls_in(step.expr) for name in (call.name,)}
    for event in events(old, None, gone):
        now = next((one for one in events(new, None, added) if one.effect is event.effect
                    and one.roots == event.roots), None)
        for effect in both.values() if now is not None else ():
            if now is None or event.name not in effect.also or had & (effect.functions | effect.also):
                continue
            step, place = old.steps[event.step], new.steps[now.step]
            yield Hit(shape="effect-gone", line=place.line, end_line=new.last_line(place), symbol=event.name,
                      object=f"{effect.id} {object_in(event, old)}", elsewhere=effect.functions | effect.also,
                      fields=(("callee", event.name), ("statement", f"'{_short(old.text(event.call))}'"),
                              ("fits", effect.ask), ("variable", object_in(event, old)), ("how", effect.lost),
                              ("end", f", where '{now.name}' stands now")),
                      old=((step.line, old.said(step)),), new=((place.line, new.said(place)),))


def _stored_plain(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield a place that a function which writes instructions was given, and that a plain store writes now."""
    known = {old.said(step) for step in old.steps}
    stores = {new.text(part.parts[0]): step for step in reversed(new.steps) for part in walk(step.expr)
              if part.kind == "assign" and part.name == "=" and new.said(step) not in known}
    left = {new.text(call) for call in _calls(new)}
    for event in events(old) if stores else ():
        where = event.call.parts[1] if len(event.call.parts) > 1 else None
        if event.effect.id != "patched" or where is None or old.text(event.call) in left:
            continue
        thing = _CAST.sub("", old.text(where.parts[0] if where.kind == "address" else where))
        place = stores.get(thing if where.kind == "address" else f"*{thing}") or stores.get(f"{thing}[0]")
        if place is not None:
            step = old.steps[event.step]
            yield Hit(shape="flush-gone", line=place.line, end_line=new.last_line(place), symbol=event.name,
                      object=f"{event.effect.id} {thing}", elsewhere=event.effect.functions,
                      fields=(("callee", event.name), ("statement", f"'{_short(old.text(event.call))}'"),
                              ("fits", event.effect.ask), ("variable", thing), ("how", event.effect.lost),
                              ("end", f", which does '{new.said(place).rstrip(';')}' now")),
                      old=((step.line, old.said(step)),), new=((place.line, new.said(place)),))
            return


def _given_after(event: Event, old: Outline, new: Outline, place: Step) -> str:
    """Return what gives memory back behind the place, in a function that is named for that: it goes as it is."""
    if event.effect.id not in _BEFORE_FREE or not known_frees().says(old.name, "frees"):
        return ""
    gives = [call for step in new.steps if step.line >= place.line for call in calls_in(step.expr)
             if known_frees().says(call.name, "frees")]
    return f", and leaves '{_short(new.text(gives[0]))}', which gives memory back" if len(gives) == 1 else ""


def _elsewhere(event: Event, old: Outline, now: Teacher) -> str:
    """Return which other architectures' functions of the name go on doing what this one no longer does."""
    own = _arch(now.near)
    if not own or old.static or event.effect.id not in _BEFORE_FREE:
        return ""
    found: set[str] = set()
    for path, data in islice(((path, data) for path, data in now.sources(old.name) if _arch(path) not in {"", own}),
                             _MOST_ARCHES):
        beside = now.beside(path)
        if any(one.effect is event.effect for body in beside.defined_in(path, data, old.name)
               for one in events(body, beside)):
            found.add(_arch(path))
    return f"; on other architectures ({', '.join(sorted(found))}) '{old.name}' still {event.effect.does}" \
        if found else ""


def _arch(path: str) -> str:
    return path.split("/")[1] if path.startswith("arch/") else ""


def _is_of_one_kind(one: str, other: str) -> bool:
    """Return whether two functions are named after one thing: `pool_image_seal()`, `pool_image_finish()`."""
    words = [name.strip("_").split("_")[:_OF_ONE_KIND] for name in (one, other)]
    return one != other and words[0] == words[1] and len(words[0]) == _OF_ONE_KIND


def _words(outline: Outline) -> set[str]:
    """Return the names of values in a function."""
    return {part.name for step in outline.steps for part in walk(step.expr) if part.kind == "name"} | {
        step.name for step in outline.steps if step.kind == "declare"}


def _is_another_case(other: Event, gone: Event, old: Outline, new: Outline) -> bool:
    """Return whether what stays of an effect stood there before, where more has to hold than for what goes."""
    text = new.text(other.call)
    before = [old.steps[event.step].where for event in events(old)
              if event.effect is other.effect and old.text(event.call) == text]
    where = old.steps[gone.step].where
    return len(before) == 1 and len(before[0]) > len(where) and before[0][:len(where)] == where


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:text.index('(')]}()"


def _matters(event: Event, old: Outline, new: Outline, now: Teacher) -> bool:
    """Return whether what the effect went with is still there."""
    if old.name in event.effect.functions or "flush" in old.name.split("_"):
        return True  # it is what the function is for
    if not event.roots & {*old.locals, *old.parameters} and (
            _is_all_that_goes(old, new) or only_syncs_went(old, new)):
        return True  # nothing has come for it, and nothing that it was for has gone
    if event.effect.id == "grace" and any("rcu_head" in kind for kind in new.parameters.values()):
        return False  # it runs when the readers are gone
    if event.effect.needs:
        return any(other.effect.id in event.effect.needs for other in events(new, now)) or any(
            _MAPS.search(call.name) for call in _calls(new))
    words, thing = _words(new), _CAST.sub("", object_in(event, old))
    held = re.compile(rf"{re.escape(thing)}(?!\w)")
    if "->" in thing and not any(held.search(new.said(step)) for step in new.steps) and any(
            held.search(old.said(step)) for number, step in enumerate(old.steps) if number != event.step):
        return False  # the memory went with it
    own = event.roots & {*old.locals, *old.parameters}
    if event.effect.takes_back and known_frees().says(old.name, "teardown") and _is_still_done(event.effect, now):
        return True
    if own:
        return bool(own & words) or (len(new.steps) == 1 and bool(_given_after(event, old, new, new.steps[0])))
    return bool(event.roots & words) if event.roots else len(new.steps) >= len(old.steps) - 2


def _is_all_that_goes(old: Outline, new: Outline) -> bool:
    """Return whether a patch takes one step, or one call, out of a function and does nothing else to it."""
    if _only_loses(old, new):
        left = Counter(new.text(call) for call in _calls(new))
        texts = Counter(old.text(call) for call in _calls(old))
        if any(texts - Counter(old.text(call) for call in calls_in(step.expr)) == left for step in old.steps):
            return True
    said = [new.said(step) for step in new.steps]
    return len(old.steps) == len(said) + 1 and any(
        [old.said(step) for step in (*old.steps[:at], *old.steps[at + 1:])] == said for at in range(len(old.steps)))


def _is_still_done(effect: Effect, now: Teacher) -> bool:
    """Return whether the file at hand still does what an effect takes back."""
    names = sorted({name for name, one in known_effects().of.items() if one.id == effect.takes_back} | {
        name for one in known_effects().of.values() if one.id == effect.takes_back for name in one.also})
    return bool(re.search(rb"\b(?:" + "|".join(names).encode() + rb")\s*\(", now.data)) if names else False


def _narrowed(old: Outline, new: Outline, texts: list[Counter[str]]) -> Iterator[Hit]:
    """Yield the flushes that reach this CPU alone where they reached all, or one page where they reached a range."""
    before = [event for event in events(old) if texts[0][text := old.text(event.call)] > texts[1][text]]
    after = [event for event in events(new) if texts[1][text := new.text(event.call)] > texts[0][text]]
    for event in after:
        effect = event.effect
        same = {old.text(one.call): one for one in before if one.effect is effect}
        if len(same) != 1 or not effect.local:
            continue
        [one] = same.values()
        step, earlier = new.steps[event.step], old.steps[one.step]
        others = [other for other in events(new) if other.effect is effect and other.step > event.step
                  and new.steps[other.step].where == step.where[:len(new.steps[other.step].where)]]
        follows = ""
        if event.name in effect.here and one.name not in effect.here and all(
                other.name in effect.here for other in others):
            follows = effect.local
        elif (event.name in effect.single and one.name not in effect.single | effect.here) or (
                event.name == one.name and _is_page(event, new) and not _is_page(one, old)):
            follows = effect.narrow if not _in_loop(new, step) else ""
        elif event.roots and not one.roots and event.name not in effect.here | effect.single \
                and one.name not in effect.here | effect.single:
            follows = _besides(event, new)
        if follows:
            yield Hit(shape="effect-narrowed", line=step.line, end_line=new.last_line(step), symbol=event.name,
                      object=effect.id, fields=(("callee", event.name), ("was", old.text(one.call)),
                                                ("now", new.text(event.call)), ("how", follows), ("fits", effect.ask),
                                                ("statement", effect.does)),
                      old=((earlier.line, old.said(earlier)),), new=((step.line, new.said(step)),))


def _besides(event: Event, new: Outline) -> str:
    """Return what else the function changes where a flush of everything became one of a range: at an address that it
    has from a conversion, and that the flush does not name."""
    for other in events(new):
        first = next((name for part in other.call.parts[1:3] if (name := root_of(part)) in new.locals), "")
        if other.effect.id in event.effect.needs and first and not event.roots & {
                root_of(part) for part in other.call.parts[1:4]} and any(
                    is_conversion(call.name) for step in new.steps for value in given_to(step, first)
                    for call in calls_in(value)):
            return f"'{_short(new.text(other.call))}' changes what lies at '{first}', which that flush does not name"
    return ""


def _is_page(event: Event, outline: Outline) -> bool:
    return any(outline.text(part).replace(" ", "").endswith(("+PAGE_SIZE", "+1"))
               or outline.text(part) == "PAGE_SIZE" for part in event.call.parts[-1:])


def _in_loop(outline: Outline, step: Step) -> bool:
    return any(branch.block in step.where for one in outline.steps if one.loop for branch in one.branches)


def _flags(outline: Outline) -> Counter[str]:
    table = known_effects().flags
    return Counter(part.name for step in outline.steps for part in walk(step.expr)
                   if part.kind == "name" and part.name in table)


def _flags_gone(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the flags that stood in an argument of a call, or in what was assigned, and stand nowhere any more."""
    before, after = _flags(old), _flags(new)
    for flag in sorted(before):
        if after[flag]:
            continue
        step = next(step for step in old.steps for part in walk(step.expr) if part.kind == "name" and part.name == flag)
        inner = [call for call in calls_in(step.expr) if any(part.kind == "name" and part.name == flag
                                                             for part in walk(call))]
        callee = inner[-1].name if inner else ""
        if step.kind == "test" or _cleared(old, step, flag) or (callee and not any(
                call.name == callee for call in _calls(new))):
            continue
        place = next((one for one in new.steps if any(call.name == callee for call in calls_in(one.expr))), None) \
            if callee else place_after(old, new, step)
        if place is None or not callee:
            continue
        yield Hit(shape="flag-gone", line=place.line, end_line=new.last_line(place), symbol=callee, object=flag,
                  elsewhere=frozenset({flag}),
                  fields=(("callee", callee), ("variable", flag), ("how", known_effects().flags[flag])),
                  old=((step.line, old.said(step)),), new=((place.line, new.said(place)),))


def _cleared(outline: Outline, step: Step, flag: str) -> bool:
    """Return whether the flag is taken away there: `& ~FLAG`."""
    text = outline.said(step).replace(" ", "")
    return f"~{flag}" in text or f"~({flag}" in text
