"""Names that a patch stops to define or declare, or does so under another condition; and who still uses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from reviewbot.cfacts.conditions import Conditions, read_conditions
from reviewbot.checks.arches import own_arch
from reviewbot.kconfig import SOURCE_ENDINGS, SOURCE_FOLDERS
from reviewbot.kconfig.sightings import Sighting, SourceText
from reviewbot.logic import FALSE, And, Cond, Not, Or
from reviewbot.patterns import regex
from reviewbot.source.matcher import names_in
from reviewbot.source.types import PatchedFile, PatchedTree, Tree
from reviewbot.text import places_of
from reviewbot.values import dataclass

__all__ = [
    "Holders",
    "LostName",
    "Use",
    "handed_on",
    "is_kernel_code",
    "lost_names",
    "made_by_macro",
    "seen_from",
    "sightings_of",
    "text_of",
    "uses_in",
    "uses_of",
]

_PROGRAMS = regex(r"^arch/\w+/(?:boot|purgatory|tools|um/os-\w+|entry/vdso|kernel/vdso\w*|realmode)/"
                  r"|^arch/um/|/(?:tools|selftests)/")
_DEFINE = regex(r"[ \t]*#[ \t]*define[ \t]+(\w+)(\(?)")
_HEAD = regex(r"\b(\w+)[ \t]*\(")
_DIRECTIVE = regex(r"[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif|else|endif)\b")
_NO_HEADS = frozenset({"if", "for", "while", "switch", "return", "sizeof", "typeof", "defined", "__attribute__"})
_MACRO_CALL = regex(r"^[A-Za-z_]\w*[ \t]*\(([^;{]*)")
_CALLED = regex(rb"\s*\(")
_BLANKS = regex(rb"\s*")
_MOST_NAMES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LostName:
    """A name that `file` has on fewer occasions after a patch than before.

    `line` is where it stood before. `hidden` is when code that includes the file saw it before and does not see it
    now; `undefined` is when the file held the function for the linker before and does not now. Both are `#if` nests.
    """

    name: str
    file: str
    line: int
    hidden: Cond
    undefined: Cond


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A line that calls a name, in a C file."""

    file: str
    line: int


