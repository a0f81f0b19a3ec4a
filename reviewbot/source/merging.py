"""One file's hunks on content that git refuses: each placed by itself, and what finds no place shown beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from itertools import pairwise

from reviewbot.series.types import Hunk
from reviewbot.source.alignment import FileLines, file_lines, heading_name, key_of
from reviewbot.source.alike import Likes
from reviewbot.source.doubles import definitions, doubled, may_double
from reviewbot.source.grafting import depth_of, graft, place_by_own_lines
from reviewbot.source.kbuild_hunks import place_in_kbuild
from reviewbot.source.lines import as_bytes, line_map
from reviewbot.source.placing import Edit, Lines, Placement, begins_function, hunk_of, place, split_hunk
from reviewbot.source.standing import put_back
from reviewbot.source.types import LineMap
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["GAP", "Known", "Merge", "Shown", "brought", "doubted", "join_lines", "merge", "show", "tell_placement"]

_DOUBTED = 0.5
_TELLING = 12  # characters: shorter lines stand in any file

GAP = b"\0"
"""Stands for the lines of a function that a hunk without a place does not show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The hunks of one diff on a file: where each went by its number (from 0), and the lines after."""

    before: tuple[bytes, ...]
    after: tuple[bytes, ...]
    placed: Mapping[int, Placement]
    unplaced: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The lines of a file of which some functions are known from hunks alone, and what the headers of these hunks name.

    `sections` has the text behind the second @@ by the hunk's first line, 1-based.
    """

    lines: tuple[bytes, ...]
    sections: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A file around a patch as the patch shows it, with the hunks that have no place in the stead of their functions.

    `sections` are (first line before, first line after, text behind the second @@) of each such hunk, 1-based.
    """

    before: tuple[bytes, ...]
    after: tuple[bytes, ...]
    added: frozenset[int]
    removed: frozenset[int]
    sections: tuple[tuple[int, int, str], ...]

    @property
    def line_map(self) -> LineMap:
        """Return where the unchanged lines went."""
        return line_map(self.added, self.removed, old_count=len(self.before), new_count=len(self.after))

    @property
    def sections_after(self) -> dict[int, str]:
        """Return the text behind the second @@ of such a hunk by its first line after."""
        return {new: text for _, new, text in self.sections}

    @property
    def known_old(self) -> tuple[tuple[int, int], ...]:
        """Return the runs of known lines before."""
        return _known(self.before)

    @property
    def known_new(self) -> tuple[tuple[int, int], ...]:
        """Return the runs of known lines after."""
        return _known(self.after)


def _known(lines: Sequence[bytes]) -> tuple[tuple[int, int], ...]:
    gaps = _gaps(lines)
    ends = zip([0, *gaps], [*gaps, len(lines) + 1], strict=True)
    return tuple((before + 1, gap - 1) for before, gap in ends if gap - before > 1) if gaps else ()


def _gaps(lines: Sequence[bytes]) -> list[int]:
    """Return the numbers of the lines that stand for unknown ones."""
    found: list[int] = []
    while True:
        try:
            found.append(lines.index(GAP, found[-1] if found else 0) + 1)
        except ValueError:
            return found


def join_lines(lines: Sequence[bytes], like: bytes | None = None) -> bytes:
    """Return the lines as a file's content; the last is ended as in the content `like`."""
    text = b"\n".join(b"" if line == GAP else line for line in lines)
    return text if not lines or (like and not like.endswith(b"\n")) else text + b"\n"


