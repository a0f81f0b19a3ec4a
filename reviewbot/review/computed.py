"""What a call is given, and what the statements in front of it that only one side has make of that."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache

from reviewbot.cfacts import functions_of, squash_c
from reviewbot.checks.leaves import Leaf
from reviewbot.checks.lists import own_list
from reviewbot.checks.reading import Reading
from reviewbot.checks.spellings import in_one_spelling, types_of
from reviewbot.patterns import regex
from reviewbot.review.contained import same_masks
from reviewbot.review.matching import Item, lines_of
from reviewbot.review.same_errors import same_errors
from reviewbot.review.same_values import same_values
from reviewbot.review.standing_for import put_for, standing_for
from reviewbot.text import closing
from reviewbot.values import dataclass

__all__ = ["makes_its_own", "otherwise_computed", "renames"]

_WORD = regex(r"[A-Za-z_]\w*")
_PLACE = regex(r"(?<![\w.>])[A-Za-z_]\w*(?:(?:->|\.)[A-Za-z_]\w*|\[[^][]*\])*(?!\w*\s*\()")
_CALLED = regex(r"\b([a-z_]\w*)\s*\(")
_TARGET = r"((?<![\w.>])[A-Za-z_]\w*(?:(?:->|\.)\w+|\[[^][]*\])*)"
_WRITTEN = regex(rf"{_TARGET}\s*(?:[-+|&^*/%]|<<|>>)?=(?!=)(?P<value>[^;]*)|{_TARGET}\s*(?:\+\+|--)"
                 rf"|(?:\+\+|--)\s*{_TARGET}|(?:[(,=)]|\breturn)\s*&{_TARGET}")
_WALK = regex(rf"(?:\}}\s*)?\w*for_each\w*\s*\([^,&;()]+,(?:\s*\w+,)?\s*&{_TARGET}(?=[,)])")
_LOOP = regex(r"\s*(?:\}\s*)?(?:for|while|do|\w*for_each\w*)\b")
_TAKEN = regex(r"([A-Za-z_]\w*)\(.*\)")
_SET = regex(r"([A-Za-z_]\w*) = (?!.*\b\1\b)")
_LEADS = regex(r"(?:if|else|for|while|do|case|default|switch|goto|return|break|continue|#)\b|\w+ ?:|\w*for_each")
_LABEL = regex(r"\s?([A-Za-z_]\w*):(?!:)\s*$")
_CAST = regex(r"\((?:const |struct |unsigned )*\w+ ?\*+\) ?(?=[\w(&])|(?<=\(unsigned long\)) ")
_CONVERTED = regex(r"(?<![=!<>])= ?\(unsigned long\)(?=\w+(?:\([^()]*\))?$)")
_VALUE = regex(r"(?:[A-Za-z_][\w ]*?[ *])?(?P<place>[A-Za-z_]\w*(?:(?:->|\.)\w+|\[[^][]*\])*) ?= ?(?P<value>.+)")
_READ = regex(r"(?:const \w[\w ]*|\w[\w ]* const) ?\* ?\w+")  # a pointer to what is not written through it
_SETS = regex(r"(?<![=!<>])=(?!=)|\+\+|--")
_LONGEST_VALUE = 60
_SECTION = regex(r"&(?=_\w+(?![\w.(\[]|->))")
_PLAIN = frozenset({"sizeof", "likely", "unlikely", "page_address", "virt_to_page", "page_to_pfn", "pfn_to_page",
                    "__va", "__pa", "min", "max", "min_t", "max_t", "round_up", "round_down", "if", "while", "return",
                    "defined"})
"""What looks at the value that it is given and not at what that points to."""

_MOST_LINES = 400
_MOST_ALIKE = 8  # statements of a side that are held against the other side's
_NO_PLACES = frozenset({"NULL", "true", "false", "struct", "unsigned", "signed", "long", "int", "char", "void", "const",
                        "return", "if", "else", "while", "for", "do", "sizeof", "goto", "u8", "u16", "u32", "u64"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """A place that a call uses; `deep`: what lies behind the pointer counts as well, a function is asked about it."""

    place: str
    deep: bool

    def depends_on(self, written: str) -> bool:
        """Return whether it is another value when that place is written."""
        if self.place == written or self.place.startswith((f"{written}->", f"{written}.", f"{written}[")):
            return True
        return written.startswith((f"{self.place}.", f"{self.place}[")) or (
            self.deep and written.startswith(f"{self.place}->"))


def otherwise_computed(reading: Reading, before: Item, after: Item, own: tuple[frozenset[str], frozenset[str]],
                       comes_to_the_same: Callable[[str, str], bool] = str.__eq__, *,
                       settled: frozenset[str] = frozenset()) -> str:
    """Return why the call may get something else: the place that it uses and that only one side sets, or sets so; and
    both values, where each side sets it once.

    Only what stands in front of the call counts, or in the loop around it, and what some path leads from to the call.
    `own` are the local names of one side alone, `settled` the places whose values are known on both; a statement behind
    another test is no other where that `comes_to_the_same`, as texts of C.
    """
    told = [dict[str, str](), dict[str, str]()]
    macros = standing_for(before.place, after.place)
    old, new = (_ahead(item, _aside(reading, item), raw, bodies)
                for item, raw, bodies in zip((before, after), told, macros, strict=True))
    names = renames(old, new, own)
    spelled = {_named(text, names): raw for text, raw in told[0].items()}
    old = [_named(text, names) for text in old]
    kept = Counter(old) & Counter(new)
    gone, come = _but_masks(before, after, *_but_alike([*_beyond(old, kept)], [*_beyond(new, kept)], comes_to_the_same))
    gone, come = [text for text in gone if not _says_again(text, old, new)], [
        text for text in come if not _says_again(text, new, old)]
    differing = [*gone, *come]
    if not differing:
        return ""
    tests = [{_named(atom, given) for guard in item.call.guards for atom in guard.condition.variables()}
             for item, given in ((before, names), (after, {}))]
    given = {use for item, words in ((before, names), (after, {})) for text in _given(item)
             for use in _uses(_named(text, words))}
    fresh = _just_set(before, after, names) | settled
    callees = {item.call.callee for item in (before, after)}
    failing = same_errors(gone, come, (*old, *new))
    written = [(place, text in failing) for text in differing if not callees & set(_WORD.findall(text))
               for place, _ in _written(text) if place not in fresh]
    tested = {use for text in tests[0] & tests[1] for use in _uses(text)}
    for start, which in ((given, ""), (given | tested, ", on which its condition depends,")):
        uses = set(start)
        for _ in range(2):
            uses |= {use for text in (*old, *new) for place, value in _written(text)
                     if any(one.depends_on(place) for one in uses) for use in _uses(value)}
        for deep in (False, True):  # what the call is given itself first
            for place, same in written:
                if not (which and (same or _is_taken_anew(place, gone, come, tests[0] | tests[1]))) and any(
                        use.depends_on(place) for use in uses if use.deep is deep):
                    values = _values(place, (old, spelled), (new, told[1])) or _tests(place, gone, come)
                    return f"'{place}'{which} is assigned otherwise in {after.place.function.name}(){values}"
    return ""


def _is_taken_anew(place: str, gone: Sequence[str], come: Sequence[str], tests: Set[str]) -> bool:
    """Return whether both sides only take memory for a place, which is all that the tests ask of it: from whom, and
    whether it is cleared, they do not tell."""
    known = {*own_list("gives_linear"), *own_list("gives_pages"), *own_list("mapped_in_pages")}
    given = [[value for text in side for target, value in _written(text) if target == place] for side in (gone, come)]
    calls = [_TAKEN.fullmatch(value.strip()) for side in given for value in side]
    return all(given) and all(call is not None and call[1] in known for call in calls) and not any(
        atom != place and any(use.depends_on(place) for use in _uses(atom)) for atom in tests)


def _values(place: str, *sides: tuple[Sequence[str], Mapping[str, str]]) -> str:
    """Return what a place is set to and what it was, as `, 'NEW' (before: 'OLD')`, where each side sets it in one plain
    statement and nowhere else; empty otherwise. Each side is its statements, and how they are written."""
    found = []
    for texts, written in sides:
        own = [(text, value) for text in texts for target, value in _written(text)
               if _Use(place=target, deep=False).depends_on(place) or _Use(place=place, deep=False).depends_on(target)]
        hit = _VALUE.fullmatch(written.get(own[0][0], "")) if len(own) == 1 else None
        if hit is None or hit["place"] != place or not own[0][1] or _LEADS.match(hit[0]) or not _is_one(hit["value"]) \
                or len(hit["value"]) > _LONGEST_VALUE:
            return ""
        found.append(hit["value"])
    return f", '{found[1]}' (before: '{found[0]}')" if found[0] != found[1] else ""


def _tests(place: str, old: Sequence[str], new: Sequence[str]) -> str:
    """Return under which test a place is set and under which it was, as `, 'PLACE = X' where 'NEW' (before: where
    'OLD')`, where this is all that differs of what sets it; empty otherwise. Each side is its own statements."""
    found = []
    for texts in (old, new):
        own = [text for text in texts if any(_Use(place=target, deep=False).depends_on(place)
                                             for target, _ in _written(text))]
        parts = _under_a_test(own[0]) if len(own) == 1 else None
        if parts is None:
            return ""
        found.append(parts)
    (old_asks, old_does), (new_asks, new_does) = found
    if old_does != new_does or old_asks == new_asks or _LEADS.match(new_does) \
            or any("'" in text or len(text) > _LONGEST_VALUE for text in (new_does, old_asks, new_asks)):
        return ""
    return f", '{new_does}' where '{new_asks}' (before: where '{old_asks}')"


def _says_again(text: str, mine: Sequence[str], others: Sequence[str]) -> bool:
    """Return whether a statement only sets a place once more to what the other side sets it to as well: nothing else
    sets it on either side, and nothing behind the first time sets what its value is made of."""
    hit = _SET.match(text)
    written = _written(text)
    if hit is None or len(written) != 1 or text not in others or _LEADS.match(text):
        return False
    place, value = written[0]
    made_of = set(_uses(value))
    for side in (mine, others):
        first = side.index(text)
        for number, one in enumerate(side):
            for other, _ in _written(one):
                if one != text and (_Use(place=place, deep=False).depends_on(other)
                                    or _Use(place=other, deep=False).depends_on(place)):
                    return False
                if number > first and any(use.depends_on(other) for use in made_of):
                    return False
    return not any(_CALLED.search(value) and name not in _PLAIN and name.islower() for name in _CALLED.findall(value))


def _under_a_test(text: str) -> tuple[str, str] | None:
    """Return the test and the rest of a statement `if (TEST) REST`, None for any other."""
    end = closing(text, len("if ")) if text.startswith("if (") else -1
    return (text[len("if ("):end], text[end + 1:].strip()) if end > 0 else None


def _but_alike(old: list[str], new: list[str], comes_to_the_same: Callable[[str, str], bool]) -> tuple[
        list[str], list[str]]:
    """Return the statements of both sides but those that are the same behind tests that come to the same."""
    for one in old[:_MOST_ALIKE]:
        was = _under_a_test(one)
        for other in new[:_MOST_ALIKE] if was is not None else ():
            now = _under_a_test(other)
            if was is not None and now is not None and was[1] == now[1] and comes_to_the_same(was[0], now[0]):
                old, new = [text for text in old if text != one], [text for text in new if text != other]
                break
    return old, new


def _but_masks(before: Item, after: Item, old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Return the statements of both sides but those that differ in flags or macros alone, and not in the bits of them
    or their values."""
    trees, path = (before.place.side.tree, after.place.side.tree), after.place.path
    for one in old[:_MOST_ALIKE]:
        other = next((text for text in new[:_MOST_ALIKE] if same_masks(*trees, one, text)
                      or same_values(*trees, path, one, text)), None)
        if other is not None:
            old, new = [text for text in old if text != one], [text for text in new if text != other]
    return old, new


