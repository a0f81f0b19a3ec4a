"""What limits a page: what is missing of the series, and what of it could not be followed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from reviewbot.budget import COSTLY
from reviewbot.checks.analysis import Analysis
from reviewbot.errors import Skip
from reviewbot.patterns import regex
from reviewbot.review.leading import Reached, reached_by
from reviewbot.review.page.events import Event
from reviewbot.review.page.lost import lost_parts
from reviewbot.review.page.reworded import calls_changed, takes_over, words_changed
from reviewbot.review.page.swapped import (
    ASSIGNED,
    CALLED,
    MOST_NAMES,
    MOST_WORDS,
    NAMED,
    WRITTEN,
    are_other_numbers,
    ask_swaps,
    decides,
    say_swap,
    words_of,
)
from reviewbot.review.unplaced import has_its_lines, lost_hunks
from reviewbot.review.unseen import Unseen
from reviewbot.source.landing import ANOTHER_FORM
from reviewbot.text import clip, quote_names

__all__ = ["is_open", "named_doubts", "not_seen", "open_words", "own_doubt", "tree_has", "without_told_bits"]

_TWICE = regex(r"^(\w+\(\)): (?=\1)")  # a name before a sentence that begins with it
_STOOD = regex(r"a call like it stood in (\w+)\(\) before")
_ELSEWHERE = regex(r"(?P<by>\w+\(\)), which (?:it|(?P<through>\w+\(\))) (?P<when>calls now|called before), "
                   r"calls (?P<name>\w+\(\))(?P<weak> in its __weak body)?")
_ASSIGNED = regex(r"'(?P<place>[^']+)'(?P<asked>, on which its condition depends,)? is assigned otherwise in ")
_BITS = regex(r"\b_PAGE_\w+")
_EXIT = regex(r"\b(?:goto|return)\b")
_MOST_DOUBTS = 3
_FEW_PLACES = 2
_FEW_WORDS = 4  # of a function that is no more than written in another way
_VAGUE = regex(r"the family|is written otherwise$")
_COMPARED = regex(r"\bstill do(?:es)? what (?:it|they) did\b|, now that .+ (?:is|are) assigned otherwise\b")
_THERE = ("the tree has this change already: ", f"the tree has {ANOTHER_FORM}: ")
_LATER = regex(r"is assigned otherwise in \w+\(\)(?:, '|$)")  # what came after the patch uses its variable, too
_MOST_NUMBERS = 5
_LONGEST_DOUBT = 100


def tree_has(analysis: Analysis, one: Unseen, told: Sequence[Event]) -> bool:
    """Return whether the tree has in another form what the hunks without a place bring: each line that tells stands in
    its file, none that they remove does; or what they bring is `told` as such."""
    states = [state for state in analysis.patched.states if state.index == one.patch]
    files = [file for state in states for file in state.files if file.path == one.file]
    if one.kind != "hunks" or not files:
        return False
    diffs = [diff for patch in analysis.series.patches if patch.index == one.patch for diff in patch.files
             if diff.new_path == one.file]
    names = {event.functions for event in told if (event.patch, event.file) == (one.patch, one.file)}
    if names and len(names) >= sum(len(diff.hunks) for diff in diffs):
        return True
    return all(has_its_lines(analysis, file) for file in files)


def without_told_bits(one: Unseen, told: Sequence[Event]) -> Unseen | None:
    """Return what is open of changed definitions without those bits that a row is about; None where that is all."""
    said = {name for event in told if (event.patch, event.file) == (one.patch, one.file)
            for name in _BITS.findall(event.gist)}
    names = list(dict.fromkeys(_BITS.findall(one.what))) if one.kind == "directive" else []
    left = [name for name in names if name not in said]
    if not said & {*names}:
        return one
    return replace(one, what=f"the definitions of {quote_names(left, most=4)}") if left else None


def not_seen(analysis: Analysis, skips: Sequence[Skip], unseen: Sequence[Unseen], *, told: int = 0,
             had: Sequence[Unseen] = (), judged: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return what limits the page, in at most three sentences: what is missing before what could not be followed.

    So many words in the place of others are `told` already, and these functions are `judged` on the page. Of what is
    `had`, hunks without a place, the tree has another form: what leaves a function elsewhere, in a file that calls the
    family, may skip what has to be undone.
    """
    said = []
    unplaced = [one for one in unseen if one.kind == "hunks" and not one.quiet]
    hunks = sorted({one.file for one in unplaced}, key=lambda path: (not _calls(analysis, path), path))
    if analysis.patched.base.kind == "none":
        said.append("everything outside the hunks: there is no tree")
    elif unplaced:
        every = [one for one in unseen if one.kind == "hunks"]
        there = {(state.index, file.path) for state in analysis.patched.states for file in state.files
                 if file.note.startswith(_THERE)}
        more = len({one.file for one in every if (one.patch, one.file) not in there} - {*hunks})
        rest = f"; hunks of {more} more {'file' if more == 1 else 'files'} have no place either" if more else ""
        said.append(lost_parts(analysis, every, hunks, judged) + rest)
    elif others := [one for one in had if not one.quiet and _calls(analysis, one.file) and _leaves(analysis, one)]:
        numbers = [str(number) for number in sorted({one.patch for one in others})]
        which = f"patch {numbers[0]} does" if len(numbers) == 1 else f"patches {quote_names(numbers, most=8)} do"
        files = quote_names(sorted({one.file for one in others}), most=2)
        said.append(f"what {which} in {files}, of which this tree has another version")
    missing = analysis.series.missing
    if missing:
        which = f"{'patch' if len(missing) == 1 else 'patches'} {quote_names([str(n) for n in missing], most=5)}" \
            if len(missing) <= _MOST_NUMBERS else f"{len(missing)} of {analysis.series.total} patches"
        said.append(f"{which}, which {'is' if len(missing) == 1 else 'are'} not in the input")
    said += [clip(f"{skip.where}: {skip.why}", 200) for skip in skips if skip.stage == "mail"][:1]
    said += [clip(f"{skip.where}: {skip.why}", 200) for skip in skips if skip.stage in COSTLY][:1]
    unread = sorted({skip.where for skip in skips if skip.stage not in {"apply", "model", "mail", *COSTLY}
                     and not _is_of_another(analysis, skip)})
    if unread:
        places = quote_names([clip(where, 60) for where in unread], most=2)
        said.append(f"{places}, where something could not be parsed")
    if open_one := _open(analysis, _near(analysis, unseen), told):
        said.append(open_one)
    return tuple(said[:_MOST_DOUBTS])


