"""Which header an `#include` means on an architecture, when one is reached at all, and what a file sees."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from posixpath import dirname, normpath

from reviewbot.kconfig.circular import Circular
from reviewbot.kconfig.sightings import SourceText
from reviewbot.kconfig.texts import Texts
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Var
from reviewbot.patterns import regex
from reviewbot.source.types import Tree
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["Headers", "Visible", "is_for", "macro_name"]

_GENERIC = regex(r"^(?:generic-y|mandatory-y)\s*[+:]?=\s*([\w./ \t-]+)", re.MULTILINE)
_DEFINED = regex(r"defined\((\w+)\)")
_ASM = regex(r"arch/\w+/(?:include/|um/)asm/(?P<name>.*)")
_MOST_FILES = 4000
_MOST_NESTING = 60
_MOST_LOOKED_AT = 60  # files that may show at once what a walk through all of them would
_MOST_PARTS = 24  # of a condition that is carried through a thousand headers
_MOST_HOPS = 4
_MOST_INCLUDERS = 12
# What the compiler or the command line defines, never a header.
_GIVEN = regex(r"^(?:MODULE|KBUILD_\w+|__[a-z0-9_]+__|__[a-z]+|__(?:BIG|LITTLE)_ENDIAN\w*|__ARM\w*|__LP64__)$")


def macro_name(variable: str) -> str:
    """Return the macro of the variable `defined(NAME)`, empty for any other variable."""
    found = _DEFINED.fullmatch(variable)
    return found[1] if found else ""


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[1].removesuffix(".h").replace("-", "_")


def is_for(path: str, arch: str) -> bool:
    """Return whether the architecture may use the file: everything but the folders of other architectures."""
    return not path.startswith("arch/") or path.startswith(f"arch/{arch}/") \
        or (arch == "um" and path.startswith(("arch/x86/um/", "arch/x86/include/")))


class Headers:
    """The headers of one tree as one architecture sees them."""

    def __init__(self, tree: Tree, arch: str, texts: Texts) -> None:
        """Open the tree for an architecture; files are read when a question reaches them."""
        self._tree, self.arch, self._texts = tree, arch, texts
        self._folders = [f"arch/{arch}/include", "include", f"arch/{arch}/include/uapi", "include/uapi"]
        if arch == "um":
            self._folders += ["arch/um/include/shared", "arch/x86/um/shared", "arch/x86/um", "arch/x86/include"]
        self._generic: frozenset[str] | None = None
        self._reach = Circular(self._reached)
        self._found: dict[tuple[str, str], str | None] = {}
        self._read: dict[str, SourceText | None] = {}
        self._closures: dict[tuple[str, bool], frozenset[str]] = {}

    def text(self, path: str) -> SourceText | None:
        """Return the prepared file, None when it is absent."""
        if path not in self._read:
            self._read[path] = self._texts.get(self._tree, path)
        return self._read[path]

    def find(self, name: str, *, including: str = "") -> str | None:
        """Return the path that `<name>` means, or `"name"` in the file `including`; None when there is no such file.

        An `<asm/x.h>` that the architecture lacks is asm-generic's where `generic-y` or `mandatory-y` says so.
        """
        key = (name, dirname(including) if including else "")
        if key not in self._found:
            self._found[key] = self._find(name, including)
        return self._found[key]

    def _find(self, name: str, including: str) -> str | None:
        if including:
            beside = normpath(f"{dirname(including)}/{name}")
            if not beside.startswith("..") and self._tree.exists(beside):
                return beside
        if name.startswith("/") or ".." in name.split("/"):
            return None
        places = [f"{folder}/{name}" for folder in self._folders]
        if name.startswith("asm/") and name[4:] in self.generic():
            # What Kbuild generates lies between the architecture's own folder and all others.
            places[1:1] = [f"include/asm-generic/{name[4:]}", f"include/uapi/asm-generic/{name[4:]}"]
        return next((path for path in places if self._tree.exists(path)), None)

    def generic(self) -> frozenset[str]:
        """Return the names of `asm/` headers that Kbuild makes out of asm-generic for the architecture."""
        if self._generic is None:
            files = (f"arch/{self.arch}/include/asm/Kbuild", f"arch/{self.arch}/include/uapi/asm/Kbuild",
                     "include/asm-generic/Kbuild", "include/uapi/asm-generic/Kbuild")
            texts = (decode(self._tree.read(path) or b"").replace("\\\n", " ") for path in files)
            self._generic = frozenset(name for text in texts for found in _GENERIC.findall(text)
                                      for name in found.split())
        return self._generic

    def reach(self, path: str) -> Cond:
        """Return when code of the architecture can get the header at all, as far as the headers around it decide that.

        TRUE for what is no header. `asm/x.h` is reached as `linux/x.h` reaches it, where there is such a wrapper.
        """
        return self._reach.get(path) if path.endswith(".h") else TRUE

    def _reached(self, path: str) -> Cond:
        if not is_for(path, self.arch):
            return FALSE
        if path.startswith(("include/asm-generic/", "include/uapi/asm-generic/")):
            name = path.split("asm-generic/", 1)[1]
            own = self.find(f"asm/{name}")
            if own == path:
                return self._wrapped(f"asm/{name}")
            return TRUE if own is None and self._includers(path) != () else \
                And(self._included(own, path), self.reach(own)) if own else FALSE
        inside = _ASM.match(path)
        if not inside:
            return TRUE
        if "/" in inside["name"]:
            return self._through_includers(path)
        if not path.startswith(f"arch/{self.arch}/") and self.find(f"asm/{inside['name']}") != path:
            return FALSE
        return self._wrapped(f"asm/{inside['name']}")

    def _wrapped(self, name: str) -> Cond:
        wrapper = f"include/linux/{name.removeprefix('asm/')}"
        text = self.text(wrapper)
        if text is None:
            return TRUE
        conditions = [event.condition for event in text.events() if event.kind == "include" and event.name == name]
        return Or(*conditions) if conditions else TRUE

    def _included(self, includer: str, path: str) -> Cond:
        text = self.text(includer)
        if text is None:
            return FALSE
        return Or(*(event.condition for event in text.events() if (event.kind == "include"
                    and self.find(event.name, including=includer if event.quoted else "") == path)
                    or (event.kind == "include" and f"include/{event.name}" == path)))

    def _search_for(self, paths: Iterable[str]) -> None:
        """Search the headers once for who may include these: those of the architecture for its own, and for the ones
        that all share those of every architecture, as each of them may be asked."""
        stems = {path: stem for path in paths if (stem := _stem(path)).isidentifier()}
        own = [stem for path, stem in stems.items() if path.startswith("arch/")]
        shared = [stem for path, stem in stems.items() if not path.startswith("arch/")]
        self._tree.search(own, prefixes=(f"arch/{self.arch}/include",), suffixes=(".h",))
        self._tree.search(shared, prefixes=("arch", "include"), suffixes=(".h",))

    def _includers(self, path: str) -> tuple[str, ...]:
        stem = _stem(path)
        if not stem.isidentifier():
            return ()
        folders = (f"arch/{self.arch}/include",) if path.startswith("arch/") else (f"arch/{self.arch}", "include")
        return tuple(other for other in self._tree.search((stem,), prefixes=folders, suffixes=(".h",))
                     if other != path and self._included(other, path) != FALSE)

    def _through_includers(self, path: str) -> Cond:
        includers = self._includers(path)
        if not includers:
            return TRUE
        arms = [And(self._included(other, path), self.reach(other)) for other in includers]
        found = Or(*arms)
        return found if _is_short(found) else TRUE

    def handed_on(self, path: str, depth: int = 0) -> Cond:
        """Return when headers of the architecture hand on this one of its headers; TRUE where none or too many do.

        A C file may include it as well.
        """
        includers = self._includers(path) if _ASM.match(path) and depth < _MOST_HOPS else ()
        if not includers or len(includers) > _MOST_INCLUDERS:
            return TRUE
        found = Or(*(And(self._included(other, path), self.reach(other), self.handed_on(other, depth + 1))
                     for other in includers))
        return found if _is_short(found) else TRUE

    def nests_around(self, path: str) -> tuple[Cond, ...]:
        """Return the `#if` nests of the includes by which headers of the architecture hand on this header of it,
        nearest first; those that are always there are left out."""
        found: dict[Cond, None] = {}
        pending, seen = [path], {path}
        for _ in range(_MOST_HOPS):
            above: dict[str, None] = {}
            self._search_for(pending)
            for one in pending:
                for other in self._includers(one):
                    found[self._included(other, one)] = None
                    above.update({other: None} if other not in seen else {})
            pending = list(above)[:_MOST_INCLUDERS]
            seen.update(pending)
        return tuple(cond for cond in found if cond != TRUE and any(
            name.startswith("CONFIG_") for name in cond.variables()))

    def leads_to(self, start: str) -> frozenset[str]:
        """Return every file that `start` may include, whatever the conditions: at the least those of `visible`."""
        return self._include_closure(start, certain=False)

    def certain_from(self, start: str) -> frozenset[str]:
        """Return the files that `start` includes whatever the conditions are, itself among them."""
        return self._include_closure(start, certain=True)

    def soon_gives(self, start: str, paths: Iterable[str]) -> bool:
        """Return whether the first includes of `start` show that it has these files whatever the conditions are."""
        found = dict.fromkeys([start] if self.text(start) else ())
        lacking, pending = set(paths) - found.keys(), [*found]
        for path in pending:
            if not lacking or len(found) > _MOST_LOOKED_AT:
                break
            text = self.text(path)
            ahead = [self.find(name, including=path if quoted else "")
                     for name, quoted in (_taken_in(text, certain=True) if text else ())]
            pending += [target for target in dict.fromkeys(ahead) if target and target not in found]
            found.update(dict.fromkeys(pending[len(found):]))
            lacking -= found.keys()
        return not lacking

    def _include_closure(self, start: str, *, certain: bool) -> frozenset[str]:
        key = (start, certain)
        if key not in self._closures:
            self._closures[key] = self._followed(start, certain=certain)
        return self._closures[key]

    def _followed(self, start: str, *, certain: bool) -> frozenset[str]:
        found, pending = {start}, [start]
        while pending and len(found) <= _MOST_FILES:
            path = pending.pop()
            text = self.text(path)
            for name, quoted in _taken_in(text, certain=certain) if text else ():
                target = self.find(name, including=path if quoted else "")
                if target and target not in found:
                    found.add(target)
                    pending.append(target)
        return frozenset(found)

    def visible(self, start: str, *, settle: Callable[[Cond], Cond], only: Mapping[str, bool] | None = None
                ) -> Visible:
        """Return what a file sees: every file that `start` includes, when, and which macros those define.

        `settle` simplifies conditions by what the architecture's Kconfig settles. Where the question is about the files
        of `only` alone (each with whether macros matter in it), the rest is left out once these are certain.
        """
        walk = _Walk(self, settle, only or {})
        walk.visit(start, TRUE, 0)
        return Visible(files=dict(walk.files), contexts=dict(walk.contexts), unresolved=tuple(sorted(walk.missing)))


def _taken_in(text: SourceText, *, certain: bool) -> Iterable[tuple[str, bool]]:
    """Return what a file includes, and whether in quotes; `certain`: only what it includes whatever the conditions."""
    if not certain:
        return text.includes()
    return ((event.name, event.quoted) for event in text.events()
            if event.kind == "include" and event.condition == TRUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """The files that a file gets, each with its condition; `contexts` hold the macros defined before each was read."""

    files: Mapping[str, Cond]
    contexts: Mapping[str, Mapping[str, Cond]]
    unresolved: tuple[str, ...]


class _Walk:
    """A preprocessor that follows all configurations at once."""

    def __init__(self, headers: Headers, settle: Callable[[Cond], Cond], only: Mapping[str, bool]) -> None:
        self.headers, self.settle = headers, settle
        self.open = dict(only)
        self.done = False
        self.files: dict[str, Cond] = {}
        self.contexts: dict[str, dict[str, Cond]] = {}
        self.macros: dict[str, Cond] = {}
        self.missing: set[str] = set()

    def visit(self, path: str, cond: Cond, depth: int) -> None:
        before = self.files.get(path, FALSE)
        if before == TRUE or depth > _MOST_NESTING or len(self.files) > _MOST_FILES:
            return
        if before != FALSE:
            cond = And(cond, Not(before))
        text = None if cond == FALSE else self.headers.text(path)
        if text is None:
            return
        # A file that is reached in too many ways to say shortly counts as reached.
        whole = Or(before, cond)
        self.files[path] = whole if _is_short(whole) else TRUE
        if not self.open.get(path, True):
            self.settled(path)  # whatever it defines, its places hang on options alone
        here: dict[str, Cond] = self.contexts.setdefault(path, {})
        asked = text.macros_asked()
        held: dict[Cond, Cond] = {}  # conditions of this file as they stand now, until a macro changes
        for event in text.events():
            if self.done:
                return
            if event.kind == "ask":
                self.known(event.condition, here)
                continue
            holds = held.get(event.condition)
            if holds is None:
                holds = held[event.condition] = self.holding(cond, event.condition, here)
            if holds == FALSE:
                continue
            if event.kind == "include":
                target = self.headers.find(event.name, including=path if event.quoted else "")
                if not target:
                    self.missing.add(event.name)
                elif self.files.get(target) != TRUE:
                    self.visit(target, holds, depth + 1)
                    held.clear()
                continue
            known = self.macros.get(event.name, FALSE)
            now = Or(known, holds) if event.kind == "define" else And(known, Not(holds))
            self.macros[event.name] = now if _is_short(now) else Var(f"defined({event.name})")
            if event.name in asked:
                held.clear()
        self.settled(path)

    def settled(self, path: str) -> None:
        """Stop where this was the last file of the question: no later include changes what is certain of it."""
        if path in self.open and self.files[path] == TRUE:
            del self.open[path]
            self.done = not self.open

    def holding(self, cond: Cond, nest: Cond, here: dict[str, Cond]) -> Cond:
        """Return the condition of a directive in a file that is reached under `cond`; one too long to carry is cut."""
        if nest == TRUE:
            return cond
        found = self.settle(And(cond, self.known(nest, here)))
        return found if _is_short(found) else cond

    def known(self, cond: Cond, here: dict[str, Cond]) -> Cond:
        """Return the condition with `defined(X)` as it stands here; each answer is kept for the file."""

        def replaced(variable: str) -> Cond | None:
            name = macro_name(variable)
            if not name or _GIVEN.match(name):
                return None
            found = self.macros.get(name, FALSE)
            here[name] = found
            return found

        return cond.replace(replaced) if cond.variables() else cond


def _is_short(cond: Cond) -> bool:
    """Return whether the condition has few enough parts to be carried along."""
    pending, count = [cond], 0
    while pending:
        count += 1
        if count > _MOST_PARTS:
            return False
        pending.extend(pending.pop().parts)
    return True