def _is_one(value: str) -> bool:
    """Return whether a text is one value: no second variable is declared behind it, and none is set within."""
    depth = 0
    for sign in value:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            return False
    return not _SETS.search(value) and "'" not in value


def _aside(reading: Reading, item: Item) -> frozenset[int]:
    """Return the lines of the tree's file from which no path leads to the call; none where the function is not known
    whole, or where macros may loop or jump."""
    tree, path, span = item.place.side.tree, item.place.path, item.place.function.span
    known = reading.known_ranges(path, tree.read(path) or b"")
    if known and not any(first <= span.line and span.end_line <= last for first, last in known):
        return frozenset()
    lines = lines_of(item.place)
    followed = reading.follow(tree, path, item.call) if len(lines) <= _MOST_LINES and not _hides_jumps(lines) else None
    if followed is None or (_comes_back(lines, item.call.span.line - span.line)
                            and not followed[0].comes_back(followed[1])):
        return frozenset()
    return followed[0].lines_aside(followed[1])


def _hides_jumps(lines: Sequence[str]) -> bool:
    """Return whether a label of the function stands where no `goto` is: in what a macro is given."""
    labels = {hit[1] for line in lines if (hit := _LABEL.match(line))} - {"default"}
    text = squash_c("\n".join(lines).encode("latin-1", "replace"))
    return any(len(re.findall(rf"\b{label}\b", text)) != len(re.findall(rf"\bgoto {label}\b|\b{label} ?:", text))
               for label in labels)