def merge(hunks: Sequence[Hunk], lines: Sequence[bytes], path: str,
          known: Mapping[int, Placement] | None = None, *, likes: Likes | None = None,
          remade: Mapping[int, Lines] | None = None) -> Merge:
    """Return where the hunks of one diff go among these lines; `known` are the places of some, by their number.

    Those that were taken out of other surroundings than their own are `remade` with what was around them.
    With `likes`, hunks may be placed whose lines the file has in other words: see `Placement.stock`.
    """
    file = file_lines(lines)
    cut = [hunk_of(hunk) for hunk in hunks]
    if path.rsplit("/", 1)[-1].startswith(("Makefile", "Kbuild")):
        cut = [replace(hunk, section="") for hunk in cut]  # every line of them looks like a heading
    placed: dict[int, Placement] = {}
    taken: list[Edit] = []

    def accept(number: int, found: Placement | None) -> bool:
        if found is None or any(_clash(edit, other) for edit in found.edits for other in taken):
            return False
        placed[number] = found
        taken.extend(found.edits)
        return True

    for number, found in sorted((known or {}).items()):
        accept(number, found)
    for number, hunk in sorted((remade or {}).items()):
        accept(number, put_back(hunk, file))
    for number, hunk in enumerate(cut):
        if number in placed:
            continue
        if not hunk.blocks:
            placed[number] = Placement(edits=(), how="exact", sure=1.0, fitting=0, lines=0)
            continue
        accept(number, place(hunk, file))
    for number, hunk in enumerate(cut):
        if number in placed:
            continue
        bounds = _bounds(placed, number, len(lines))
        any(accept(number, way()) for way in (
            partial(place, hunk, file, bounds=bounds), partial(_in_parts, hunk, file, bounds),
            partial(place_in_kbuild, hunk, file, path), partial(place_by_own_lines, hunk, file),
            *([partial(graft, hunk, file, likes)] if likes else ())))
    for number in _tearing(lines, placed):
        del placed[number]
    after = _with(lines, placed)
    while doubles := _doubling(lines, placed, cut):
        for number in doubles:
            del placed[number]
        after = _with(lines, placed)
    return Merge(before=tuple(lines), after=tuple(after), placed=placed,
                 unplaced=tuple(number for number in range(len(cut)) if number not in placed))


def doubted(merged: Merge, hunks: Sequence[Hunk], lost: Set[bytes]) -> Merge:
    """Return the merge with the hunks unsure that take lines which hunks of earlier patches bring that have no place:
    where such a line stands in the file, it is another one. What would need it there has no place."""
    placed = dict(merged.placed)
    for number, one in merged.placed.items():
        taken = {key_of(line) for block in hunk_of(hunks[number]).blocks for line in block.removed}
        if taken.isdisjoint(lost) or one.how == "three-way":
            continue
        if one.stock:
            del placed[number]
        else:
            placed[number] = replace(one, how="merged", sure=min(one.sure, _DOUBTED))
    if placed == merged.placed:
        return merged
    return replace(merged, after=tuple(_with(merged.before, placed)), placed=placed,
                   unplaced=tuple(number for number in range(len(hunks)) if number not in placed))


def brought(merged: Merge, hunks: Sequence[Hunk], taken: Set[int]) -> set[bytes]:
    """Return the telling lines that the hunks without a place bring, those left out that were `taken` out."""
    return {key for number in merged.unplaced if number not in taken for line in hunks[number].lines
            if line.kind == "+" and len(key := key_of(as_bytes(line.text))) >= _TELLING}


def _tearing(lines: Sequence[bytes], placed: Mapping[int, Placement]) -> list[int]:
    """Return the hunks in whose places the file would no longer have as many brackets and conditionals that close as
    that open, before the patch: one hunk may take what opens, and another what closes."""
    depths = {number: depth_of(one, lines) for number, one in placed.items() if one.stock}
    whole = not any(map(sum, zip(*depths.values(), strict=True)))
    return [] if whole else [number for number, depth in depths.items() if any(depth)]


def _in_parts(hunk: Lines, file: FileLines, bounds: tuple[int, int] | None) -> Placement | None:
    """Return where the changes of a hunk go when each is placed by itself, None when not all have a place in order."""
    if len(hunk.blocks) < 2:
        return None
    fit: list[Placement] = []
    for part in split_hunk(hunk):
        one = place(part, file, bounds=bounds)
        if one is None or (fit and one.start < fit[-1].start):
            return None
        fit.append(one)
    return Placement(edits=tuple(edit for part in fit for edit in part.edits), how="merged",
                     sure=min(0.85, *(part.sure for part in fit)),
                     fitting=sum(part.fitting for part in fit), lines=sum(part.lines for part in fit))


