"""Events out of header lines: protections of kernel memory that are made of other bits than before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reviewbot.cfacts import body_text, functions_with
from reviewbot.checks.arches import own_arch
from reviewbot.patterns import regex
from reviewbot.review.defines import changed_defines, macro_bodies
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import Reader
from reviewbot.source.types import PatchedFile
from reviewbot.text import quote_names
from reviewbot.values import dataclass

__all__ = ["with_protections"]

_PROTECTION = regex(r"_*PAGE_KERNEL\w*")
_WORD = regex(r"[A-Za-z_]\w*")
_BIT = regex(r"_PAGE_\w+")
_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """Protections of one header that lose the bits `gone` and get `new` ones, and stay as they were otherwise."""

    patch: int
    arch: str
    file: str
    line: int
    names: tuple[str, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]


def with_protections(reader: Reader, events: Sequence[Event]) -> tuple[Event, ...]:
    """Return the events, and which protections are made of other bits now: behind what a function of the family does
    to these bits in the same patch, where it does the same."""
    found = list(events)
    for one in _all_made(reader):
        names, many = quote_names(one.names, most=_MOST), len(one.names) > 1
        at = next((number for number, event in enumerate(found) if event.kind == "definition" and not one.new
                   and event.patch == one.patch and one.arch in event.arch
                   and all(f"now also clears {bit}" in event.gist for bit in one.gone[:1])
                   and all(bit in event.gist for bit in one.gone)), None)
        if at is not None:
            found[at] = replace(found[at], gist=f"{found[at].gist}, and {names} {'are' if many else 'is'} made without "
                                                f"{'it' if len(one.gone) == 1 else 'them'}")
            continue
        have = "have" if many else "has"
        gist = " and ".join([f"no longer {have} {quote_names(one.gone)}"] * bool(one.gone)
                            + [f"now {have} {quote_names(one.new)}"] * bool(one.new))
        users = _users(reader, one)
        if users:
            use = "uses" if len(users) == 1 else "use"
            gist += f"; {quote_names(users, most=_MOST)} {use} {'them' if many else 'it'}"
        found.append(Event(
            kind="protection", key=("made", str(one.patch), one.file, *one.names), verdict="different",
            arch=(one.arch,), config="", gist=f"{names} {gist}", reason="", patch=one.patch, file=one.file,
            line=one.line, functions=(), symbols=frozenset(), consequence="changed", reach="distribution",
            certainty=reader.certainty(one.patch, one.file), because=()))
    return tuple(found)


def _all_made(reader: Reader) -> Iterator[_Made]:
    analysis = reader.analysis
    for _, state in analysis.states():
        if reader.patches is not None and state.index not in reader.patches:
            continue
        for file in state.files:
            arch = own_arch(file.path)
            if file.path.endswith(".h") and arch in analysis.arches and file.whole and not file.had \
                    and b"PAGE_KERNEL" in (file.after or b""):
                yield from _in_file(state.index, arch, file)


def _users(reader: Reader, one: _Made) -> list[str]:
    """Return the functions of the family that the architecture defines with one of the protections, or with one that
    the header makes of them."""
    analysis = reader.analysis
    position = next(number for number, state in analysis.states() if state.index == one.patch)
    tree = analysis.after(position).tree
    names = set(one.names) | {name for name, text in macro_bodies(tree.read(one.file) or b"")
                              if _PROTECTION.fullmatch(name) and not set(one.names).isdisjoint(_WORD.findall(text))}
    core = analysis.family.names("core")
    found = analysis.files_with(position + 1, sorted(names), f"arch/{one.arch}/")
    users = []
    for path in sorted({path for paths in found.values() for path in paths if path.endswith(".c")}):
        data = tree.read(path) or b""
        users += [f"{function.name}()" for function in functions_with(data, core) if function.name in core
                  and not names.isdisjoint(_WORD.findall(body_text(data, function)))]
    return list(dict.fromkeys(users))


def _in_file(patch: int, arch: str, file: PatchedFile) -> Iterator[_Made]:
    before, after = file.before or b"", file.after or b""
    changed = {name: line for name, line in changed_defines(before, after).items() if _PROTECTION.fullmatch(name)}
    sides = [_bodies(data) for data in (before, after)] if changed else []
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for name in changed:
        old, new = (side.get(name) for side in sides)
        if old is None or new is None:
            continue
        gone, come = old - new, new - old
        if all(_BIT.fullmatch(word) for word in (*gone, *come)) and (gone or come):
            alike.setdefault((tuple(sorted(gone)), tuple(sorted(come))), []).append(name)
    for (gone_bits, new_bits), names in alike.items():
        yield _Made(patch=patch, arch=arch, file=file.path, line=min(changed[name] for name in names),
                    names=tuple(sorted(names, key=lambda name: (len(name), name))), gone=gone_bits, new=new_bits)


def _bodies(data: bytes) -> dict[str, Counter[str]]:
    """Return the words that each protection is made of, with what a short name of the file stands for; those that a
    file defines more than once are left out."""
    bodies: dict[str, list[str]] = {}
    for name, text in macro_bodies(data):
        bodies.setdefault(name, []).append(text)
    short = {name: texts[0].strip(" ()") for name, texts in bodies.items()
             if len(texts) == 1 and _BIT.fullmatch(texts[0].strip(" ()"))}
    return {name: Counter(short.get(word, word) for word in _WORD.findall(texts[0]))
            for name, texts in bodies.items() if len(texts) == 1 and _PROTECTION.fullmatch(name)}