def _just_set(before: Item, after: Item, names: Mapping[str, str]) -> frozenset[str]:
    """Return the places that the last statements in front of the call set, on both sides to the same: what they were
    before that does not matter."""
    found: set[str] = set()
    for one, other in zip(reversed([_named(text, names) for text in _straight(before)]), reversed(_straight(after)),
                          strict=False):
        if one != other:
            break
        hit = _SET.match(one)
        if hit is not None:
            found.add(hit[1])
    return frozenset(found)


def _straight(item: Item) -> list[str]:
    """Return the statements right in front of the call that always run before it."""
    lines = lines_of(item.place)[:_MOST_LINES]
    at = item.call.span.line - item.place.function.span.line
    text = squash_c("\n".join(lines[:at]).encode("latin-1", "replace"))
    parts = [part.strip() for part in re.split(r"[{}]", text)[-1].split(";")[:-1]]
    last = max((number for number, part in enumerate(parts, 1) if _LEADS.match(part)), default=0)
    return [_plain(part) for part in parts[last:]]


def _given(item: Item) -> Iterator[str]:
    """Yield what the call is given, and what the helpers behind it make of that in the caller's own words.

    A helper that hands on a variable of its own may have made it of anything that it is given.
    """
    own = {word for argument in item.call.arguments for word in _WORD.findall(argument)}
    yield from item.call.arguments if not item.leaves or any(
        not leaf.via or makes_its_own(item, leaf) for leaf in item.leaves) else ()
    for leaf in item.leaves:
        texts = [*leaf.arguments, *(atom for guard in leaf.guards for atom in guard.variables())]
        for text in texts if leaf.via else ():
            for hit in _PLACE.finditer(text):
                if (_WORD.match(hit[0]) or hit)[0] in own:
                    yield hit[0]