def _with(lines: Sequence[bytes], placed: Mapping[int, Placement]) -> list[bytes]:
    """Return the lines with the hunks where they are placed."""
    after: list[bytes] = []
    at = 0
    for edit, _ in _in_order(placed):
        after += [*lines[at:edit.start], *edit.new]
        at = edit.stop
    return [*after, *lines[at:]]


def _in_order(placed: Mapping[int, Placement]) -> list[tuple[Edit, int]]:
    """Return the edits as they follow one another in the file, each with its hunk's number."""
    return sorted(((edit, number) for number, one in sorted(placed.items()) for edit in one.edits),
                  key=lambda pair: (pair[0].start, pair[0].stop))


def _doubling(lines: Sequence[bytes], placed: Mapping[int, Placement], hunks: Sequence[Lines]) -> set[int]:
    """Return the hunks that would define what the file defines already, under the same conditions."""
    content = b"\n".join(lines)
    if not any(may_double(block.added, content) for number in placed for block in hunks[number].blocks):
        return set()
    twice = doubled(lines, _with(lines, placed))
    found = set()
    shift = 0
    for edit, number in _in_order(placed):
        start = edit.start + shift
        if any(start <= line < start + len(edit.new) for line in twice):
            found.add(number)
        shift += len(edit.new) - (edit.stop - edit.start)
    return found


def _clash(edit: Edit, other: Edit) -> bool:
    if edit.start == edit.stop or other.start == other.stop:
        return edit.start < other.stop and other.start < edit.stop if edit.start != other.start else False
    return edit.start < other.stop and other.start < edit.stop


def _bounds(placed: Mapping[int, Placement], number: int, count: int) -> tuple[int, int] | None:
    above = [edit.stop for other, one in placed.items() if other < number for edit in one.edits]
    below = [edit.start for other, one in placed.items() if other > number for edit in one.edits]
    return (max(above, default=0), min(below, default=count)) if above or below else None


def show(merged: Merge, hunks: Sequence[Hunk], sections: Mapping[int, str]) -> Shown:
    """Return the file around the patch with its unplaced hunks in the stead of the functions that they are in.

    Such a function is known from the hunks alone, the placed ones among them; a hunk whose function the file does not
    have, or that would upset the file's `#if` nest, stands behind the last line. `sections` are those of the hunks that
    earlier patches showed, by their first lines.
    """
    lines = merged.before
    file = file_lines(lines)
    spans: dict[tuple[int, int], set[int]] = {}
    behind: set[int] = set()
    apart: dict[int, set[int]] = {}  # hunks behind the function that they name, by the line behind it
    for number in merged.unplaced:
        for again in _defined_again(hunks[number], file):
            spans.setdefault(again, set())  # the hunk shows the function as the patch has it
        span = file.span(as_bytes(hunks[number].section))
        if span is None or GAP in lines[span[0]:span[1]] or not _balanced(hunks[number]):
            behind.add(number)
            if span is None or GAP in lines[span[0]:span[1]]:
                continue
            spans.setdefault(span, set())
            continue
        if _begins_behind(hunks[number]):
            apart.setdefault(span[1], set()).add(number)
        else:
            spans.setdefault(span, set()).add(number)
    events: list[tuple[int, int, tuple[bytes, ...], tuple[int, ...]]] = []
    parts: dict[int, tuple[int, int]] = {}
    for number, one in sorted(merged.placed.items()):
        inside = next((span for span in spans if any(span[0] <= edit.start and edit.stop <= span[1]
                                                     for edit in one.edits)), None)
        if inside is None:
            events += [(edit.start, edit.stop, edit.new, ()) for edit in one.edits]
        else:
            spans[inside].add(number)
            part = _part(hunks[number], lines, inside, begins_above=any(edit.start <= inside[0] for edit in one.edits))
            if part is None:
                continue  # then all of it stands there
            parts[number] = part
            events += [(edit.start, edit.stop, edit.new, ()) for edit in one.edits
                       if not (inside[0] < edit.stop and edit.start < inside[1])]
    for span, numbers in spans.items():
        stop = span[1]
        last = max((number for number in numbers if number not in merged.placed), default=None)
        if last is not None and last == max(numbers):
            limits = [event[0] for event in events] + [other[0] for other in spans]
            stop = _tail(hunks[last], lines, stop, min((at for at in limits if at >= stop), default=len(lines)))
        events.append((span[0], stop, (), (-1, *sorted(numbers))))
    events += [(at, at, (), (-1, *sorted(numbers))) for at, numbers in apart.items()]
    events.sort(key=lambda event: event[:2])
    parts.update({number: (0, _shown(hunks[number], file)) for number in merged.unplaced})
    if behind:
        events.append((len(lines), len(lines), (), (-1, *sorted(behind))))
    return _build(lines, events, hunks, parts, sections)


