"""Lines of Kconfig files that a patch changes, and what of the family's headers hangs on their symbols."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import sightings_of, text_of
from reviewbot.kconfig.lines import is_kconfig, read_line
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile, PatchState, Tree
from reviewbot.values import dataclass

__all__ = ["KconfigLine", "changed_kconfig", "family_headers", "is_gated", "is_seen_whole", "names_gated_by",
           "switched_on"]

_SAYS = frozenset({"select", "imply", "depends on", "def_bool", "default", "config", "menuconfig", "bool", "if"})
_SYMBOL = regex(r"\b[A-Z][A-Z0-9_]{2,}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class KconfigLine:
    """A line of a Kconfig file that a patch adds or removes (`old`), and the symbols that it names.

    `asks`: it only asks for them (`depends on X`), and decides nothing about their own values.
    """

    file: str
    line: int
    old: bool
    symbols: frozenset[str]
    asks: bool = False


def changed_kconfig(state: PatchState, *, present: bool = False) -> Iterator[KconfigLine]:
    """Yield the lines of Kconfig files that the patch adds or removes and that name a symbol.

    Lines for all architectures that the tree has had already, and that were taken out of it first, are none of them
    unless what is `present` is asked for: what the tree selects today the author's tree did not.
    """
    for file in state.files:
        if is_kconfig(file.path) and file.whole and (present or own_arch(file.path) or not file.had):
            yield from _lines(file, old=True)
            yield from _lines(file, old=False)


def switched_on(state: PatchState, arch: str) -> frozenset[str]:
    """Return the symbols that lines of the architecture's own Kconfig files define or select from this patch on, also
    where only hunks of these files are known."""
    files = [file for file in state.files if own_arch(file.path) == arch
             and is_kconfig(file.path)]
    old, new = (frozenset(symbol for file in files for line in _lines(file, old=was)
                          if not line.asks for symbol in line.symbols) for was in (True, False))
    return new - old


def _lines(file: PatchedFile, *, old: bool) -> Iterator[KconfigLine]:
    yield from _said(file.old_path if old else file.path, (file.before if old else file.after) or b"",
                     file.removed if old else file.added, old)


@lru_cache(maxsize=256)
def _said(path: str, content: bytes, changed: frozenset[int], old: bool) -> tuple[KconfigLine, ...]:  # noqa: FBT001
    """Return the lines with these numbers that name a symbol; the same patch is asked about for every name."""
    text, lines = content.decode("latin-1").splitlines(), []
    for number in sorted(changed):
        said = read_line(text[number - 1]) if number <= len(text) else None
        symbols = frozenset(_SYMBOL.findall(said.rest)) if said is not None and said.word in _SAYS else frozenset()
        if said is not None and symbols:
            lines.append(KconfigLine(file=path, line=number, old=old, symbols=symbols, asks=said.word == "depends on"))
    return tuple(lines)


def family_headers(analysis: Analysis, tree: Tree) -> tuple[str, ...]:
    """Return the generic headers that declare the families, as far as the tree has them, sorted."""
    paths = {f"include/{function.header}" for function in analysis.family.functions
             if function.header.startswith("linux/")}
    return tuple(sorted(path for path in paths if tree.read(path) is not None))


def names_gated_by(analysis: Analysis, tree: Tree, symbols: frozenset[str]) -> tuple[str, ...]:
    """Return the functions of the families that some generic header has under an `#if` about one of the symbols."""
    options = {f"CONFIG_{symbol}" for symbol in symbols}
    found: dict[str, None] = {}
    for path in family_headers(analysis, tree):
        data = tree.read(path) or b""
        if not any(option.encode() in data for option in options):
            continue
        text = text_of(path, data)
        for name in sorted(analysis.family.names("core")):
            if name.encode() in data and any(options & set(one.condition.variables())
                                             for one in text.sightings(name)):
                found[name] = None
    return tuple(found)


def is_gated(analysis: Analysis, moment: int, arch: str, name: str) -> bool:
    """Return whether Kconfig lines that the series has changed until then may decide which definition a name gets."""
    options = {f"CONFIG_{symbol}" for state in analysis.patched.states[:moment] for line in changed_kconfig(state)
               if own_arch(line.file) in {"", arch} and not line.asks for symbol in line.symbols}
    tree = analysis.sides[moment].tree
    return bool(options) and any(
        options & set(one.condition.variables()) for path in family_headers(analysis, tree)
        for one in sightings_of(path, tree.read(path) or b"", name))


def is_seen_whole(analysis: Analysis, moment: int, *words: str) -> bool:
    """Return whether no file that the tree of that moment does not hold as the series has it names one of the words."""
    return not any(word.encode() in (content or b"") for state in analysis.patched.states[:moment]
                   for file in state.files if not file.whole
                   for content in (file.before, file.after) for word in words)