def makes_its_own(item: Item, leaf: Leaf) -> bool:
    """Return whether a helper hands on what it has made in a variable of its own: it may be of anything given to it."""
    own = {word for argument in item.call.arguments for word in _WORD.findall(argument)}
    return bool(leaf.via) and any(_is_foreign(hit[0], own) for text in leaf.arguments for hit in _PLACE.finditer(text))


def _is_foreign(place: str, own: Set[str]) -> bool:
    """Return whether a place in the arguments of a helper's call is none of its caller's and no constant."""
    word = (_WORD.match(place) or [""])[0]
    return word not in own and word not in _NO_PLACES and not word.isupper()


def _uses(text: str) -> Iterator[_Use]:
    deep = any(name not in _PLAIN for name in _CALLED.findall(text))
    for hit in _PLACE.finditer(text):
        if hit[0] not in _NO_PLACES:
            yield _Use(place=hit[0], deep=deep)


@lru_cache(maxsize=1 << 14)  # what stands in front of a call stands in front of those behind it, too
def _written(text: str) -> tuple[tuple[str, str], ...]:
    """Return the places to which a statement gives a value, each with that value.

    A walk only reads the list at whose head it begins.
    """
    walk = _WALK.match(text)
    found, at = [], walk.end() if walk is not None else 0
    while (hit := _WRITTEN.search(text, at)) is not None:
        value, at = "", hit.end()
        if hit["value"] is not None:
            at = _end_of_value(text, hit.start("value"))
            value = text[hit.start("value"):at]
        found.append((hit[1] or hit[3] or hit[4] or hit[5], value))
    return tuple(found)


