"""Which hunks have no place in the tree, and whether what they change can have to do with a call of the family."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set

from reviewbot.cfacts import functions_with
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.patterns import regex
from reviewbot.review.ways import Ways
from reviewbot.series.types import Hunk
from reviewbot.source import tree_below
from reviewbot.source.owners import owned
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode, squash

__all__ = ["NO_FILE", "bearing", "calls_elsewhere", "changes_mappings", "has_code", "has_its_lines", "loses_hunks",
           "lost_hunks", "maps_memory", "names_family", "names_mappings", "why_unplaced", "writes_asked"]

NO_FILE = "the tree has no such file"
"""Why hunks have no place where that is the reason."""

_LEAST_TELLING = 3
_MOST_FILES = 48  # that name a function and may hold it
_LONGEST = 300  # letters of a line that is taken apart
_TELLS = 12  # characters: shorter lines stand in any file
_SAYS_NOTHING = regex(rb"\s*(?:/\*|\*|//|#\s*(?:else|endif)\b)")
_LEAST_LETTERS = 6  # shorter lines stand in any function
_WORD = regex(r"[A-Za-z_]\w*")
_NO_CODE = regex(r"[ \t]*(?:#[ \t]*define[ \t]+(?P<name>\w+)[ \t]+\(?\d\w*\)?[ \t]*(?:/[*/].*)?|/\*.*|\*.*|//.*|"
                 r"#[ \t]*include\b.*|EXPORT_SYMBOL.*|extern\b[^{]*;[ \t]*)$")
_DECLARES = regex(r"(?!(?:return|else|goto)\b)[A-Za-z_][\w \t*]*\b\w+\([^={}]*\)[^={}()]*;[ \t]*$")
_CALL = regex(r"\b([A-Za-z_]\w*)\s*\(")
_SETS = regex(r"[ \t]+([A-Za-z_]\w{4,})[ \t]*=(?!=)")
_WRITES = regex(r"(?:->|\.)([A-Za-z_]\w*)(?:\[[^]]*\])?\s*(?:(?:[-+|&^]|<<|>>)?=(?!=)|\+\+|--|[,)])")
"""A member that a line gives a value, or hands to a function."""
_FIELD = regex(r"\b([A-Za-z_]\w*)(?:\[\w*\])?;")
_COMMENT = regex(r"/\*|\*|//")
_HEAD = regex(r"(?!(?:typedef|struct|union|enum)\b[^(]*$)[A-Za-z_][\w \t*]*\([^;]*$")
_BEGINS = regex(r"[A-Za-z_][\w \t*]*\b(\w+)\([^;{]*\)\s*\{")  # a function on one line
_DEFINE = regex(r"[ \t]*#[ \t]*(?:define|undef)[ \t]+(\w+)")
_KERNEL = regex(r"\b(?:_*PAGE_KERNEL\w*|VM_FLUSH_RESET_PERMS|\w*direct_map\w*|\w*kernel_text\w*|protect_kernel\w*|"
                r"mark_rodata\w*|\w*STRICT_(?:KERNEL|MODULE)_RWX|\w*(?:kernel_)?map_pages\w*|\w*dma_unencrypted|"
                r"vm_reset_perms)\b")
"""What kernel mappings alone are written with, beside the family's own names."""
_BITS = regex(r"_*PAGE_\w+")
_MAPS = regex(_KERNEL.pattern + r"|\b(?:_PAGE_\w+|pgprot\w*|(?:set|mk|pfn)_?p[tmgu4]\w+)\b")
"""The same, and what mappings of user memory are written with, too."""


def names_mappings(text: str) -> bool:
    """Return whether a text has a word of kernel mappings in it."""
    return _MAPS.search(text) is not None


def changes_mappings(analysis: Analysis) -> bool:
    """Return whether a line of C that the series adds or takes away names a mapping of the kernel: the function there
    may be one of an architecture's own behind the family, under another name."""
    for _, state in analysis.states():
        for file in (one for one in state.files if one.path.endswith((".c", ".h"))):
            for data, numbers in ((file.before, file.removed), (file.after, file.added)):
                rows = decode(data or b"").split("\n")
                if any(_KERNEL.search(rows[number - 1]) and not _COMMENT.match(rows[number - 1].strip())
                       for number in numbers if number <= len(rows)):
                    return True
    return False


