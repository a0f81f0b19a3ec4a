"""Events out of functions that an architecture has no longer of its own: the generic, weak one is used from then on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewbot.cfacts import functions_of
from reviewbot.cfacts.types import Function
from reviewbot.checks.arches import own_arch
from reviewbot.checks.weak import weak_in
from reviewbot.findings.types import Cell
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import Reader
from reviewbot.review.phrases import NO_FUNCTION
from reviewbot.text import quote_names

__all__ = ["ended_overrides"]

_MOST = 3


def ended_overrides(reader: Reader, named: Sequence[tuple[str, Cell]]) -> Iterator[Event]:
    """Yield the functions with calls of the family that a patch takes from an architecture which has a generic one from
    then on, and what that one calls."""
    gone: dict[tuple[int, str, str, str], list[tuple[str, Cell]]] = {}
    for name, cell in named:
        if cell.changed and cell.after.does == NO_FUNCTION and cell.before.symbol and cell.patch.isdigit() \
                and int(cell.patch) in reader.positions and own_arch(cell.file) == cell.arch:
            gone.setdefault((int(cell.patch), cell.file, cell.function, cell.arch), []).append((name, cell))
    for (patch, path, function, arch), those in gone.items():
        generic = _generic(reader, patch, path, function, arch)
        if generic is None:
            continue
        place, does = generic
        called = list(dict.fromkeys(cell.call.partition("(")[0] for _, cell in those))
        left = [callee for callee in called if callee not in does.calls_all]
        others = [callee for callee in sorted(does.calls_all) if callee.islower() and callee not in called]
        said = [f"calls {_names([one for one in called if one not in left])} as well"] * (len(left) < len(called)) or [
            f"calls {_names(others)}"] * bool(others)
        said += [f"not {_names(left)}" if said else f"does not call {_names(left)}"] * bool(left)
        yield Event(
            kind="gone", key=("override", str(patch), path, function), verdict="different" if left else "same",
            arch=(arch,), config="", gist=f"{function}() is no longer overridden: the generic one of {place} is used, "
                                          f"which {' and '.join(said)}", reason="",
            patch=patch, file=path, line=0, functions=(function,),
            symbols=frozenset(cell.before.symbol for _, cell in those), consequence="changed" if left else "text",
            reach="distribution", certainty=reader.certainty(patch, path), because=tuple(name for name, _ in those))


def _names(names: Sequence[str]) -> str:
    return quote_names([f"{name}()" for name in names], most=_MOST)


def _generic(reader: Reader, patch: int, path: str, function: str, arch: str) -> tuple[str, Function] | None:
    """Return the function, weak or in a header, that the architecture gets in place of its own one, and where that
    stands; None where it gets none, or another one with other options."""
    analysis, position = reader.analysis, reader.positions[patch]
    file = reader.file(patch, path)
    if file is None or not file.whole:
        return None
    before, after = (analysis.weak.entries(position + step, function, arch) for step in (0, 1))
    tree = analysis.after(position).tree
    places = {entry.defined_in for entry in after if entry.status in {"real", "stub"}}
    if len(places) != 1 or not any(entry.defined_in.rpartition(":")[0] == file.old_path for entry in before):
        return None
    [place] = places
    data = tree.read(place.rpartition(":")[0]) or b""
    found = [one for one in functions_of(data) if one.name == function]
    is_given = place.partition(":")[0].endswith(".h") or function in weak_in(data)
    return (place, found[0]) if len(found) == 1 and is_given else None
