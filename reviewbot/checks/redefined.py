"""Which functions of the family a series defines, declares or changes itself, by patch and file."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts import functions_of
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import is_kernel_code, sightings_of
from reviewbot.kconfig.sightings import Sighting
from reviewbot.source.matcher import matcher_for
from reviewbot.source.types import PatchedFile, PatchedTree
from reviewbot.text import decode, places_of, squash
from reviewbot.values import dataclass

__all__ = ["Redefinition", "redefinitions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redefinition:
    """A patch (the one at `position`) changes what `path` says a name is.

    `arch` is the architecture of the path, empty for all. `body`: only the code inside changes, not where the function
    is, under which `#if` lines, or what kind of definition it is. `fragment`: only the patch's hunks are known.
    """

    position: int
    path: str
    arch: str
    body: bool
    fragment: bool


def redefinitions(patched: PatchedTree, names: frozenset[str]) -> dict[str, tuple[Redefinition, ...]]:
    """Return for each of the names that the series defines, declares or changes somewhere by which patch and where."""
    found: dict[str, list[Redefinition]] = {}
    wanted = tuple(sorted(names))
    present = matcher_for(wanted)
    for position, state in enumerate(patched.states):
        for file in state.files:
            if not file.path.endswith((".c", ".h", ".S")) or not is_kernel_code(file.path):
                continue
            numbers = set(present(file.before or b"")) | set(present(file.after or b""))
            for name in sorted(wanted[number] for number in numbers):
                for path, body in _changes(file, name):
                    found.setdefault(name, []).append(Redefinition(
                        position=position, path=path, arch=own_arch(path), body=body,
                        fragment=not file.whole))
    return {name: tuple(those) for name, those in found.items()}


def _changes(file: PatchedFile, name: str) -> Iterator[tuple[str, bool]]:
    """Yield the path, and whether only a body changes, when the patch changes what the file says the name is."""
    if not any(_at_a_head(data, name) for data in (file.before or b"", file.after or b"")):
        return
    old = sightings_of(file.old_path, file.before, name) if file.before else ()
    new = sightings_of(file.path, file.after, name) if file.after else ()
    if not file.whole:
        # A hunk may begin or end anywhere: what counts is a head on a line that the patch adds or removes.
        if any(s.line in file.removed for s in old) or any(s.line in file.added for s in new):
            yield file.path, False
        return
    if [_shape(s) for s in old] != [_shape(s) for s in new] or (old and file.path != file.old_path):
        yield file.path, False
        if file.path != file.old_path:
            yield file.old_path, False
    elif _bodies(file.before or b"", name) != _bodies(file.after or b"", name):
        yield file.path, True


def _at_a_head(data: bytes, name: str) -> bool:
    """Return whether some line may define or declare the name: one that is not indented, or a `#define`."""
    for at in places_of(name.encode(), data):
        first = data[data.rfind(b"\n", 0, at) + 1:at][:1]
        if not first or first.isalpha() or first in b"_#":
            return True
    return False


def _shape(one: Sighting) -> tuple[object, ...]:
    return (one.kind, one.condition, one.static, one.stub, one.value, one.returns, one.made_by, one.marker, one.weak,
            one.gives if one.kind == "macro" else "")


def _bodies(data: bytes, name: str) -> tuple[str, ...]:
    found = [one for one in functions_of(data) if one.name == name]
    lines = decode(data).splitlines() if found else []
    return tuple(squash(" ".join(lines[one.body.line - 1:one.body.end_line])) for one in found)