def loses_hunks(file: PatchedFile) -> bool:
    """Return whether hunks of the patch itself have no place in the file: those of an earlier patch are its own."""
    return file.applies in {"fragment", "failed"} or bool(file.unplaced)


def lost_hunks(analysis: Analysis, index: int, file: PatchedFile) -> tuple[Hunk, ...]:
    """Return the patch's hunks without a place of which the tree does not have already what they make."""
    base = tree_below(analysis.patched.start)
    lines = [squash(line) for line in decode(base.read(file.old_path or file.path) or b"").splitlines()]
    return tuple(hunk for patch in analysis.series.patches if patch.index == index for diff in patch.files
                 if diff.new_path == file.path for number, hunk in enumerate(diff.hunks)
                 if (number in file.unplaced or not file.unplaced) and not _stands_in(lines, hunk))


def has_its_lines(analysis: Analysis, file: PatchedFile) -> bool:
    """Return whether the tree has in another form what the patch's hunks without a place bring to the file: each line
    that tells stands in it, none that they remove does."""
    own = tree_below(analysis.patched.start)  # what was taken out of it is there
    there = {squash(line) for line in decode(own.read(file.old_path) or b"").splitlines()}
    whole = file.applies in {"fragment", "failed"}
    added, removed = (_telling(content, numbers, [
        span for span in known if whole or span[0] in {section[side] for section in file.sections}])
        for side, content, numbers, known in ((1, file.after, file.added, file.known_new),
                                              (0, file.before, file.removed, file.known_old)))
    return bool(added) and added <= there and not (removed - added) & there


def _telling(content: bytes | None, numbers: frozenset[int], known: Sequence[tuple[int, int]]) -> frozenset[str]:
    """Return those of the lines that hunks without a place change and that do not stand in any file."""
    lines = (content or b"").split(b"\n")
    found = {squash(decode(lines[number - 1])) for number in numbers
             if number <= len(lines) and any(first <= number <= last for first, last in known)
             and not _SAYS_NOTHING.match(lines[number - 1])}
    return frozenset(line for line in found if len(re.sub(r"\W", "", line)) >= _TELLS)


def _stands_in(lines: Sequence[str], hunk: Hunk) -> bool:
    """Return whether the lines have what the hunk makes: with its surroundings; or, its surroundings being others,
    with as much of them as makes it known, where nothing that tells of what it takes away is there."""
    made = [(line.kind, squash(line.text)) for line in hunk.lines if line.kind != "-"]
    if _runs_in(lines, [text for _, text in made]):
        return True
    added = [number for number, (kind, _) in enumerate(made) if kind == "+"]
    gone = {squash(line.text) for line in hunk.lines if line.kind == "-"} - {text for _, text in made}
    telling = {text for text in gone if len(re.sub(r"\W", "", text)) >= _LEAST_LETTERS and not _COMMENT.match(text)}
    if not added or telling & set(lines):
        return False
    if _has_functions(lines, hunk):
        return True
    first, last = added[0], added[-1]
    for more in range(_LEAST_TELLING + 1):  # as little of what is around it as will do
        for ahead in range(more + 1):
            some = [text for _, text in made[max(0, first - ahead):last + 1 + more - ahead]]
            if _runs_in(lines, some):
                return True
    return False


def _has_functions(lines: Sequence[str], hunk: Hunk) -> bool:
    """Return whether all that the hunk adds is in functions that it shows whole, and that the lines have so."""
    whole: list[list[str]] = []
    open_one: list[str] | None = None
    for line in hunk.lines:
        if line.kind == "-":
            continue
        if open_one is None and _HEAD.match(line.text[:_LONGEST]):
            open_one = []
        if open_one is None:
            if line.kind == "+" and line.text.strip():
                return False
            continue
        open_one.append(squash(line.text))
        if line.text.startswith("}"):
            whole.append(open_one)
            open_one = None
    return open_one is None and bool(whole) and all(
        any(list(lines[at:at + len(one)]) == one for at, text in enumerate(lines) if text == one[0]) for one in whole)


