"""The functions that a patch changes, each as it stood before and as it stands after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reviewbot.cfacts.lexer import lines_in
from reviewbot.contracts.outline import Outline, outlines_of
from reviewbot.source.types import PatchedFile
from reviewbot.values import dataclass

__all__ = ["Pair", "changed_functions"]

_FEWEST_STEPS = 5  # a function of fewer may be like any other
_MOST_FUNCTIONS = 60  # of one file; a patch that changes more moves code about


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One function around a patch: its outlines (one for each choice of `#if` arms) before and after.

    `old` is empty for a new function, `new` for one that is gone.
    """

    file: PatchedFile
    old: tuple[Outline, ...]
    new: tuple[Outline, ...]

    def sides(self) -> Iterator[tuple[Outline | None, Outline]]:
        """Yield each outline after the patch with the one before it that has the same choice of arms: where the patch
        brings arms or takes them away, the one that differs least."""
        alike = len(self.old) == len(self.new)
        for number, new in enumerate(self.new):
            yield (self.old[number] if alike else self._likest(number)) if self.old else None, new

    def _likest(self, number: int) -> Outline:
        """Return the outline before the patch that differs least from one after it; with all arms that come first that
        is the first."""
        if number == 0 or len(self.old) == 1:
            return self.old[0]
        now = Counter(self.new[number].said(step) for step in self.new[number].steps)

        def differs(old: Outline) -> int:
            was = Counter(old.said(step) for step in old.steps)
            return (was - now).total() + (now - was).total()

        return min(self.old, key=differs)


def changed_functions(file: PatchedFile) -> tuple[Pair, ...]:
    """Return the functions of a C file that lose or gain a line, in order, without those that are cut off."""
    if file.after is None or file.applies == "failed":
        return ()
    after = _by_name(file.path, file.after, file.added, file.known_new)
    before = _by_name(file.old_path, file.before, file.removed, file.known_old) if file.before else {}
    names = list(dict.fromkeys([*after, *before]))[:_MOST_FUNCTIONS]
    missing_old = [name for name in names if name not in before]
    missing_new = [name for name in names if name not in after]
    if missing_old and file.before is not None:
        before |= _named(file.old_path, file.before, missing_old, file.known_old)
    if missing_new:
        after |= _named(file.path, file.after, missing_new, file.known_new)
    _pair_renamed(before, after)
    pairs = (Pair(file=file, old=before.get(name, ()), new=after.get(name, ())) for name in names
             if name in before or name in after)
    return tuple(pair for pair in pairs if not any(one.cut for one in (*pair.old, *pair.new)))


def _pair_renamed(before: dict[str, tuple[Outline, ...]], after: dict[str, tuple[Outline, ...]]) -> None:
    """Give the one function that has another name now its new one, where most of it is the same."""
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    if len(gone) != 1 or len(come) != 1:
        return
    [old], [new] = gone, come
    was, now = (Counter(one.said(step) for step in one.steps) for one in (before[old][0], after[new][0]))
    if (was & now).total() * 2 >= max(was.total(), now.total()) > _FEWEST_STEPS:
        before[new] = before.pop(old)


def _by_name(path: str, data: bytes, lines: frozenset[int], known: tuple[tuple[int, int], ...]
             ) -> dict[str, tuple[Outline, ...]]:
    table = lines_in(data)
    offsets = [table.start(line) + len(_blanks(data, table.start(line))) for line in sorted(lines)]
    return {} if not offsets else _kept(path, data, offsets, known)


def _named(path: str, data: bytes, names: list[str], known: tuple[tuple[int, int], ...]
           ) -> dict[str, tuple[Outline, ...]]:
    offsets: list[int] = []
    for name in names:
        at = data.find(name.encode())
        while at >= 0 and len(offsets) < 400:
            offsets.append(at)
            at = data.find(name.encode(), at + 1)
    found = _kept(path, data, sorted(offsets), known, frozenset(names)) if offsets else {}
    return {name: found[name] for name in names if name in found}


def _kept(path: str, data: bytes, offsets: list[int], known: tuple[tuple[int, int], ...],
          names: frozenset[str] | None = None) -> dict[str, tuple[Outline, ...]]:
    found: dict[str, tuple[Outline, ...]] = {}
    for outlines in outlines_of(path, data, offsets, known=known, names=names):
        found.setdefault(outlines[0].name, outlines)
    return found


def _blanks(data: bytes, at: int) -> bytes:
    end = at
    while data[end:end + 1] in {b" ", b"\t"}:
        end += 1
    return data[at:end]
