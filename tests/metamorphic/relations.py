"""The relations: each takes a case and returns how its answer differs from what it must be; empty: it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from material import Case, Step, knowledge
from rewriting import REWRITINGS, Rewriting, unsteady
from saying import Said, difference, said, summed, without_release

from reviewbot.source import OverlayTree

__all__ = ["RELATIONS", "Relation"]

Relation = Callable[[Case], str]


@lru_cache(maxsize=4)
def _answer(case: _Key) -> tuple[Said, Said, Said]:
    review = case.case.review()
    return said(review), said(review, patches=False), summed(review)


class _Key:
    """A case as the key of a cache: by its name."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.case.name == self.case.name

    def __hash__(self) -> int:
        return hash(self.case.name)


def _rewritten(case: Case, rewriting: Rewriting) -> Case:
    """Return the case with all its C files written otherwise, before and after each patch alike."""
    names = knowledge().family.names()
    versions: dict[str, set[bytes]] = {}
    for step in case.steps:
        for path, sides in step.files.items():
            versions.setdefault(path, set()).update(side for side in sides if side is not None)
    kept = {path: names | unsteady(sorted(found)) for path, found in versions.items() if path.endswith((".c", ".h"))}

    def changed(path: str, content: bytes | None) -> bytes | None:
        if content is None or not path.endswith((".c", ".h")):
            return content
        return rewriting(content, kept[path])

    steps = tuple(replace(step, files={path: (changed(path, before), changed(path, after))
                                       for path, (before, after) in step.files.items()}) for step in case.steps)
    base = OverlayTree(case.base, {path: changed(path, content) for path, content in case.touched().items()})
    return replace(case, steps=steps, base=base)


def _says_the_same(rewriting: Rewriting) -> Relation:
    def holds(case: Case) -> str:
        before, after = _answer(_Key(case))[0], said(_rewritten(case, rewriting).review())
        return difference(without_release(before), without_release(after))
    return holds


def reverted(case: Case) -> str:
    """A series and its revert introduce nothing and leave nothing changed."""
    undone = tuple(Step(title=f'Revert "{step.title}"', message="This reverts the change.",
                        files={path: (after, before) for path, (before, after) in step.files.items()})
                   for step in reversed(case.steps))
    return difference(Said(), summed(replace(case, steps=(*case.steps, *undone), cover="").review()))


def merged(case: Case) -> str:
    """One patch that does what all do introduces what they introduce."""
    files: dict[str, tuple[bytes | None, bytes | None]] = {}
    for step in case.steps:
        for path, (before, after) in step.files.items():
            files[path] = (files[path][0] if path in files else before, after)
    files = {path: sides for path, sides in files.items() if sides[0] != sides[1]}
    if len(case.steps) < 2 or not files:
        return ""
    one = Step(title=case.steps[0].title, message="All at once.", files=files)
    return difference(_answer(_Key(case))[2], summed(replace(case, steps=(one,), cover="").review()))


def split(case: Case) -> str:
    """A series with a patch for each file introduces what the series introduces."""
    steps = tuple(replace(step, files={path: sides})
                  for step in case.steps for path, sides in sorted(step.files.items()))
    if len(steps) == len(case.steps):
        return ""
    return difference(_answer(_Key(case))[2], summed(replace(case, steps=steps, cover="").review()))


_DRIFT_ABOVE = b"/*\n * Words that\n * say nothing\n * about it.\n */\n\n"
_DRIFT_BELOW = b"\nstatic int __maybe_unused zz_drifted(int zz_value)\n{\n\treturn zz_value + 1;\n}\n"


def _is_inside(before: bytes | None, after: bytes | None) -> bool:
    """Return whether a change leaves the first and the last three lines of the file alone."""
    if before is None or after is None:
        return False
    old, new = before.splitlines(), after.splitlines()
    return old[:3] == new[:3] and old[-3:] == new[-3:]


def drifted(case: Case) -> str:
    """The same mails on a tree whose files have grown elsewhere say the same.

    A hunk with less than three lines of context says that the file begins or ends there: such files stay as they are.
    """
    inside = {path: all(_is_inside(*step.files[path]) for step in case.steps if path in step.files)
              for path in case.touched() if path.endswith(".c")}
    grown = {path: _DRIFT_ABOVE + content + _DRIFT_BELOW for path, content in case.touched().items()
             if inside.get(path) and content.endswith(b"\n")}
    if not grown:
        return ""
    return difference(_answer(_Key(case))[0], said(replace(case, onto=OverlayTree(case.base, grown)).review()))


def ordered(case: Case) -> str:
    """The order of a patch's files and of the rules does not matter."""
    return difference(_answer(_Key(case))[0], said(replace(case, backwards=True).review()))


def applied(case: Case) -> str:
    """On a tree that has the series already it says what it says on the tree before it."""
    return difference(_answer(_Key(case))[0], said(replace(case, onto=case.end()).review()))


def from_hunks(case: Case) -> str:
    """The defects that the hunks alone show are among those that the tree shows."""
    whole = {(one.rule, one.file, one.function, one.symbol) for one in case.review().findings}
    lines = sorted({f"only from the hunks: {one.rule} {one.file} {one.function} {one.symbol} {one.level}"
                    for one in case.review_hunks().findings if one.introduced and one.level in {"error", "warning"}
                    and (one.rule, one.file, one.function, one.symbol) not in whole})
    return "\n".join(lines[:12])


RELATIONS: dict[str, Relation] = {
    **{name: _says_the_same(rewriting) for name, rewriting in REWRITINGS.items()},
    "reverted": reverted, "merged": merged, "split": split, "drifted": drifted, "ordered": ordered,
    "applied": applied, "from-hunks": from_hunks}