def _runs_in(lines: Sequence[str], wanted: Sequence[str]) -> bool:
    """Return whether the wanted lines, three of them at least that tell, stand in the others one behind the other."""
    telling = [number for number, text in enumerate(wanted) if re.search(r"\w", text)]
    if len(telling) < _LEAST_TELLING:
        return False
    first, squashed = telling[0], [squash(text) for text in wanted]
    return any(list(lines[at - first:at - first + len(squashed)]) == squashed
               for at, text in enumerate(lines) if at >= first and text == squashed[first])


def why_unplaced(analysis: Analysis, file: PatchedFile) -> str:
    """Return why hunks have no place where it is that the tree has no such file, and empty otherwise."""
    base = tree_below(analysis.patched.start)
    return "" if file.unplaced or base.exists(file.old_path or file.path) else NO_FILE


def maps_memory(hunks: Sequence[Hunk]) -> bool:
    """Return whether a line that the hunks change has a word of page tables in it."""
    return any(names_mappings(line.text) for hunk in hunks for line in hunk.lines if line.kind != " ")


def names_family(hunks: Sequence[Hunk], ways: Ways) -> bool:
    """Return whether a line of the hunks has a name of the family in it, or a word of kernel mappings alone."""
    return any(_KERNEL.search(line.text) or not ways.naming.isdisjoint(_WORD.findall(line.text))
               for hunk in hunks for line in hunk.lines)


def writes_asked(analysis: Analysis, hunks: Sequence[Hunk], ways: Ways) -> bool:
    """Return whether a line that the hunks change gives a value to a variable of the whole kernel for which a test in
    front of a call asks."""
    names = {found[1] for hunk in hunks for line in hunk.lines
             if line.kind != " " and (found := _SETS.match(line.text[:_LONGEST]))} & ways.words
    tree = analysis.sides[0].tree
    for name in sorted(names):
        declared = re.compile(rb"^extern\b[^;(]*\b%s\b" % re.escape(name.encode()), re.MULTILINE)
        if any(declared.search(tree.read(path) or b"")
               for path in tree.search((name,), prefixes=("include", "arch"), suffixes=(".h",))):
            return True
    return False


def has_code(hunks: Sequence[Hunk], ways: Ways) -> bool:
    """Return whether a line that the hunks change is more than text, an include, an export, a declaration or a number
    that no call uses: whatever it is, what it comes to is not proved."""
    texts = [line.text for hunk in hunks for line in hunk.lines if line.kind != " " and line.text.strip()]
    return any(found is None or found["name"] in ways.words for found in map(_NO_CODE.match, texts))


def known_names(analysis: Analysis, file: PatchedFile, hunks: Sequence[Hunk], ways: Ways) -> frozenset[str]:
    """Return the names of a file that the tree has, or that a patch of the series brings to it with all that they are;
    with the functions of these hunks that the tree has in another file, where they call nothing of the family."""
    base = tree_below(analysis.patched.start)
    texts = [decode(base.read(file.old_path or file.path) or b"")]
    texts += [line.text for patch in analysis.series.patches for diff in patch.files if diff.new_path == file.path
              for hunk in diff.hunks for line in hunk.lines if line.kind == "+"]
    found = frozenset(word for text in texts for word in _WORD.findall(text))
    owners = {owner for hunk in hunks for owner, _, _ in owned(hunk) if owner} - found
    if not owners:
        return found
    there = analysis.files_with(0, tuple(sorted(owners)))
    return found.union(owner for owner in sorted(owners) if _stands_elsewhere(
        analysis, file.path, owner, there[owner], ways))