def _begins_behind(hunk: Hunk) -> bool:
    """Return whether the hunk begins behind the function that its header names: something begins in it before anything
    ends."""
    for line in hunk.lines:
        if line.text.startswith("}"):
            return False
        if line.kind != "+" and begins_function(as_bytes(line.text)):
            return True
    return False


def _tail(hunk: Hunk, lines: Sequence[bytes], stop: int, limit: int) -> int:
    """Return behind which line of the file a hunk ends that stands for the function up to `stop`: what it shows behind
    the function stands in the file as well, and is not to be shown twice."""
    end = max((number + 1 for number, line in enumerate(hunk.lines) if line.text.startswith("}")),
              default=len(hunk.lines))
    for line in hunk.lines[end:]:
        text = as_bytes(line.text)
        if line.kind != "+" and (stop >= limit or text != lines[stop] or begins_function(text)):
            break
        stop += line.kind != "+"
    return stop


def _shown(hunk: Hunk, file: FileLines) -> int:
    """Return how many lines of the hunk are to be shown: not the head of a function, at its end, that it leaves as it
    is and that stands in the file."""
    end = max((number + 1 for number, line in enumerate(hunk.lines) if line.text.startswith("}") or line.kind != " "),
              default=0)
    return next((number for number in range(end, len(hunk.lines)) if begins_function(as_bytes(hunk.lines[number].text))
                 and file.span(as_bytes(hunk.lines[number].text)) is not None), len(hunk.lines))


def _part(hunk: Hunk, lines: Sequence[bytes], span: tuple[int, int], *, begins_above: bool) -> tuple[int, int] | None:
    """Return which lines of a hunk lie in the function at `span`: its other lines stand where they were placed.

    None when the hunk begins above the function and does not show its head as the file has it.
    """
    kept = [(number, as_bytes(line.text)) for number, line in enumerate(hunk.lines) if line.kind != "+"]
    first = next((number for number, text in kept if text == lines[span[0]]), None)
    if first is None and begins_above:
        return None
    last = next((number for number, text in kept if number > (first or 0) and text.startswith(b"}")), len(hunk.lines))
    return first or 0, last + 1


def _defined_again(hunk: Hunk, file: FileLines) -> list[tuple[int, int]]:
    """Return the lines of the functions that the file has and the hunk shows from their heads on and changes."""
    found: list[tuple[int, int]] = []
    for gone in ("-", "+"):
        lines = [line for line in hunk.lines if line.kind != gone]
        texts = [as_bytes(line.text) for line in lines]
        heads = sorted(places[0] for name, places in definitions(texts).items() if name[0] == "function")
        for head, following in pairwise([*heads, len(texts)]):
            end = next((number + 1 for number in range(head, following) if texts[number].startswith(b"}")), following)
            span = file.span(texts[head]) if any(line.kind != " " for line in lines[head:end]) else None
            if span is not None and span not in found and GAP not in file.lines[span[0]:span[1]]:
                found.append(span)
    return found