def _is_of_another(analysis: Analysis, skip: Skip) -> bool:
    """Return whether it is about the variants of a function that no patch shows."""
    found = re.match(r"'(\w+)' ", skip.why) if skip.stage == "variants" else None
    path = skip.where.partition(":")[0]
    return found is not None and not any(diff.path == path and re.search(rf"\b{found[1]}\(", diff.raw)
                                         for patch in analysis.series.patches for diff in patch.files)


def _near(analysis: Analysis, unseen: Sequence[Unseen]) -> list[Unseen]:
    """Return what bears on the family and is about a file that is known, or about a call; not a function whose place
    the one takes that it only handed on to."""
    hunks = {one.file for one in unseen if one.kind == "hunks" and not one.quiet}
    there = {state.index for state in analysis.patched.states
             if state.files and all(file.note.startswith(_THERE) and not file.unplaced for file in state.files)}
    unseen = [one for one in unseen if one.patch not in there or not _LATER.search(one.why)]
    told = {(one.patch, one.file, found["function"]) for one in unseen if (found := ASSIGNED.match(one.why))}
    unseen = [one for one in unseen if one.kind != "beside" or (one.patch, one.file, one.what.partition("(")[0])
              not in told]
    return [one for one in unseen if one.near and not one.quiet and one.file and (
        one.kind == "call" or one.file not in hunks) and not _is_plain(one) and not (
            one.kind in {"work", "beside"} and (name := NAMED.search(one.what)) is not None
            and takes_over(analysis, one.patch, one.file, name[0].partition("(")[0]))]


