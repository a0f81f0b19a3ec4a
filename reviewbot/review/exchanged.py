"""What the log of a patch says of the family where no changed line does: its functions, and headers that take turns."""

from __future__ import annotations

from collections.abc import Callable

from reviewbot.cfacts import Family
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import sightings_of
from reviewbot.kconfig import KernelConfig
from reviewbot.patterns import regex
from reviewbot.series import Series
from reviewbot.source.types import PatchedTree
from reviewbot.text import decode, quote_names

__all__ = ["headers_added", "named_in_logs", "say_exchanged"]

_WORD = regex(r"[A-Za-z_]\w*")
_INCLUDE = regex(r"[ \t]*#[ \t]*include[ \t]*(<[\w/.-]+>)")
_MOST = 3


def named_in_logs(series: Series, family: Family) -> tuple[str, ...]:
    """Return the functions of the family that subjects and logs of the series name, in their order there."""
    known = family.names()
    words = (word for patch in series.patches for text in (patch.subject, patch.changelog)
             for word in _WORD.findall(text))
    return tuple(dict.fromkeys(word for word in words if word in known))


def headers_added(patched: PatchedTree, header: str) -> tuple[str, ...]:
    """Return the includes that the series adds of a header of this name, each as it is written."""
    return tuple(dict.fromkeys(one for state in patched.states for file in state.files
                               for one in _includes(file.after, file.added) if one.endswith(f"/{header}>")))


def say_exchanged(patched: PatchedTree, names: tuple[str, ...], analysis: Callable[[], Analysis]) -> str:
    """Return a sentence about each header that gives way to another one of a file, where in the tree before the series
    the one that goes declares a function of these names and the one that comes does not; empty for none."""
    pairs = [(file, gone, come) for state in patched.states for file in state.files
             if (gone := _includes(file.before, file.removed)) and (come := _includes(file.after, file.added))]
    if not pairs or not names or patched.base.kind == "none":
        return ""
    read = analysis()
    config, said = read.configs[0], []
    for file, gone, come in pairs[:_MOST]:
        owner = own_arch(file.path)
        for name in names[:_MOST]:
            for old in gone:
                there = [arch for arch in ((owner,) if owner else read.arches) if _declares(config, old, name, arch)
                         and not any(_declares(config, new, name, arch) for new in come)]
                if there:
                    said.append(f"In this tree {old}, which {file.path} no longer includes, declares {name}() on "
                                f"{quote_names(there)}, and {quote_names(come)} does not.")
    return " ".join(dict.fromkeys(said[:_MOST]))


def _includes(content: bytes | None, lines: frozenset[int]) -> tuple[str, ...]:
    rows = decode(content or b"").splitlines() if lines else []
    return tuple(hit[1] for number in sorted(lines) if number <= len(rows)
                 and (hit := _INCLUDE.match(rows[number - 1])))


def _declares(config: KernelConfig, header: str, name: str, arch: str) -> bool:
    """Return whether the header, or one that it includes, has the name on the architecture."""
    path = config.find_header(header, arch)
    return path is not None and any(_places(config, one, name) for one in sorted({
        path, *config.included(path, arch).files}))


def _places(config: KernelConfig, path: str, name: str) -> bool:
    data = config.tree.read(path) or b""
    return name.encode() in data and any(one.kind != "export" for one in sightings_of(path, data, name))
