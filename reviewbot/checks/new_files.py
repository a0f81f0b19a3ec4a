"""What is known of a new C file that no Makefile of the tree or the mail names: where it cannot be built."""

from __future__ import annotations

from functools import cached_property
from posixpath import basename, dirname

from reviewbot.checks.asm_headers import asm_includes, is_an_architectures, is_made
from reviewbot.kconfig import KernelConfig
from reviewbot.logic import TRUE, Cond
from reviewbot.patterns import regex
from reviewbot.source.types import PatchState
from reviewbot.text import decode

__all__ = ["NewFiles"]

_LISTS = ("Makefile", "Kbuild")
_INCLUDED = regex(r'#[ \t]*include[ \t]*["<](?:[^">\n]*/)?([^">/\n]+)[">]')
_OBJECT = regex(r"(?<![\w-])([\w-]+)\.")


class NewFiles:
    """The C files that a series adds whole, as the tree at its end has them."""

    def __init__(self, start: KernelConfig, end: KernelConfig, states: tuple[PatchState, ...], *,
                 arches: tuple[str, ...], whole: bool) -> None:
        """`whole`: all of the series is there and fits the tree, so that a header which nobody has did not get lost.

        `arches` are those among which one may have a header that others lack.
        """
        self._end, self._states, self._arches, self._whole = end, states, arches, whole
        self._paths = frozenset(
            file.path for state in states for file in state.files
            if file.before is None and file.whole and file.path.endswith(".c")
            and not start.tree.exists(file.path) and end.tree.exists(file.path))
        self._gates: dict[tuple[str, str], Cond] = {}
        self._lacking: dict[tuple[str, str], str] = {}
        self._near: dict[str, frozenset[str]] = {}

    def gates(self, path: str, arch: str) -> Cond:
        """Return when the architecture's build enters the folder of a new file, TRUE for any other file and where the
        file may be compiled from elsewhere: another one of the series includes it, or a Makefile has its name."""
        key = (path, arch)
        if key not in self._gates:
            known = path in self._paths and not self._is_named_elsewhere(path)
            self._gates[key] = self._end.entered(dirname(path), arch) if known else TRUE
        return self._gates[key]

    def lacking(self, path: str, arch: str) -> str:
        """Return the `asm/x.h` that a new file includes whatever the configuration is and that the architecture lacks
        where another one has it; empty for none."""
        key = (path, arch)
        if key not in self._lacking:
            self._lacking[key] = next((
                event.name for _, event in asm_includes(self._end.tree, path)
                if event.condition == TRUE and self._is_foreign(event.name, arch)),
                "") if self._whole and path in self._paths else ""
        return self._lacking[key]

    def _is_foreign(self, name: str, arch: str) -> bool:
        tree = self._end.tree
        return (self._end.find_header(f"<{name}>", arch) is None and not is_made(tree, name[4:], arch)
                and is_an_architectures(tree, name, self._arches))

    def _is_named_elsewhere(self, path: str) -> bool:
        folder, name = dirname(path), basename(path)
        if folder not in self._near:
            self._near[folder] = frozenset(stem for one in _LISTS for stem in _OBJECT.findall(
                decode(self._end.tree.read(f"{folder}/{one}") or b"")))
        stem = name.removesuffix(".c")
        return name in self._named[0] or stem in self._named[1] or stem in self._near[folder]

    @cached_property
    def _named(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names of files that files of the series include, and the stems of those that its Makefiles name."""
        included: set[str] = set()
        listed: set[str] = set()
        for state in self._states:
            for file in state.files:
                if basename(file.path).startswith(_LISTS):
                    listed.update(_OBJECT.findall(decode(file.after or b"")))
                elif b"include" in (file.after or b""):
                    included.update(_INCLUDED.findall(decode(file.after or b"")))
        return frozenset(included), frozenset(listed)