def open_words(analysis: Analysis, unseen: Sequence[Unseen]) -> tuple[str, int]:
    """Return which functions ask which words in the place of others, where that is open, as the sentence that sums a
    page up, and how many words it tells of; nothing where no words are open, or more than words of another function
    is. What is used beside the family's calls, and decides over none of them, sums nothing up."""
    near = [one for one in _near(analysis, unseen) if one.kind != "beside" or decides(analysis, one)]
    words = {one: found for one in near if (found := words_of(analysis, one))}
    if any(one.kind == "work" and _changed(analysis, one) > _FEW_WORDS for one in near if one not in words):
        return "", 0
    swaps = list(dict.fromkeys(swap for those in words.values() for swap in those))[:MOST_WORDS]
    told = [say_swap(swap, [one for one in words if swap in words[one]]) for swap in swaps]
    if not told or not all(told):
        return "", 0
    files = sorted({one.file for one, those in words.items() if {*those} & {*swaps}})
    open_one = "" if are_other_numbers(analysis, swaps, files) else \
        "; that this comes to the same could not be shown"
    return f"{', and '.join(told)}{open_one}.", len(told)


def is_open(text: str) -> bool:
    """Return whether a sentence of not_seen() asks what could not be decided, and names nothing that is missing."""
    return text.startswith(("whether ", "what "))


def named_doubts(doubts: Sequence[str]) -> tuple[str, ...]:
    """Return the sentences of not_seen() without what only says that something could not be compared: beside what is
    known to change that is no news."""
    kept = [text if not is_open(text) else "; ".join(part for part in text.split("; ") if not _COMPARED.search(part))
            for text in doubts]
    return tuple(text for text in kept if text)


def own_doubt(analysis: Analysis, unseen: Sequence[Unseen], judged: frozenset[str]) -> tuple[str, ...]:
    """Return which functions of the family, and which of those that do their work, are changed and were not decided, of
    those that no row is about, as one sentence or none: beside what is known to change elsewhere that is news."""
    family = analysis.family.names()
    found: dict[str, tuple[str, str]] = {}
    for one in _near(analysis, unseen):
        name, _, work = one.what.partition("(), which does work of ")
        name = name.partition("(")[0]
        own = one.kind == "call" and one.what == f"{name}()" and name in family
        if (own or (one.kind == "work" and work)) and name not in judged and not (words_of(analysis, one)):
            found.setdefault(name, (f"{name}()" + (f" (work of {work})" if work else ""), one.file))
    if not found:
        return ()
    names = [said for said, _ in sorted(found.values(), key=lambda pair: " (work of " in pair[0])]
    files = sorted({file for _, file in found.values()})
    verb = "is what it was" if len(names) == 1 else "are what they were"
    return (f"whether {quote_names(names, most=MOST_NAMES)} {verb}, in {quote_names(files, most=2)}",)


def _open(analysis: Analysis, those: Sequence[Unseen], told: int) -> str:
    """Return what of the files that are known could not be decided: which words stand for which others, one thing as it
    is, several by their names."""
    if not those:
        return ""
    if all(one.kind == "directive" for one in those):
        places = quote_names(sorted({one.file for one in those}), most=2)
        names = quote_names(list(dict.fromkeys(name for one in those for name in _BITS.findall(one.what))), most=4)
        comes = "comes" if names.isidentifier() else "come"
        return f"what {names or 'the changed #define lines'} of {places} {comes} to"
    words = {one: swaps for one in those if (swaps := words_of(analysis, one)) is not None}
    asked = [one for one in those if words.get(one, ("",))]
    rest = [one for one in asked if one not in words]
    others = [one for one in rest if not _STOOD.fullmatch(one.why) and not _reaches(one.what)]
    parts = [ask_swaps(analysis, [one for one in asked if one in words], words, told),
             _of_moved([one for one in rest if _STOOD.fullmatch(one.why)]), _of_others(analysis, others)]
    if any(_changed(analysis, one) > _FEW_WORDS for one in others):
        parts.reverse()
    parts.append(_of_reaching([one.what for one in rest]))
    return "; ".join(part for part in parts if part)