def calls_elsewhere(analysis: Analysis, path: str, hunks: Sequence[Hunk], ways: Ways) -> bool:
    """Return whether code of a function is changed that the tree has in another file, of the same architecture, where
    it calls the family."""
    owners = {owner for hunk in hunks for owner, kind, text in owned(hunk) if owner and kind != " "
              and _is_code(text, ways)}
    if not owners:
        return False
    base = tree_below(analysis.patched.start)
    there = analysis.files_with(0, tuple(sorted(owners)))
    return any(not ways.naming.isdisjoint(one.calls_all) for owner in sorted(owners)
               for other in (there[owner] if len(there[owner]) <= _MOST_FILES else ())
               if other.endswith((".c", ".h")) and own_arch(other) in {"", own_arch(path)}
               for one in functions_with(base.read(other) or b"", frozenset({owner})) if one.name == owner)


def _stands_elsewhere(analysis: Analysis, path: str, name: str, files: Sequence[str], ways: Ways) -> bool:
    """Return whether the tree has the function in another file, and calls of the family stand in none of that name."""
    base = tree_below(analysis.patched.start)
    folder = path.rpartition("/")[0]
    found = [(other, one) for other in (files if len(files) <= _MOST_FILES else ()) if other.endswith((".c", ".h"))
             for one in functions_with(base.read(other) or b"", frozenset({name})) if one.name == name]
    return any(not one.static or other.rpartition("/")[0] == folder for other, one in found) and all(
        ways.naming.isdisjoint(one.calls_all) for _, one in found)


def bearing(hunks: Sequence[Hunk], ways: Ways, path: str, known: frozenset[str]) -> bool:
    """Return whether a changed line of the hunks can have to do with a call of the family.

    It names the family, a helper that reaches it or what only kernel mappings are made of; it stands in a function
    that holds such a call, or beside one, or in one of which nothing is `known`; it defines what such a call asks or
    is given, or is about a member of the object of one. In a file that defines functions of the family what page
    tables are written with is enough. Text, includes, exports and declarations, and lines that only move, have nothing
    to do with it.
    """
    parts = [(hunk, list(owned(hunk))) for hunk in hunks]
    holders = ways.reaching | {owner for _, lines in parts for owner, _, text in lines
                               if owner and (owner not in known or _calls(text, ways.naming - {owner}))}
    changed = [(owner, kind, text) for _, lines in parts for owner, kind, text in lines if kind != " "]
    sides = {kind: Counter(squash(text) for _, one, text in changed if one == kind) for kind in "+-"}
    moved = {"+": sides["+"] & sides["-"], "-": sides["-"] & sides["+"]}
    for _, lines in parts:
        beside = any(_calls(text, ways.naming) for _, _, text in lines)
        for owner, kind, text in lines:
            if kind == " ":
                continue
            if moved[kind][squash(text)] > 0:
                moved[kind][squash(text)] -= 1
            elif _is_code(text, ways) and (beside or _reaches(owner, text, holders, ways, path)):
                return True
    return False


def _calls(text: str, names: Set[str]) -> bool:
    """Return whether a line calls one of the names, and does not only declare it."""
    return not (_DECLARES.match(text[:_LONGEST]) or _NO_CODE.match(text)) and any(
        found[1] in names for found in _CALL.finditer(text))


def _is_code(text: str, ways: Ways) -> bool:
    plain = _NO_CODE.match(text)
    asked = plain is None or plain["name"] in ways.words
    return asked and bool(text.strip()) and not _DECLARES.match(text[:_LONGEST])


def _reaches(owner: str, text: str, holders: frozenset[str], ways: Ways, path: str) -> bool:
    own = set(_WORD.findall(text))
    if begins := _BEGINS.match(text[:_LONGEST]):
        owner = begins[1]
    macro = _DEFINE.match(text)
    if owner in holders or owner in ways.words or not ways.naming.isdisjoint(own) or _KERNEL.search(f"{owner} {text}"):
        return True
    if macro is not None and macro[1] in ways.words:
        return True
    names = {*_WRITES.findall(text), *(_FIELD.findall(text) if not owner else ())}
    if not ways.members.isdisjoint(names):
        return True
    if _BITS.fullmatch(owner):
        return ways.made_of(path, owner)
    return path in ways.defining and _MAPS.search(text) is not None