class Holders:
    """Which files of the kernel contain a name, at any moment of a series: the base is searched once for each name."""

    def __init__(self) -> None:
        """Start with nothing searched."""
        self._found: dict[str, tuple[str, ...]] = {}
        self._below: dict[tuple[str, str], tuple[str, ...]] = {}
        self._at: dict[tuple[int, frozenset[str]], tuple[Tree, dict[str, tuple[str, ...]]]] = {}
        self._lost: dict[tuple[object, ...], tuple[LostName, ...]] = {}
        self._ahead: frozenset[str] = frozenset()
        self._expected: Callable[[], Iterable[str]] | None = None
        self.all_searched = False  # for every name that some patch takes away or calls

    def expect(self, names: Callable[[], Iterable[str]]) -> None:
        """Take who can tell further names that are likely to be asked for: the first search looks for them as well."""
        self._expected = names

    def note(self, names: Iterable[str], patched: PatchedTree, *, known: frozenset[str] = frozenset()) -> None:
        """Note these names, what some patch takes away, and new functions of headers and architectures, of an
        architecture's static ones the `known` names: one search is for all."""
        files = [(state.index, file) for state in patched.states for file in state.files]
        lost = {one.name for index, file in files for one in self.lost(index, file)}
        new = {name for _, file in files for name in _new_heads(file, known)}
        self._ahead = frozenset({*names, *lost, *sorted(new)[:_MOST_NAMES]})

    def search_ahead(self, base: Tree) -> None:
        """Start the one search of the base for what is noted and expected."""
        self._ahead |= self._told()
        base.search_ahead(self._ahead, prefixes=SOURCE_FOLDERS, suffixes=SOURCE_ENDINGS)

    def _told(self) -> frozenset[str]:
        expected, self._expected = self._expected, None
        return frozenset(expected()) if expected is not None else frozenset()

    def lost(self, patch: int, file: PatchedFile) -> tuple[LostName, ...]:
        """Return what `lost_names` says of a file of the patch with this number; it is asked once."""
        key = (patch, file.path, file.before, file.after)
        if key not in self._lost:
            self._lost[key] = lost_names(file)
        return self._lost[key]

    def files(self, base: Tree, now: Tree, changed: Iterable[str], names: Iterable[str],
              below: str = "") -> dict[str, tuple[str, ...]]:
        """Return for each name the files of `now` that contain it; only the files `changed` differ from `base`.

        With `below`, a folder with its slash, those alone: what nobody asks for elsewhere is not searched elsewhere.
        """
        if below:
            wanted = sorted(set(names))
            elsewhere = [name for name in wanted if name in self._found or name in self._ahead]
            found = self.files(base, now, changed, elsewhere)
            for name in [name for name in wanted if name not in found]:
                found[name] = self._search_below(base, now, frozenset(changed), name, below)
            return {name: tuple(path for path in found[name] if path.startswith(below)) for name in wanted}
        wanted = sorted(set(names))
        touched = frozenset(changed)
        _, known = self._at.setdefault((id(now), touched), (now, {}))  # kept, so that no other tree gets its id
        asked = [name for name in wanted if name not in known]
        if asked:
            new = [name for name in asked if name not in self._found]
            if new:
                self._search(base, new)
            fresh = _sorted_by_name(now, (path for path in touched if path.endswith(SOURCE_ENDINGS)), asked)
            known.update((name, tuple(sorted({path for path in self._found[name] if path not in touched}
                                             | {*fresh[name]}))) for name in asked)
        return {name: known[name] for name in wanted}

    def _search_below(self, base: Tree, now: Tree, touched: frozenset[str], name: str, below: str
                      ) -> tuple[str, ...]:
        if (name, below) not in self._below:
            paths = base.search((name,), prefixes=(below,), suffixes=SOURCE_ENDINGS)
            self._below[name, below] = _sorted_by_name(base, paths, (name,))[name]
        fresh = _sorted_by_name(now, (path for path in touched if path.endswith(SOURCE_ENDINGS)), (name,))[name]
        return tuple(sorted({*(path for path in self._below[name, below] if path not in touched), *fresh}))

    def _search(self, base: Tree, names: Sequence[str]) -> None:
        together = sorted({*names, *self._told()} - self._found.keys())
        paths = base.search(together, prefixes=SOURCE_FOLDERS, suffixes=SOURCE_ENDINGS)
        self._found.update(_sorted_by_name(base, paths, together))