def _of_moved(asked: Sequence[Unseen]) -> str:
    """Return whether calls do what ones like them did in other functions, of the first of them; empty for none."""
    told = {(_name(one, found[0]), stood[1]) for one in asked
            if (found := NAMED.search(one.what)) and (stood := _STOOD.fullmatch(one.why))}
    if not told:
        return ""
    (name, origin), more = min(told), len(told) - 1
    rest = f"; {more} more call{'s' if more > 1 else ''} that may have moved" if more else ""
    files = sorted({one.file for one in asked})
    return f"whether {name} does what it did in {origin}() ({quote_names(files, most=2)}){rest}"


def _of_others(analysis: Analysis, asked: Sequence[Unseen]) -> str:
    """Return what could not be decided of other things than words."""
    if not asked:
        return ""
    texts = list(dict.fromkeys(_TWICE.sub("", one.evidence.text) for one in asked))
    files = sorted({one.file for one in asked})
    if len(texts) == len(files) == 1 and not _VAGUE.search(texts[0]) and len(texts[0]) <= _LONGEST_DOUBT:
        return f"{texts[0]} in {files[0]}"
    if gone_on := _of_elsewhere(asked):
        return gone_on
    asked = sorted(asked, key=lambda one: -_changed(analysis, one))
    named = [(_name(one, found[0]), one.file) for one in asked if (found := NAMED.search(one.what))]
    if not named:
        return f"what else changes in {quote_names(files, most=2)}"
    names, files = list(dict.fromkeys(name for name, _ in named)), sorted({file for _, file in named})
    tails = {name.partition(" in ")[2] for name in names}
    if len(tails) == 1 and len(names) <= MOST_NAMES:
        tail = tails.pop()
        said = quote_names([name.partition(" in ")[0] for name in names]) + (f" in {tail}" if tail else "")
    else:
        said = quote_names(names, most=MOST_NAMES)
    if otherwise := _of_assigned(asked, said, many=len(names) > 1):
        return f"{otherwise} ({quote_names(files, most=2)})"
    calls = {calls_changed(analysis, one.patch, one.file, name.partition("(")[0])
             for one in asked if (found := NAMED.search(one.what)) for name in [_name(one, found[0])]}
    if len(calls) == 1 and not any(" in " in name for name in names):
        said += _other_calls(*calls.pop(), many=len(names) > 1)
    still = "still does what it did" if len(names) == 1 else "each still do what they did"
    return f"whether {said} {still} ({quote_names(files, most=2)})"


def _of_assigned(asked: Sequence[Unseen], said: str, *, many: bool) -> str:
    """Return what is open of calls that a place or two decide which are assigned otherwise; empty where it is more."""
    hits = [_ASSIGNED.match(one.why) for one in asked]
    places = list(dict.fromkeys(f"'{hit['place']}'" for hit in hits if hit))
    decides = {bool(hit["asked"]) for hit in hits if hit}
    if not all(hits) or len(places) > _FEW_PLACES or len(decides) != 1:
        return ""
    are, they = ("are", "they were") if many else ("is", "it was")
    given = f"called where {they}" if decides.pop() else f"given what {they} given"
    return (f"whether {said} {are} {given}, now that {quote_names(places)} {'is' if len(places) == 1 else 'are'} "
            "assigned otherwise")


