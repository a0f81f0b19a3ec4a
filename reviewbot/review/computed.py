"""What a call is given, and what the statements in front of it that only one side has make of that."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from reviewbot.cfacts import squash_c
from reviewbot.checks.leaves import Leaf
from reviewbot.review.matching import Item, lines_of
from reviewbot.values import dataclass

__all__ = ["makes_its_own", "otherwise_computed", "renames"]

_WORD = re.compile(r"[A-Za-z_]\w*")
_PLACE = re.compile(r"(?<![\w.>])[A-Za-z_]\w*(?:(?:->|\.)[A-Za-z_]\w*|\[[^][]*\])*(?!\w*\s*\()")
_CALLED = re.compile(r"\b([a-z_]\w*)\s*\(")
_TARGET = r"((?<![\w.>])[A-Za-z_]\w*(?:(?:->|\.)\w+|\[[^][]*\])*)"
_WRITTEN = re.compile(rf"{_TARGET}\s*(?:[-+|&^*/%]|<<|>>)?=(?!=)(?P<value>[^;]*)|{_TARGET}\s*(?:\+\+|--)"
                      rf"|(?:\+\+|--)\s*{_TARGET}|(?:[(,=)]|\breturn)\s*&{_TARGET}")
_LOOP = re.compile(r"\s*(?:\}\s*)?(?:for|while|do|\w*for_each\w*)\b")
_SET = re.compile(r"([A-Za-z_]\w*) = (?!.*\b\1\b)")
_LEADS = re.compile(r"(?:if|else|for|while|do|case|default|switch|goto|return|break|continue|#)\b|\w+ ?:|\w*for_each")
_LABEL = re.compile(r"\s?([A-Za-z_]\w*):(?!:)\s*$")
_CAST = re.compile(r"\((?:const |struct |unsigned )*\w+ ?\*+\) ?(?=[\w(&])|(?<=\(unsigned long\)) ")
_CONVERTED = re.compile(r"(?<![=!<>])= ?\(unsigned long\)(?=\w+(?:\([^()]*\))?$)")
_SECTION = re.compile(r"&(?=_\w+(?![\w.(\[]|->))")
_PLAIN = frozenset({"sizeof", "likely", "unlikely", "page_address", "virt_to_page", "page_to_pfn", "pfn_to_page",
                    "__va", "__pa", "min", "max", "min_t", "max_t", "round_up", "round_down", "if", "while", "return",
                    "defined"})
"""What looks at the value that it is given and not at what that points to."""

_MOST_LINES = 400
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


def otherwise_computed(before: Item, after: Item, own: tuple[frozenset[str], frozenset[str]]) -> str:
    """Return why the call may get something else: the place that it uses and that only one side sets, or sets so.

    Only what stands in front of the call counts, or in the loop around it. `own` are the local names of one side alone.
    """
    old, new = _ahead(before), _ahead(after)
    names = renames(old, new, own)
    old = [_named(text, names) for text in old]
    kept = Counter(old) & Counter(new)
    differing = [*_beyond(old, kept), *_beyond(new, kept)]
    if not differing:
        return ""
    tests = [{_named(atom, given) for guard in item.call.guards for atom in guard.condition.variables()}
             for item, given in ((before, names), (after, {}))]
    given = {use for item, spelled in ((before, names), (after, {})) for text in _given(item)
             for use in _uses(_named(text, spelled))}
    fresh = _just_set(before, after, names)
    callees = {item.call.callee for item in (before, after)}
    written = [place for text in differing if not callees & set(_WORD.findall(text)) for place, _ in _written(text)
               if place not in fresh]
    tested = {use for text in tests[0] & tests[1] for use in _uses(text)}
    for start, which in ((given, ""), (given | tested, ", on which its condition depends,")):
        uses = set(start)
        for _ in range(2):
            uses |= {use for text in (*old, *new) for place, value in _written(text)
                     if any(one.depends_on(place) for one in uses) for use in _uses(value)}
        for deep in (False, True):  # what the call is given itself first
            for place in written:
                if any(use.depends_on(place) for use in uses if use.deep is deep):
                    return f"'{place}'{which} is assigned otherwise in {after.place.function.name}()"
    return ""


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


def _written(text: str) -> Iterator[tuple[str, str]]:
    """Yield the places to which a statement gives a value, and that value."""
    for hit in _WRITTEN.finditer(text):
        yield hit[1] or hit[3] or hit[4] or hit[5], hit["value"] or ""


def _ahead(item: Item) -> list[str]:
    """Return the statements of the function in front of the call, all of them where a loop may come back to it.

    The address of what the linker names is spelled with or without `&`, and some casts change no value: these are left
    out.
    """
    lines = lines_of(item.place)[:_MOST_LINES]
    at = item.call.span.line - item.place.function.span.line
    upto = len(lines) if _comes_back(lines, at) else at
    text = squash_c("\n".join(lines[:upto]).encode("latin-1", "replace"))
    return [part for part in (_plain(one.strip()) for one in re.split(r"[;{}]", text)) if part]


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