def _sorted_by_name(tree: Tree, paths: Iterable[str], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return for each name those of the files, as far as they are built into a kernel, that contain it as a word."""
    found: dict[str, list[str]] = {name: [] for name in names}
    named = names_in(names)
    for path in paths:
        data = tree.read(path) if is_kernel_code(path) else None
        for name in named(data) if data else ():
            found[name].append(path)
    return {name: tuple(those) for name, those in found.items()}


def is_kernel_code(path: str) -> bool:
    """Return whether the file is built into a kernel or module, and not into a program of its own."""
    return path.split("/", 1)[0] in SOURCE_FOLDERS and not _PROGRAMS.search(path)


def lost_names(file: PatchedFile) -> tuple[LostName, ...]:
    """Return the functions and macros with arguments of a wholly known file that the patch takes away somewhere."""
    whole = file.whole
    source = file.old_path.endswith(SOURCE_ENDINGS) and is_kernel_code(file.old_path)
    if not whole or file.before is None or not source:
        return ()
    before = text_of(file.old_path, file.before)
    after = text_of(file.path, file.after or b"")
    found = []
    for name in sorted(_candidates(file, before.conditions))[:_MOST_NAMES]:
        old, new = before.sightings(name), after.sightings(name)
        hidden = And(_visible(old), Not(_visible(new)))
        undefined = And(_linked(old), Not(_linked(new)))
        if file.path.endswith(".h"):  # what was a function of the header is a promise of another file now
            undefined = And(_given(old), Not(_given(new)), _declared(new))
        if hidden != FALSE or undefined != FALSE:
            kept = {file.line_map.to_new(s.line) for s in old} - {None}
            gone = [s for s in old if file.line_map.to_new(s.line) is None] if len(kept) < len(old) else list(old)
            line = next((s.line for s in gone if s.kind != "export"), gone[0].line) if gone else old[0].line
            found.append(LostName(name=name, file=file.old_path, line=line, hidden=hidden, undefined=undefined))
    return tuple(found)


def _visible(sightings: Iterable[Sighting]) -> Cond:
    return Or(*(s.condition for s in sightings if s.kind != "export"))


def _linked(sightings: Iterable[Sighting]) -> Cond:
    return Or(*(s.condition for s in sightings if s.kind == "function" and not s.static))


def _given(sightings: Iterable[Sighting]) -> Cond:
    return Or(*(s.condition for s in sightings if s.kind in {"inline", "macro", "function"}))


def _declared(sightings: Iterable[Sighting]) -> Cond:
    return Or(*(s.condition for s in sightings if s.kind == "declaration" and not s.static))


def _candidates(file: PatchedFile, conditions: Conditions) -> set[str]:
    """Return the names at the heads of removed lines, and of lines whose `#if` nest the patch changes."""
    lines = (file.before or b"").decode("latin-1").splitlines()
    names = {name for number in file.removed if number <= len(lines) for name in _heads(lines[number - 1])}
    new_lines = (file.after or b"").decode("latin-1").splitlines()
    nest_changes = any(_DIRECTIVE.match(lines[n - 1]) for n in file.removed if n <= len(lines)) or any(
        _DIRECTIVE.match(new_lines[n - 1]) for n in file.added if n <= len(new_lines))
    if nest_changes:
        after = read_conditions(file.after or b"")
        for number, text in enumerate(lines, 1):
            new = file.line_map.to_new(number)
            if new is not None and text[:1] not in {"", "\t", " ", "}", "{"} \
                    and conditions.at_line(number) != after.at_line(new):
                names.update(_heads(text))
    return names


def _new_heads(file: PatchedFile, known: frozenset[str]) -> Iterator[str]:
    """Yield the names at the heads of added lines that others may use: in headers, and in an architecture's code."""
    if file.after is None or not file.path.endswith((".c", ".h")) or not (
            file.path.endswith(".h") or file.path.startswith("arch/")):
        return
    lines = file.after.decode("latin-1").splitlines()
    for number in sorted(file.added):
        if number <= len(lines):
            alone = file.path.endswith(".c") and lines[number - 1].startswith("static ")
            yield from (name for name in _heads(lines[number - 1]) if not alone or name in known)


def _heads(line: str) -> Iterator[str]:
    """Yield the names that a line may define or declare: before a bracket, in a line that is not indented."""
    define = _DEFINE.match(line)
    if define:
        if define[2]:
            yield define[1]
        return
    if line[:1] in {"", "\t", " ", "}", "{", "#", "/", "*"}:
        return
    depth_from = 0
    for found in _HEAD.finditer(line):
        if line.count("(", depth_from, found.start()) == line.count(")", depth_from, found.start()) \
                and found[1] not in _NO_HEADS:
            yield found[1]


@lru_cache(maxsize=128)
def text_of(path: str, data: bytes) -> SourceText:
    """Return a file prepared for looking up names; the same few headers are asked for many names and architectures."""
    return SourceText(path, data)


@lru_cache(maxsize=4096)
def sightings_of(path: str, data: bytes, name: str) -> tuple[Sighting, ...]:
    """Return every place of a file that defines, declares or exports the name."""
    return text_of(path, data).sightings(name)


def uses_of(tree: Tree, name: str, path: str) -> tuple[Use, ...]:
    """Return the calls of the name in the code of a C file: not its definitions, members or local names like it."""
    data = tree.read(path)
    return () if data is None else uses_in(path, data, name)


def uses_in(path: str, data: bytes, name: str) -> tuple[Use, ...]:
    """Return the same of a file's content."""
    if name.encode() not in data:
        return ()
    text = text_of(path, data)
    own = {sighting.line for sighting in sightings_of(path, data, name)}
    word = name.encode()
    places = list(places_of(word, text.text))
    if any(_is_variable(text.text, at, at + len(word)) for at in places):
        return ()  # a pointer or a variable of that name is what is called
    found = []
    for at in places:
        if not _CALLED.match(text.text, at + len(word)) or text.text[max(0, at - 2):at].endswith((b"$", b".", b"->")):
            continue
        line = text.lines.line(at)
        begin = text.text.rfind(b"\n", 0, at) + 1
        before = text.text[begin:at]
        if line in own or at == begin or re.match(rb"[ \t]*#", before) or text.continues_directive(begin):
            continue
        if re.search(rb"(?:->|\.)\s*$", before):
            continue
        found.append(Use(file=path, line=line))
    return tuple(found)


def _is_variable(text: bytes, start: int, end: int) -> bool:
    """Return whether the word stands as a pointer to a function, `(*name)`, or as a variable, `type *name;`."""
    following = _BLANKS.match(text, end)
    behind = text[following.end():following.end() + 1] if following else b""
    if not behind or behind not in b"=;,)[":
        return False
    at = start
    while at and text[at - 1] in b"*":
        at -= 1
    if _ends_in_type(text, at):
        return True
    at = _before_blanks(text, start)
    return behind == b")" and text[max(0, at - 1):at] == b"*" and _is_open(text, _before_blanks(text, at - 1))


def _is_declared(text: bytes, start: int, end: int) -> bool:
    """Return whether the word stands as a variable, or behind a star."""
    following = _BLANKS.match(text, end)
    behind = text[following.end():following.end() + 1] if following else b""
    return bool(behind) and behind in b"=;,)[" and (text[max(0, start - 1):start] == b"*" or _ends_in_type(text, start))


def _is_open(text: bytes, at: int) -> bool:
    return text[max(0, at - 1):at] == b"("


def _ends_in_type(text: bytes, end: int) -> bool:
    """Return whether blanks stand right before the offset, and a word or a star before them."""
    at = _before_blanks(text, end)
    return 0 < at < end and (text[at - 1:at].isalnum() or text[at - 1] in b"*_")


def _before_blanks(text: bytes, at: int) -> int:
    while at and text[at - 1] in b" \t\n\r\f\v":
        at -= 1
    return at


def handed_on(tree: Tree, name: str, path: str) -> tuple[Use, ...]:
    """Return the lines of a C file that name a function without calling it: as an argument, or as what is assigned."""
    data = tree.read(path)
    if data is None or name.encode() not in data:
        return ()
    text = text_of(path, data)
    word = name.encode()
    if any(_is_declared(text.text, at, at + len(word)) for at in places_of(word, text.text)):
        return ()  # a variable of that name, or a declaration without brackets
    found = re.finditer(rb"[(,=]\s*&?" + word + rb"(?=\s*[,);}])", text.text)
    return tuple(Use(file=path, line=text.lines.line(hit.end() - 1)) for hit in found
                 if not text.continues_directive(text.text.rfind(b"\n", 0, hit.end()) + 1)
                 and not re.search(rb"EXPORT_\w+\s*$|^[ \t]*#", text.text[text.text.rfind(b"\n", 0, hit.start()) + 1:
                                                                      hit.start()]))


def seen_from(tree: Tree, name: str, paths: Iterable[str], *, near: str, arch: str) -> Cond | None:
    """Return under which `#if` conditions some header of the architecture, or the file `near`, has the name.

    It is the widest answer: whether `near` includes the header is not asked. None when a header names it in a way that
    may well be a declaration.
    """
    found = [FALSE]
    for path in paths:
        owner = own_arch(path)
        if (not path.endswith(".h") and path != near) or (owner and owner != arch):
            continue
        data = tree.read(path)
        if data is None or name.encode() not in data:
            continue
        text = text_of(path, data)
        sightings = [s for s in sightings_of(path, data, name) if s.kind != "export"]
        found += [s.condition for s in sightings]
        if path.endswith(".h") and _unclear(text, name, {s.line for s in sightings}):
            return None
    return Or(*found)


def _unclear(text: SourceText, name: str, known: set[int]) -> bool:
    """Return whether the name stands in the first column's reach of a header: an argument of a macro, a variable."""
    code = text.text
    for at in places_of(name.encode(), code):
        if code[code.rfind(b"\n", 0, at) + 1] not in b" \t#}{*" and text.lines.line(at) not in known:
            return True
    return False


def made_by_macro(file: PatchedFile, name: str) -> bool:
    """Return whether a line that the patch adds may make the name by pasting: `PAGEFLAG(Demo, demo)`."""
    lines = (file.after or b"").decode("latin-1").splitlines()
    for number in file.added:
        found = _MACRO_CALL.match(lines[number - 1]) if number <= len(lines) else None
        if found and any(len(word) > 2 and word.lower() in name.lower() for word in re.findall(r"\w+", found[1])):
            return True
    return False