def _of_elsewhere(asked: Sequence[Unseen]) -> str:
    """Return whether a function elsewhere does what calls did that one function lost, or did what it makes now; empty
    where not all are about one such function."""
    hits = [(one, found) for one in asked if (found := _ELSEWHERE.fullmatch(one.why)) and CALLED.match(one.what)]
    users = {(found["by"], found["through"], found["when"], NAMED.search(one.what)[0], one.file)  # type: ignore[index]
             for one, found in hits}
    if len(hits) < len(asked) or len(users) != 1:
        return ""
    [(by, through, when, user, file)] = users
    calls = quote_names(list(dict.fromkeys(f"{CALLED.match(one.what)[1]}()" for one in asked)))  # type: ignore[index]
    inner = quote_names(list(dict.fromkeys(found["name"] for _, found in hits)))
    which = "whose __weak body calls" if all(found["weak"] for _, found in hits) else "which calls"
    who, there = f"{by}, which {through or user} {when} and {which} {inner},", f"in {user}" if through else "there"
    return f"whether {who} does what {calls} did {there} ({file})" if when == "calls now" else \
        f"whether {calls} {there} {'does' if len(asked) == 1 else 'do'} what {who} did ({file})"


def _changed(analysis: Analysis, one: Unseen) -> int:
    """Return how much of the function that it is about the patch changes."""
    found = NAMED.search(one.what)
    return words_changed(analysis, one.patch, one.file, found[0].partition("(")[0]) if found else 0


def _reaches(what: str) -> Reached | None:
    """Return the function elsewhere that calls the family itself and of which calls changed, None for other words."""
    found = reached_by(what)
    return found if found and found.direct else None


def _of_reaching(whats: Sequence[str]) -> str:
    """Return that calls come or go of functions elsewhere that call the family themselves; empty for none."""
    found = [hit for what in whats if (hit := _reaches(what))]
    names, files = [*dict.fromkeys(f"{hit.name}()" for hit in found)], [*dict.fromkeys(hit.file for hit in found)]
    if not found:
        return ""
    call = "calls" if len(names) == 1 else "call"
    return (f"what the changed calls of {quote_names(names, most=MOST_NAMES)}, which {call} set_memory_*() or the "
            f"like in {quote_names(files, most=2)}, come to")


def _other_calls(now: Sequence[str], was: Sequence[str], *, many: bool) -> str:
    """Return what a function calls otherwise than before, or `many` alike, as a clause behind the names; empty where
    that is too much."""
    new, gone = (quote_names([f"{name}()" for name in names]) for names in (now, was))
    if len(now) + len(was) > MOST_NAMES or not (now or was):
        return ""
    call = "call" if many else "calls"
    parts = [f"now {call} {new}" if now else "", f"no longer {call} {gone}" if was else ""]
    return f", which {' and '.join(part for part in parts if part)},"


def _name(one: Unseen, function: str) -> str:
    """Return the function, and of a call in it that is meant what is called: `set_memory_ro() in demo_open()`."""
    called = CALLED.match(one.what) if one.kind == "call" else None
    return f"{called[1]}() in {function}" if called else function


def _calls(analysis: Analysis, path: str) -> bool:
    """Return whether the tree's file calls the family."""
    facts = analysis.sides[0].facts.get(path)
    return facts is not None and bool(facts.calls)


def _leaves(analysis: Analysis, one: Unseen) -> bool:
    """Return whether hunks without a place bring a line that leaves a function or jumps in it."""
    files = [file for state in analysis.patched.states if state.index == one.patch for file in state.files
             if file.path == one.file]
    return any(line.kind == "+" and _EXIT.search(line.text) for file in files
               for hunk in lost_hunks(analysis, one.patch, file) for line in hunk.lines)


def _is_plain(one: Unseen) -> bool:
    """Return whether what it is about can be read on its lines: a function that is new, with those who call it; a test
    of a variable that is written otherwise and asks nothing more."""
    if one.kind in {"work", "beside"} and one.how == "adds":
        return True
    found = WRITTEN.search(one.why)
    if found is None:
        return False
    sides = [set(re.findall(r"[A-Za-z_]\w*", found[side])) for side in ("before", "after")]
    return sides[0] == sides[1] and len(sides[0]) == 1 and not re.search(r"\w\(", found[0])
