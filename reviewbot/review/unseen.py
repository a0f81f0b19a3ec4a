"""What a patch touches that may bear on the family's calls and that no cell speaks of: not seen is not nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from textwrap import shorten
from typing import Literal

from reviewbot.cfacts.types import FileFacts
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import is_kernel_code
from reviewbot.checks.where import where_of
from reviewbot.findings.types import Cell, Evidence
from reviewbot.kconfig.lines import decides, entry_named, is_kconfig, says_the_default
from reviewbot.logic import Cond
from reviewbot.patterns import regex
from reviewbot.review.defines import changed_defines, whole_blocks
from reviewbot.review.own_definitions import own_definitions
from reviewbot.review.pairs import strange_functions
from reviewbot.review.reach import How, changes_no_code, outside
from reviewbot.review.shown import only_hunks
from reviewbot.review.unplaced import (
    bearing,
    calls_elsewhere,
    has_code,
    known_names,
    loses_hunks,
    lost_hunks,
    maps_memory,
    names_family,
    why_unplaced,
    writes_asked,
)
from reviewbot.review.ways import Ways, entries_of, steps
from reviewbot.series.types import Series
from reviewbot.source.types import PatchedFile, PatchState
from reviewbot.text import decode, quote_names, squash
from reviewbot.values import dataclass

__all__ = ["Kind", "Unseen", "uncounted", "unseen"]

Kind = Literal["missing", "hunks", "unread", "call", "torn", "gate", "options", "directive", "names", "work", "beside",
               "costly"]
"""What is not seen: patches that are not there, hunks without a place, text that was not parsed, a call that could not
be compared, one that stands as a later patch left it, one behind a macro, lines that decide what is built, an `#if` or
`#define`, lines that name the family, a function of which the family is made, one that callers of the family ask,
what takes more steps than the budget has."""

_MOST_MISSING = 3
_CODE = (".c", ".h", ".S")
_DIRECTIVE = regex(r"[ \t]*#[ \t]*(define|undef|if|ifdef|ifndef|elif|else|endif)\b[ \t]*(\w*)")
_BITS = regex(r"_PAGE_\w+|PAGE_KERNEL\w*")  # what an architecture's entries are made of
_SAYS = {"macro": "a macro that names {0}()", "preprocessor": "a preprocessor line that names {0}",
         "escape": "what becomes of {0} where a line gives it to another function",
         "declaration": "the declaration of {0}()",
         "definition": "what defines {0}()"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """Something that the patch with this number changes in a file, said in a few words (`what`).

    `near`: it names the family or stands beside it; otherwise only the proof that nothing changes is missing.
    `options`: it decides about configurations. `quiet`: nothing shows a way from it to a call, so that only the proof
    waits for it and nobody is told. `why` says of a call what is open about it; `name` is the option or the function
    that it is about, where that is one; of a new definition `why` has the options under which it is one. `how` says
    whether the patch changes, adds or removes it.
    """

    patch: int
    file: str
    line: int
    what: str
    near: bool
    kind: Kind
    name: str = ""
    options: bool = False
    quiet: bool = False
    why: str = ""
    how: How = "changes"

    @property
    def evidence(self) -> Evidence:
        """Return where it stands."""
        text = f"{self.what}: {self.why}" if self.why and self.kind != "work" else self.what
        return Evidence(kind="patch", file=self.file, line=self.line, text=text, rev=f"patch {self.patch}")


def unseen(analysis: Analysis, cells: tuple[Cell, ...], *, claimed: bool) -> tuple[Unseen, ...]:
    """Return what keeps it open that nothing but what the cells say changes, in order of the patches.

    The rest of the tree is only asked when that is `claimed`, or when the cells show no change somewhere.
    """
    found: dict[Unseen, None] = {}
    ways = Ways(analysis, cells)
    if missing := analysis.series.missing:
        found[Unseen(patch=missing[0], file="", line=0, what=_missing(analysis.series), near=False,
                     kind="missing")] = None
    for position, state in analysis.states():
        mine = [cell for cell in cells if cell.patch == str(state.index)]
        for file in state.files:
            if (is_kernel_code(file.path) or is_kernel_code(file.old_path)) and not (
                    file.path.endswith(_CODE) and changes_no_code(file)):
                found.update(dict.fromkeys(_of_file(analysis, position, file, mine, ways)))
        found.update(dict.fromkeys(
            Unseen(patch=state.index, file=cell.file, line=_line_of(analysis, position, cell),
                   what=_named_call(cell), why=cell.doubt, near=True, kind="call")
            for cell in mine if cell.seen == "not-seen" and cell.doubt != only_hunks(cell.file)))
        found.update(dict.fromkeys(
            Unseen(patch=state.index, file=path, line=line, what=what, why=why, near=True, kind="torn")
            for path, line, what, why in strange_functions(analysis, position)))
        found.update(dict.fromkeys(
            Unseen(patch=state.index, file=path, line=line, what=what, near=True, kind="work", name=name, how=how,
                   why=why)
            for path, line, what, name, how, why in own_definitions(analysis, position, mine)))
        found.update(dict.fromkeys(Unseen(patch=state.index, file=path, line=line, what=what, near=True, kind="gate")
                                   for path, line, what in _behind_macros(analysis, position)))
    alike = {cell.arch for cell in cells} - {cell.arch for cell in cells if cell.seen != "same"}
    everywhere = (claimed or not cells or bool(alike)) and not any(one.near for one in found)
    for position, state in analysis.states():
        told = {name for cell in cells if cell.patch == str(state.index) and cell.changed
                for name in (cell.function, cell.call.partition("(")[0])}
        found.update(dict.fromkeys(
            Unseen(patch=state.index, file=path, line=line, what=what, near=True, kind="beside", how=how,
                   quiet=quiet)
            for path, line, what, how, quiet in outside(analysis, position, everywhere=everywhere)
            if what.partition("(")[0] not in told))
    return tuple(dict.fromkeys(_placed(analysis, one) for one in found))


def uncounted(analysis: Analysis) -> tuple[Unseen, ...]:
    """Return what the budget left out, as something that may change all the same."""
    first = next((state.index for _, state in analysis.states()), 0)
    return tuple(Unseen(patch=first, file=skip.where if skip.where in known else "", line=0, near=True,
                        what=f"{skip.where}, which was left out", why=skip.why, kind="costly", name=skip.where)
                 for known in [{file.path for _, state in analysis.states() for file in state.files}]
                 for skip in analysis.budget.skips if skip.stage != "gates")


def _placed(analysis: Analysis, one: Unseen) -> Unseen:
    """Return it without its line where no line of the tree can be meant: of the file only hunks of the mail are known.
    """
    files = [file for state in analysis.patched.states if state.index == one.patch for file in state.files
             if file.path == one.file]
    return one if all(file.whole for file in files) else replace(one, line=0)


def _missing(series: Series) -> str:
    """Return which patches are not there: few by their numbers, many by how many they are."""
    those = series.missing
    if len(those) > _MOST_MISSING:
        return f"{len(those)} of {series.total} patches are not in the mails"
    numbers = quote_names([str(number) for number in those])
    return f"patch {numbers} is missing" if len(those) == 1 else f"patches {numbers} are missing"


def _behind_macros(analysis: Analysis, position: int) -> Iterator[tuple[str, int, str]]:
    """Yield the calls behind a macro that may leave the function for want of an option, and that nobody knows."""
    for occurrence in analysis.occurrences(position):
        call, path = occurrence.call, occurrence.file.path
        if not where_of(analysis, position, path, call).proved:
            what = f"{call.callee}() in {call.function}(), behind a macro that asks for an option"
            yield path, call.span.line, what


def _named_call(cell: Cell) -> str:
    return f"{cell.function}()" if cell.call == cell.function else f"{cell.function}(), {cell.call}"


def _line_of(analysis: Analysis, position: int, cell: Cell) -> int:
    facts = analysis.after(position).facts.get(cell.file)
    return next((f.span.line for f in facts.functions if f.name == cell.function), 0) if facts else 0


def _of_file(analysis: Analysis, position: int, file: PatchedFile, cells: list[Cell], ways: Ways) -> Iterator[Unseen]:
    state = analysis.patched.states[position]
    before, after = analysis.before(position).facts.get(file.old_path), analysis.after(position).facts.get(file.path)
    near = any(facts is not None and (facts.calls or facts.mentions) for facts in (before, after))
    name = file.path.rsplit("/", 1)[-1]
    if name.startswith(("Kconfig", "Makefile", "Kbuild")):
        yield from _options(state, file, ways, strange=own_arch(file.path) not in {"", *analysis.arches})
    elif file.path.endswith(_CODE):
        has_tree = analysis.patched.base.kind != "none"
        if has_tree and loses_hunks(file) and (lost := lost_hunks(analysis, state.index, file)):
            ours = own_arch(file.path) in {"", *analysis.arches}
            there = analysis.sides[0].facts.get(file.old_path)
            beside = near or (there is not None and bool(there.calls)) or maps_memory(lost)
            why = why_unplaced(analysis, file)
            bears = ours and ((beside and bearing(lost, ways, file.path, known_names(analysis, file, lost, ways))
                               and (not why or names_family(lost, ways))) or writes_asked(analysis, lost, ways)
                              or (bool(why) and calls_elsewhere(analysis, file.path, lost, ways)))
            yield Unseen(patch=state.index, file=file.path, line=min(file.added, default=0),
                         what="hunks without a place", why=why,
                         near=(bears and not cells) or (near and ours and file.applies in {"fragment", "failed"}
                                                        and has_code(lost, ways)),
                         quiet=not bears, kind="hunks")
        for skip in dict.fromkeys(skip for facts in (before, after) if facts for skip in facts.skips):
            yield Unseen(patch=state.index, file=file.path, line=0, near=False,
                         what="what was not parsed", why=f"{skip.where}: {skip.why}", quiet=not near, kind="unread")
        yield from _named(analysis, position, file, before, after, cells)
        yield from _directives(state, file, (before, after), ways)


def _texts(content: bytes | None, lines: Iterable[int]) -> list[tuple[int, str]]:
    text = decode(content or b"").splitlines()
    return [(number, text[number - 1]) for number in sorted(lines) if number <= len(text)]


def _differing(file: PatchedFile, *, old: bool) -> list[tuple[int, str]]:
    """Return the changed lines of a side whose like the patch does not also have on the other: moved lines say nothing.
    """
    mine, others = _texts(file.before, file.removed), _texts(file.after, file.added)
    if not old:
        mine, others = others, mine
    left = Counter(squash(text) for _, text in mine) & Counter(squash(text) for _, text in others)
    found = []
    for number, text in mine:
        if left[squash(text)] > 0:
            left[squash(text)] -= 1
        elif text.strip():
            found.append((number, text))
    return found


def _options(state: PatchState, file: PatchedFile, ways: Ways, *, strange: bool) -> Iterator[Unseen]:
    """Yield the changed lines that decide what is built, by the option or file that they decide about.

    A `strange` file is of an architecture that the review is not about.
    """
    kconfig = is_kconfig(file.path)
    told: set[str] = set()
    least = 0
    for old in (True, False):
        lines = decode((file.before if old else file.after) or b"").splitlines()
        entries = entries_of(lines) if kconfig else []
        for number, text in _differing(file, old=old):
            if not (decides(text) and not says_the_default(lines, number) if kconfig else text.lstrip()[:1] != "#"):
                continue
            least = least or number
            about = "" if strange else ways.option_of(text, entries[number - 1]) if kconfig \
                else ways.builds(file.path, text)
            if about and not kconfig and _built_alike(file, about):
                about = ""
            if about and about not in told:
                told.add(about)
                how: How = _how_of_option(file, about) if kconfig else "changes"
                heir = _heir_of(file, about) if how == "removes" else ""
                yield Unseen(patch=state.index, file=file.path, line=number, near=False, options=True,
                             what=f"a line that decides about {about}", kind="options", name=about, how=how,
                             why=f"{heir} takes its place" if heir else "")
    if least and not told:
        yield Unseen(patch=state.index, file=file.path, line=least, near=False, options=True, quiet=True,
                     what="lines that decide what is built", kind="options")


def _built_alike(file: PatchedFile, path: str) -> bool:
    """Return whether a Makefile names the object of a file, or the folder on the way to it, in lines that begin alike
    on both sides: what else they build is another thing."""
    folder = file.path.rpartition("/")[0]
    names = [re.compile(rf"(?<![\w/-]){re.escape(name)}(?![\w-])") for name in steps(path, folder)]
    sides = []
    for content in (file.before, file.after):
        found: Counter[str] = Counter()
        for line in decode(content or b"").replace("\\\n", " ").splitlines():
            target, sign, objects = line.partition("=")
            if sign and any(name.search(objects) for name in names):
                found[squash(target)] += 1
        sides.append(found)
    return sides[0] == sides[1] and bool(sides[0])


def _how_of_option(file: PatchedFile, name: str) -> How:
    """Return whether the patch brings the option to a Kconfig file, takes it out of it, or changes what it says of it.
    """
    before, after = (any(entry_named(line) == name for line in decode(side or b"").splitlines())
                     for side in (file.before, file.after))
    return "adds" if after and not before else "removes" if before and not after else "changes"


def _heir_of(file: PatchedFile, name: str) -> str:
    """Return the option that the patch puts where it takes this one away, empty where there is none or more than one.
    """
    sides: list[dict[int, list[str]]] = []
    for content, changed in ((file.before, file.removed), (file.after, file.added)):
        kept, found = 0, dict[int, list[str]]()
        for number, text in enumerate(decode(content or b"").splitlines(), 1):
            if number not in changed:
                kept += 1
            elif entry := entry_named(text):
                found.setdefault(kept, []).append(entry)
        sides.append(found)
    come = next((sides[1].get(place, []) for place, those in sides[0].items() if those == [name]), [])
    return come[0] if len(come) == 1 else ""


def _directives(state: PatchState, file: PatchedFile, sides: tuple[FileFacts | None, FileFacts | None], ways: Ways
                ) -> Iterator[Unseen]:
    """Yield the changed `#if` and `#define` lines of a file that the family stands in, or that others include.

    The bits of page table entries are near the family wherever they are defined.
    """
    near = any(facts is not None and (facts.calls or facts.mentions) for facts in sides)
    if file.before is None or file.after is None or (not near and not file.path.endswith(".h")):
        return
    old_nests, new_nests = _nests(sides[0]), _nests(sides[1])
    moved = any(old_nests[name] != new_nests[name] for name in old_nests.keys() & new_nests.keys())
    harmless: Unseen | None = None
    lines = {old: _differing(file, old=old) for old in (True, False)}
    names = {old: {hit[2] for _, text in those if (hit := _DIRECTIVE.match(text))} for old, those in lines.items()}
    changed = changed_defines(file.before, file.after)
    bits = sorted((name for name in changed if _BITS.fullmatch(name) and ways.made_of(file.path, name)),
                  key=lambda name: "PAGE_KERNEL" not in name)
    if len(bits) > 1:  # all of them together: what one says is made of the others
        after = set(_defined_in(file.after)) & set(bits)
        yield Unseen(patch=state.index, file=file.path, line=changed[bits[0]], near=True, kind="directive",
                     what=f"the definitions of {quote_names(bits, most=4)}",
                     how="changes" if after else "removes")
        return
    for old in (True, False):
        blocks = whole_blocks((file.before if old else file.after) or b"", file.removed if old else file.added)
        for number, text in lines[old]:
            found = _DIRECTIVE.match(text)
            if found is None or number in blocks:
                continue  # what stands under it comes or goes with it
            if found[1] == "define" and f"define {found[2]}".encode() not in (file.before or b""):
                continue  # a new name changes nothing by itself
            one = Unseen(patch=state.index, file=file.path, line=number, near=False, quiet=True, kind="directive",
                         what=_both(text, found[2], lines) if found[1] == "define" else f"the line '{_short(text)}'",
                         how="changes" if found[2] in names[not old] else "removes" if old else "adds")
            if found[1] == "define" and found[2] not in changed:
                harmless = harmless or one  # it has another name, or other blanks
            elif found[2] in bits:
                yield replace(one, quiet=False, near=True)
                return
            elif found[2] in ways.words if found[1] in {"define", "undef"} else moved:
                yield replace(one, quiet=False)
                return
            harmless = harmless or one
    if harmless and any(_BITS.fullmatch(name) for name in changed):
        harmless = replace(harmless, near=True)  # no way to a call is known: that is not to say that there is none
    if bits:  # what stands behind a backslash
        yield Unseen(patch=state.index, file=file.path, line=changed[bits[0]], near=True, kind="directive",
                     what=f"the definition of {bits[0]}")
    elif harmless is not None:
        yield harmless


def _short(text: str) -> str:
    return shorten(squash(text), 80, placeholder=" ...")


def _both(text: str, name: str, lines: Mapping[bool, Sequence[tuple[int, str]]]) -> str:
    """Return the line that defines the name, as it is and as it was where it stands on both sides once."""
    old, new = ([one for _, one in lines[side] if (hit := _DIRECTIVE.match(one)) and hit[1] == "define"
                 and hit[2] == name] for side in (True, False))
    return f"the line '{_short(new[0])}' (before: '{_short(old[0])}')" if len(old) == len(new) == 1 else \
        f"the line '{_short(text)}'"


def _defined_in(content: bytes) -> Iterator[str]:
    for line in decode(content).splitlines():
        found = _DIRECTIVE.match(line)
        if found is not None and found[1] == "define":
            yield found[2]


def _nests(facts: FileFacts | None) -> dict[str, set[Cond]]:
    """Return the `#if` conditions of the functions around the family, by name."""
    found: dict[str, set[Cond]] = {}
    for one in facts.functions if facts else ():
        found.setdefault(one.name, set()).add(one.path_condition)
    return found


def _named(analysis: Analysis, position: int, file: PatchedFile, before: FileFacts | None,
           after: FileFacts | None, cells: list[Cell]) -> Iterator[Unseen]:
    """Yield the changed lines that name the family where no cell looks: macros, callbacks, declarations."""
    told = {cell.function for cell in cells} | {cell.call for cell in cells}
    told |= {name for side in (analysis.before(position), analysis.after(position)) for name in side.wrappers}
    family = analysis.primitives
    sides = []
    for facts, lines in ((before, file.removed), (after, file.added)):
        found = [(call.callee, "macro" if call.use == "in-macro" else "call", squash(call.statement), call.span.line,
                  call.function) for call in (facts.calls if facts else ()) if call.callee in family]
        found += [(one.name, one.kind, squash(one.text), one.line, one.function)
                  for one in (facts.mentions if facts else ()) if one.name in family]
        sides.append([entry for entry in found if entry[3] in lines])
    same = Counter(entry[:3] for entry in sides[0]) & Counter(entry[:3] for entry in sides[1])
    declares = any(entry[1] == "declaration" for entries in sides for entry in entries)
    elsewhere = _declared_elsewhere(analysis, position, file) if declares else {}
    named = [{entry[:2] for entry in entries} for entries in sides]
    for old, entries in zip((True, False), sides, strict=True):
        left = Counter(same)
        for name, kind, text, line, function in entries:
            if left[name, kind, text] > 0:
                left[name, kind, text] -= 1
            elif kind == "declaration" and text in elsewhere[not old]:
                continue  # it has moved
            elif kind not in {"member", "export"} and function not in told and name not in told \
                    and function not in analysis.primitives:
                what = _SAYS.get(kind, "a call of {0}()").format(name)
                yield Unseen(patch=analysis.patched.states[position].index, file=file.path, line=line, near=True,
                             what=what, kind="names", name=name,
                             how="changes" if (name, kind) in named[old] else "removes" if old else "adds")


def _declared_elsewhere(analysis: Analysis, position: int, file: PatchedFile) -> Mapping[bool, frozenset[str]]:
    """Return the declarations of the family that the patch takes out of other files (True), and puts into them."""
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for other in analysis.patched.states[position].files:
        for old, side, path, lines in ((True, analysis.before(position), other.old_path, other.removed),
                                       (False, analysis.after(position), other.path, other.added)):
            facts = side.facts.get(path) if other != file else None
            found[old] |= {squash(one.text) for one in (facts.mentions if facts else ())
                           if one.kind == "declaration" and one.line in lines}
    return {old: frozenset(texts) for old, texts in found.items()}