def _end_of_value(text: str, start: int) -> int:
    """Return where the value that begins there ends: at a comma or a bracket of what stands around it, or a `;`."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] in "([") - (text[at] in ")]")
        if depth < 0 or (depth == 0 and text[at] == ",") or text[at] == ";":
            return at
    return len(text)


def _ahead(item: Item, aside: Set[int], written: dict[str, str], macros: Mapping[str, str]) -> list[str]:
    """Return the statements of the function in front of the call, all of them where a loop may come back to it; those
    on lines `aside` are none of them. `written` receives how they are spelled. What the `macros` stand for takes their
    place.

    The address of what the linker names is spelled with or without `&`, and some casts change no value: these are left
    out.
    """
    lines = lines_of(item.place)[:_MOST_LINES]
    at = item.call.span.line - item.place.function.span.line
    upto = len(lines) if _comes_back(lines, at) else at
    first = item.place.function.span.line
    kept = [_but_marks(line) if first + number in aside else line for number, line in enumerate(lines[:upto])]
    text = squash_c("\n".join(kept).encode("latin-1", "replace"))
    readers = _readers(item.place.side.tree.read(item.place.path) or b"")
    types = types_of(text)
    found = []
    for one in re.split(r"[;{}]", put_for(text, macros)):
        if part := _plain(in_one_spelling(_by_value(one.strip(), readers), types)):
            written[part] = one.strip()
            found.append(part)
    return found


@lru_cache(maxsize=64)
def _readers(data: bytes) -> Mapping[str, frozenset[int]]:
    """Return the functions of a file with the numbers of those arguments through which they only read."""
    found: dict[str, frozenset[int]] = {}
    for one in functions_of(data):
        numbers = frozenset(number for number, text in enumerate(one.parameters) if _READ.fullmatch(text.strip()))
        found[one.name] = numbers & found.get(one.name, numbers)
    return {name: numbers for name, numbers in found.items() if numbers}


def _by_value(text: str, readers: Mapping[str, frozenset[int]]) -> str:
    """Return a statement in which what a function only reads through its argument is not handed out by its address."""
    if "&" not in text:
        return text
    gone: list[int] = []
    for call in _CALLED.finditer(text):
        number, depth = 0, 0
        for at in range(call.end(), len(text) if call[1] in readers else 0):
            if depth == 0 and text[at] == "&" and text[:at].rstrip()[-1:] in {"(", ","} and number in readers[call[1]]:
                gone.append(at)
            depth += (text[at] in "([") - (text[at] in ")]")
            number += depth == 0 and text[at] == ","
            if depth < 0:
                break
    return "".join(sign for at, sign in enumerate(text) if at not in gone)


def _but_marks(line: str) -> str:
    """Return what ends statements, blocks and comments on a line, without its code."""
    return "".join(re.findall(r"[{};]|/\*|\*/|//", line))


def _plain(statement: str) -> str:
    """Return a statement without what changes no value: casts of pointers, and one that an assignment makes anyway."""
    return _CONVERTED.sub("= ", _SECTION.sub("", _CAST.sub("", statement)))


def _comes_back(lines: Sequence[str], at: int) -> bool:
    """Return whether the line stands in a loop: by its indentation, or between a label and a jump back to it."""
    here = _depth(lines[at]) if at < len(lines) else 0
    labels: set[str] = set()
    for line in reversed(lines[:at]):
        label = _LABEL.match(line)
        if label:
            labels.add(label[1])
        elif line.strip() and not line.startswith("#") and _depth(line) < here:
            here = _depth(line)
            if _LOOP.match(line):
                return True
    return any(re.search(rf"\bgoto {label}\b", line) for line in lines[at:] for label in labels)


def _depth(line: str) -> int:
    return len(line.expandtabs(8)) - len(line.expandtabs(8).lstrip())


def _beyond(texts: Iterable[str], kept: Mapping[str, int]) -> Iterator[str]:
    left = dict(kept)
    for text in texts:
        if left.get(text, 0) > 0:
            left[text] -= 1
        else:
            yield text


def _named(text: str, names: Mapping[str, str]) -> str:
    return _WORD.sub(lambda hit: names.get(hit[0], hit[0]), text) if names else text


def renames(old: Sequence[str], new: Sequence[str], own: tuple[frozenset[str], frozenset[str]]) -> dict[str, str]:
    """Return which local name of the statements before became which of those after, as far as all of them agree."""
    if not own[0] or not own[1]:
        return {}
    kept = Counter(old) & Counter(new)
    shapes: dict[str, list[str]] = {}
    for text in _beyond(new, kept):
        shapes.setdefault(_WORD.sub("_", text), []).append(text)
    found: dict[str, str] = {}
    wrong: set[str] = set()
    for text in _beyond(old, kept):
        same = shapes.get(_WORD.sub("_", text))
        if not same:
            continue
        for a, b in zip(_WORD.findall(text), _WORD.findall(same.pop(0)), strict=True):
            if a in own[0] and b in own[1]:
                wrong |= {a} if found.setdefault(a, b) != b else set()
    return {a: b for a, b in found.items() if a not in wrong and list(found.values()).count(b) == 1}
