"""The page of a series whose files name no known function of the family: no more than was looked for, and what leads
to the family all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from reviewbot.cfacts import Family
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.nearness import may_be_near
from reviewbot.errors import Skip
from reviewbot.patterns import regex
from reviewbot.review.exchanged import headers_added, named_in_logs, say_exchanged
from reviewbot.review.leading import say_leading
from reviewbot.review.page import EMPTY_PAGE, FirstPage
from reviewbot.review.phrases import FAMILY
from reviewbot.review.reach import changes_no_code, outside, without_comments
from reviewbot.series import Series
from reviewbot.source import tree_below
from reviewbot.source.matcher import strings_in
from reviewbot.source.types import PatchedTree
from reviewbot.text import clip, quote_names

__all__ = ["unconcerned"]

_NOWHERE = f"No file that the series touches names {FAMILY}."
_NO_HUNK = f"No hunk of the series names {FAMILY}."
_NOT_CHANGED = f"The series changes no call and no definition of {FAMILY}."
_AS_READ = "What could be read of the series names no function of the family; not all of it could."
_CALLS_NONE = "What could be read of the series calls no function of the family; not all of it could."
_HEADER = "set_memory.h"
_LIKE_IT = frozenset({"set_memory_", "set_direct_map_", "__kernel_map_pages", _HEADER})
_NAMED = regex(r"\b(?:set_memory_|set_direct_map_)\w+(?=\()")


def unconcerned(skips: tuple[Skip, ...], series: Series, patched: PatchedTree, family: Family,
                analysis: Callable[[], Analysis]) -> FirstPage:
    """Return the page of a series that is not about the family, as far as its mails and files could be read.

    Where a file has a name like those of the family, or their header, it is looked up what the changed lines call: only
    then the series is read (`analysis`).
    """
    unread = [clip(f"{skip.where}: {skip.why}", 200) for skip in skips if skip.stage == "mail"]
    torn = _known_by_hunks(patched, family)
    known = [path for path in torn if may_be_near(path, tree_below(patched.start), family.names("core"))]
    if known:
        unread.append(f"{quote_names(known, most=2)}, of which only the hunks are known")
    names = named_in_logs(series, family)
    turned = say_exchanged(patched, names, analysis)
    if unread:
        return replace(EMPTY_PAGE, conclusion=" ".join(filter(None, (_as_read(patched, names), turned))),
                       not_seen=tuple(unread[:4]))
    if not _is_near(patched):
        return replace(EMPTY_PAGE, conclusion=_NO_HUNK if torn or (
            patched.base.kind == "none" and patched.states) else _NOWHERE)
    if strange := tuple(dict.fromkeys(_strange(patched))):
        said = f"The series changes lines that name {quote_names(strange, most=3)}, of which nothing is known here."
    else:
        said = _NOT_CHANGED
    read = analysis() if patched.base.kind != "none" else None
    leading = say_leading(what for position, _ in read.states() for _, _, what, _, _ in outside(
        read, position, everywhere=True)) if read is not None else ""
    return replace(EMPTY_PAGE, conclusion=" ".join(part for part in (said, turned, leading) if part))


def _as_read(patched: PatchedTree, names: tuple[str, ...]) -> str:
    """Return the sentence about a series of which not all was read: what names the family beside its changed calls."""
    headers = headers_added(patched, _HEADER)
    said = [f"the log names {quote_names([f'{name}()' for name in names], most=3)}"] if names else []
    said += [f"the series now includes {quote_names(headers, most=2)}"] if headers else []
    if not said:
        return _AS_READ
    text = " and ".join(said)
    return f"{text[0].upper()}{text[1:]}. {_CALLS_NONE}"


def _is_near(patched: PatchedTree) -> bool:
    """Return whether a touched file has a name like those of the family, or their header."""
    held = strings_in(_LIKE_IT)
    return any(content is not None and held(content)
               for state in patched.states for file in state.files for content in (file.before, file.after))


def _strange(patched: PatchedTree) -> Iterator[str]:
    """Yield what changed lines call that is named as the family is."""
    for state in patched.states:
        for file in state.files:
            if not file.path.endswith((".c", ".h")) or changes_no_code(file):
                continue
            for content, lines in ((file.before, file.removed), (file.after, file.added)):
                rows = without_comments(content or b"").split("\n")
                yield from (f"{name}()" for number in sorted(lines) if number <= len(rows)
                            for name in _NAMED.findall(rows[number - 1]))


def _known_by_hunks(patched: PatchedTree, family: Family) -> list[str]:
    """Return the C files of the series of which the tree, if there is one, has none, or one that names the family: what
    the hunks do not show of them may name it."""
    if patched.base.kind == "none" or not patched.states:
        return []
    start, held = patched.start, strings_in(family.names())
    tree = tree_below(start)
    torn = {file.old_path for state in patched.states for file in state.files if file.old_path.endswith((".c", ".h"))
            and file.applies in {"fragment", "failed"}}
    return [path for path in sorted(torn) if (data := tree.read(path)) is None or held(data)]
