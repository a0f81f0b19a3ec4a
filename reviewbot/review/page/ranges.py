"""Events out of an architecture's table of executable memory: kinds of it that come with another protection now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from reviewbot.cfacts import functions_of, squash_c
from reviewbot.checks.arches import own_arch
from reviewbot.patterns import regex
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import Reader
from reviewbot.review.page.rulebook import Ranges
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode, quote_names
from reviewbot.values import dataclass

__all__ = ["gives_otherwise", "other_ranges"]

_KIND = regex(r"\[\s*(\w+)(?:\s*\.\.\.\s*(\w+))?\s*\]\s*=\s*\{([^{}]*)\}")
_MEMBER = regex(r"\.(pgprot|flags)\s*=\s*([^,{}]+)")
_WORD = regex(r"(?<![\w.>])[A-Za-z_]\w*")
_MOST = 4  # protections of one kind


@dataclass(frozen=True, slots=True, kw_only=True)
class _Range:
    """What one kind comes as: each protection that it can have, whether it can come out of the cache, and its line."""

    protections: tuple[str, ...]
    cached: bool
    line: int = field(default=0, compare=False)


def gives_otherwise(file: PatchedFile, ranges: Ranges) -> bool:
    """Return whether a patch changes what the file's table of executable memory gives."""
    return bool(_differing(file, ranges))


def other_ranges(reader: Reader) -> Iterator[Event]:
    """Yield the kinds of executable memory that an architecture's table gives another protection, or takes out of the
    cache of read-only pages now, those with the same change together."""
    for state in reader.analysis.patched.states:
        if reader.patches is not None and state.index not in reader.patches:
            continue
        for file in state.files:
            arch = own_arch(file.path)
            if arch in reader.analysis.arches:
                yield from _of_file(reader, state.index, file, arch)


def _of_file(reader: Reader, patch: int, file: PatchedFile, arch: str) -> Iterator[Event]:
    ranges = reader.rules.ranges
    for (was, now), kinds in _differing(file, ranges).items():
        yield Event(
            kind="protection", key=("ranges", str(patch), file.path, *kinds), verdict="different", arch=(arch,),
            config="", gist=_gist(reader, kinds, was, now), reason="", patch=patch, file=file.path,
            line=now.line, functions=(ranges.function,), symbols=frozenset(), consequence="changed",
            reach="distribution", certainty=reader.certainty(patch, file.path), because=())


def _differing(file: PatchedFile, ranges: Ranges) -> dict[tuple[_Range, _Range], list[str]]:
    """Return what kinds of memory came as and come as now, with what the kinds are called, where that differs."""
    name = ranges.function.encode()
    if not file.path.endswith(".c") or not file.whole or any(name not in (data or b"")
                                                             for data in (file.before, file.after)):
        return {}
    old, new = (_table(data or b"", ranges) for data in (file.before, file.after))
    changes: dict[tuple[_Range, _Range], list[str]] = {}
    for kind, words in ranges.kinds.items():
        was, now = old.get(kind), new.get(kind)
        if was is not None and now is not None and was != now:
            changes.setdefault((was, now), []).append(words.called)
    return changes


def _gist(reader: Reader, kinds: list[str], was: _Range, now: _Range) -> str:
    cache = reader.rules.ranges.cache
    who, before = quote_names(kinds, most=5), _as_said(reader, was.protections)
    if was.protections == now.protections:
        return f"memory for {who} comes out of the cache of large read-only pages now ({cache})" if now.cached else \
            f"memory for {who} no longer comes out of the cache of large read-only pages ({cache})"
    fresh = tuple(one for one in now.protections if one not in was.protections)
    verb = "can now come" if len(now.protections) > 1 else "now comes"
    after = _as_said(reader, fresh or now.protections)
    cached = f", out of the cache of large read-only pages ({cache})" if now.cached and not was.cached else ""
    return f"memory for {who} {verb} {after}{cached}; before it came {before}"


def _as_said(reader: Reader, protections: tuple[str, ...]) -> str:
    """Return `read-only and executable (PAGE_KERNEL_ROX)`, or `as X` for one that nobody wrote down."""
    known = reader.rules.protections
    parts = []
    for one in protections:
        if one not in known:
            parts.append(f"as {one}")
            continue
        write, run = known[one]
        parts.append(f"{'writable' if write else 'read-only'} and {'' if run else 'not '}executable ({one})")
    return " or ".join(parts)


def _table(data: bytes, ranges: Ranges) -> dict[str, _Range]:
    """Return what each kind comes as, by the table of the architecture; nothing where it cannot be read."""
    body = next((one for one in functions_of(data) if one.name == ranges.function), None)
    if body is None:
        return {}
    lines = decode(data).split("\n")[body.body.line - 1:body.body.end_line]
    text = squash_c("\n".join(lines).encode("latin-1", "replace"))
    found: dict[str, _Range] = {}
    read = 0
    for hit in _KIND.finditer(text):
        members = {name: value.strip() for name, value in _MEMBER.findall(hit[3])}
        protections = _values(members.get("pgprot", ""), text)
        kinds = _from_to(hit[1], hit[2] or hit[1], ranges)
        if not protections or not kinds or not found.keys().isdisjoint(kinds):
            return {}
        line = next((number for number, line in enumerate(lines, body.body.line)
                     if re.search(rf"\[\s*{hit[1]}\b[^=]*=", line)), 0)
        found.update(dict.fromkeys(kinds, _Range(
            protections=protections, line=line, cached=ranges.cache in _values(members.get("flags", ""), text))))
        read += 1
    if read != text.count("] =") or read != text.count(".pgprot"):
        return {}
    first = next((found[name] for name in ranges.first if name in found), None)
    return {} if first is None else {
        kind: found.get(kind) or (_Range(protections=(words.otherwise,), cached=False, line=first.line)
                                  if words.otherwise else first)
        for kind, words in ranges.kinds.items()}


def _from_to(first: str, last: str, ranges: Ranges) -> tuple[str, ...]:
    """Return the kinds from one to another, () for names that are none."""
    kinds = (*(one for one in ranges.first if one not in ranges.kinds), *ranges.kinds)
    if first not in kinds or last not in kinds:
        return ()
    return kinds[kinds.index(first):kinds.index(last) + 1]


def _values(expression: str, text: str, seen: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return the constants that an expression of the function can be, by all that its variables are set to."""
    found: dict[str, None] = {}
    for word in _WORD.findall(expression.rpartition("?")[2]):
        if word.isupper():
            found[word] = None
        elif word not in seen:
            sets = re.findall(rf"(?<![\w.>\]]){word}\s*(?:\|)?=(?!=)\s*([^;]+);", text)
            for one in sets:
                found.update(dict.fromkeys(_values(one, text, seen | {word})))
    return tuple(found) if len(found) <= _MOST else ()
