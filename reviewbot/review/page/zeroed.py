"""Events out of header lines: bits of page tables that are 0 in some configuration now, and who asks for them alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reviewbot.cfacts import functions_of, squash_c
from reviewbot.checks.arches import own_arch
from reviewbot.checks.configured import nest_in
from reviewbot.checks.hunked import placed_line
from reviewbot.kconfig.lines import is_kconfig
from reviewbot.logic import FALSE, TRUE, Cond
from reviewbot.patterns import regex
from reviewbot.review.defines import macro_bodies
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import Reader
from reviewbot.review.page.switches import say_condition
from reviewbot.series.types import Hunk
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode, quote_names

__all__ = ["zeroed_bits"]

_DEFINE = regex(r"\s*#\s*define\s+(_PAGE_\w+)\s*(.*?)\s*(?:/[/*].*)?$")
_NOTHING = regex(r"\(?\s*(?:\w+\()?\s*0[uUlL]*\s*\)?\s*\)?|")
_BIT = regex(r"\b_PAGE_\w+")


def zeroed_bits(reader: Reader) -> Iterator[Event]:
    """Yield the functions of the family that change nothing where a bit that is all they are about is 0 now."""
    analysis = reader.analysis
    for position, state in analysis.states():
        if reader.patches is not None and state.index not in reader.patches:
            continue
        for file in state.files:
            arch = own_arch(file.path)
            if file.path.endswith(".h") and arch in analysis.arches and b"_PAGE_" in (file.after or b""):
                hunks = [hunk for patch in analysis.series.patches if patch.index == state.index
                         for diff in patch.files if diff.new_path == file.path for hunk in diff.hunks]
                for condition, names in _zeroed(file, hunks).items():
                    yield from _event(reader, (position, state.index), file, arch, condition, names)


def _zeroed(file: PatchedFile, hunks: Sequence[Hunk]) -> dict[Cond, dict[str, int]]:
    """Return by condition the bits that an added line makes 0, with that line (of the mail, where some hunks of the
    file have no place), and that were not 0 before.

    Where not all hunks have a place only what a hunk shows around the line can be its condition.
    """
    texts: dict[str, list[str]] = {}
    for name, text in macro_bodies(file.before or b""):
        texts.setdefault(name, []).append(text)
    found: dict[Cond, dict[str, int]] = {}
    for data, first, added in _sides(file, hunks):
        for number, line in enumerate(decode(data).splitlines(), 1):
            hit = _DEFINE.match(line) if number in added else None
            if hit and _NOTHING.fullmatch(hit[2]) and hit[1] in texts and not any(
                    map(_NOTHING.fullmatch, texts[hit[1]])):
                nest = nest_in(data, number)
                condition = nest.assume({one: False for one in nest.variables() if not one.startswith("CONFIG_")})
                if file.whole or condition not in {TRUE, FALSE}:
                    found.setdefault(condition, {})[hit[1]] = first + number - 1
    return found


def _sides(file: PatchedFile, hunks: Sequence[Hunk]) -> Iterator[tuple[bytes, int, frozenset[int]]]:
    """Yield the file after the patch, or the new side of each hunk, with its first line and the lines added to it."""
    if file.whole:
        yield file.after or b"", 1, file.added
        return
    for hunk in hunks:
        lines = [line for line in hunk.lines if line.kind != "-"]
        yield ("\n".join(line.text for line in lines).encode("utf-8", "surrogateescape"), hunk.new_start,
               frozenset(number for number, line in enumerate(lines, 1) if line.kind == "+"))


def _event(reader: Reader, moment: tuple[int, int], file: PatchedFile, arch: str, condition: Cond,
           names: dict[str, int]) -> Iterator[Event]:
    analysis = reader.analysis
    setting = say_condition(condition, analysis.model.runtimes(arch, analysis.version))
    if setting is None or not (reader.buildable(condition, arch) or _is_open(reader, arch)):
        return
    users = dict(_users(reader, moment[0], arch, names))
    if not users:
        return
    bits = sorted({bit for used in users.values() for bit in used})
    who = quote_names([f"{name}()" for name in sorted(users)], most=3)
    verb, about = ("changes", "it is about") if len(users) == 1 else ("change", "they are about")
    be = "is" if len(bits) == 1 else "are"
    line = min(names[bit] for bit in bits)
    at = line if file.whole else placed_line(analysis.series, moment[1], file, line)
    yield Event(
        kind="protection", key=("zeroed", str(moment[1]), file.path, *sorted(users)), verdict="different", arch=(arch,),
        config=setting.text, gist=f"{who} {verb} nothing: {quote_names(bits, most=3)}, all that {about}, {be} 0 there",
        reason="", patch=moment[1], file=file.path, line=at, functions=(),
        symbols=frozenset(), consequence="changed", reach=reader.reach(setting.options, setting.parameters),
        certainty=reader.certainty(moment[1], file.path), because=())


def _is_open(reader: Reader, arch: str) -> bool:
    """Return whether a part of the series that decides what can be set on the architecture has no place."""
    return any(is_kconfig(file.path) and own_arch(file.path) in {"", arch} and not file.whole
               for state in reader.analysis.patched.states for file in state.files)


def _users(reader: Reader, position: int, arch: str, zeroed: Iterable[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the architecture's functions of the family whose bits are all among these, with the bits."""
    analysis, names = reader.analysis, frozenset(zeroed)
    holding = analysis.files_with(position + 1, sorted(names))
    for path in sorted({path for found in holding.values() for path in found}):
        if own_arch(path) != arch or not path.endswith(".c"):
            continue
        data = analysis.after(position).tree.read(path) or b""
        lines = data.split(b"\n")
        for one in functions_of(data):
            if one.name in analysis.primitives and one.returns != "bool":
                bits = frozenset(_BIT.findall(squash_c(b"\n".join(lines[one.body.line - 1:one.body.end_line]))))
                if bits and bits <= names:
                    yield one.name, bits