def _balanced(hunk: Hunk) -> bool:
    depth = 0
    for line in hunk.lines:
        word = line.text.lstrip().replace("# ", "#", 1)
        if word.startswith("#if"):
            depth += 1
        elif word.startswith("#endif"):
            depth -= 1
        if depth < 0 or (depth == 0 and word.startswith(("#else", "#elif"))):
            return False
    return depth == 0


def _build(lines: Sequence[bytes], events: Sequence[tuple[int, int, tuple[bytes, ...], tuple[int, ...]]],
           hunks: Sequence[Hunk], parts: Mapping[int, tuple[int, int]], known: Mapping[int, str]) -> Shown:
    before: list[bytes] = []
    after: list[bytes] = []
    added: set[int] = set()
    removed: set[int] = set()
    sections: list[tuple[int, int, str]] = []
    at = 0

    def keep(start: int) -> None:
        sections.extend((len(before) + line - at, len(after) + line - at, known[line])
                        for line in sorted(known) if at < line <= max(start, at))
        before.extend(lines[at:start])
        after.extend(lines[at:start])

    for start, stop, new, numbers in events:
        keep(start)
        at = max(at, stop)
        if not numbers:
            sections.extend((len(before) + line - start, len(after) + 1, known[line])
                            for line in sorted(known) if start < line <= stop)
            removed.update(range(len(before) + 1, len(before) + stop - start + 1))
            before += lines[start:stop]
            added.update(range(len(after) + 1, len(after) + len(new) + 1))
            after += new
            continue
        for number in numbers:
            if number >= 0:
                first, last = parts.get(number, (0, len(hunks[number].lines)))
                sections.append((len(before) + 1, len(after) + 1, "" if first else hunks[number].section))
                for line in hunks[number].lines[first:last]:
                    if line.kind != "+":
                        before.append(as_bytes(line.text))
                        if line.kind == "-":
                            removed.add(len(before))
                    if line.kind != "-":
                        after.append(as_bytes(line.text))
                        if line.kind == "+":
                            added.add(len(after))
            before.append(GAP)
            after.append(GAP)
    keep(len(lines))
    return Shown(before=tuple(before), after=tuple(after), added=frozenset(added), removed=frozenset(removed),
                 sections=tuple(sections))


def tell_placement(merged: Merge, hunks: Sequence[Hunk]) -> str:
    """Return which hunk went where and how sure, for those that did not fit exactly, and which found no place."""
    file = file_lines(merged.before)
    words = []
    for number, one in sorted(merged.placed.items()):
        if one.how == "exact" or not one.edits:
            continue
        inside = decode(_name(file, one.start))
        where = f"line {one.start + 1}" + (f" in '{inside}'" if inside else "")
        if one.how == "three-way":
            words.append(f"hunk {number + 1} placed at {where} by a three-way merge (sure)")
            continue
        if one.how == "grafted":
            words.append(f"hunk {number + 1} placed at {where} in the stead of other lines that the tree has there "
                         "(unsure)")
            continue
        words.append(f"hunk {number + 1} placed at {where} by its surroundings ({one.fitting} of {one.lines} lines "
                     f"stand there; {'likely' if one.sure >= 0.7 else 'unsure'})" if one.how == "merged" else
                     f"hunk {number + 1} at {where} with {_context(one.context)} of context")
    more = len(words) - 3
    said = words[:3] + ([f"{more} more {'hunk' if more == 1 else 'hunks'} so"] if more > 0 else [])
    if merged.unplaced:
        numbers = ", ".join(str(number + 1) for number in merged.unplaced[:6])
        said.append(f"no place for hunk{'s' if len(merged.unplaced) > 1 else ''} {numbers} of {len(hunks)}, "
                    "read from the mail alone")
    return "; ".join(said)


def _context(count: int) -> str:
    return {1: "one line", 2: "two lines"}.get(count, "all lines")


_NO_NAMES = frozenset({b"endif", b"endmenu", b"endchoice", b"ifeq", b"ifneq", b"ifdef", b"ifndef", b"else"})


def _name(file: FileLines, position: int) -> bytes:
    heading = file.heading(position + 1)
    name = heading_name(heading) if heading else b""
    return b"" if name in _NO_NAMES else name

