"""What a tree teaches about a function: its definitions, its callers, and the contract that these make."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Protocol

from reviewbot.cfacts.lexer import lines_in
from reviewbot.contracts.outline import Outline, calls_in, outlines_of, root_of
from reviewbot.contracts.pairs import known_pairs, twins
from reviewbot.contracts.results import Treatment, treatments
from reviewbot.contracts.returned import Gives, gives, hands_on
from reviewbot.contracts.types import Contract, Place, Way
from reviewbot.source.types import Tree
from reviewbot.text import places_of

__all__ = ["Teacher", "definitions", "makers_in"]

_MOST_FILES = 40  # of a function's callers: taken evenly from all of them, by path
_MOST_CALLS = 150
_DEEPEST = 3  # functions of one file through which a result is followed
_MOST_OFFSETS = 200  # of a name in one file
_MOST_BYTES = 2_000_000
_MOST_LEARNED = 12  # functions for which one series searches the tree
_PROGRAMS = ("tools/", "scripts/", "Documentation/", "samples/")

class Files(Protocol):
    """Tells for each name the files that hold it: all, or those below a folder (with its slash) alone."""

    def __call__(self, names: Iterable[str], below: str = "") -> dict[str, tuple[str, ...]]: ...


class Teacher:
    """Asks one tree about functions, each once; `near` is the file whose own functions come first."""

    def __init__(self, tree: Tree, *, files: Files | None = None, near: str = "", data: bytes | None = None,
                 shared: dict[str, Contract | None] | None = None) -> None:
        """Ask `tree`, or of its callers nothing where `files` (which files hold a name) is None."""
        self._tree, self._files, self.near = tree, files, near
        self._data = data if data is not None else (tree.read(near) if near else None)
        self._here: dict[str, tuple[tuple[str, Outline], ...]] = {}
        self._there: dict[tuple[str, ...], tuple[tuple[str, Outline], ...]] = {}
        self._calling: dict[str, tuple[Outline, ...]] = {}
        self._beside: dict[str, Teacher] = {}
        self._learned: dict[str, Contract | None] = shared if shared is not None else {}

    def beside(self, path: str) -> Teacher:
        """Return who knows the same tree and looks at another of its files."""
        if path not in self._beside:
            self._beside[path] = Teacher(self._tree, files=self._files, near=path, shared=self._learned)
        return self._beside[path]

    def here(self, name: str) -> tuple[tuple[str, Outline], ...]:
        """Return the definitions of a function in the file at hand, each with its path."""
        if name not in self._here:
            data = self._data
            self._here[name] = tuple((self.near, one) for one in definitions(self.near, data, name)) if data else ()
        return self._here[name]

    def bodies(self, name: str, words: tuple[str, ...] = ()) -> tuple[tuple[str, Outline], ...]:
        """Return the definitions of a function in the file at hand, else in the tree's files that hold all the words.

        Asked of few functions: of more it gives none.
        """
        key = (name, *words)
        if key not in self._there:
            found = self.here(name)
            if not found and self._files is not None and len(self._there) < _MOST_LEARNED:
                # The words tell few files, where the name of the function may stand in thousands.
                held = self._files(words or (name,))
                paths = [path for path in held.get((words or (name,))[0], ()) if not path.startswith(_PROGRAMS)
                         and all(path in held.get(word, ()) for word in words)]
                found = tuple((path, body) for path in paths if (data := self._tree.read(path)) is not None
                              and len(data) <= _MOST_BYTES
                              for body in definitions(path, data, name))[:4]
            self._there[key] = found
        return self._there[key]

    def bodies_below(self, name: str, folder: str) -> tuple[tuple[str, Outline], ...]:
        """Return the definitions of a function in the file at hand, else in the C files below a folder."""
        found = list(self.here(name))
        for path in self.files_of(name, folder) if not found else ():
            data = self._tree.read(path) if path != self.near else None
            if data is not None and len(data) <= _MOST_BYTES:
                found += [(path, body) for body in definitions(path, data, name)]
        return tuple(found)

    def files_of(self, name: str, folder: str = "") -> tuple[str, ...]:
        """Return the C files of the kernel, or of a folder (with its slash), that hold a name, nothing where the tree
        is not asked."""
        held = self._files((name,), folder).get(name, ()) if self._files is not None else ()
        return tuple(path for path in held if path.endswith(".c") and not path.startswith(_PROGRAMS))

    def sources(self, name: str) -> Iterator[tuple[str, bytes]]:
        """Yield the C files that hold a name, each with what stands in it."""
        for path in self.files_of(name):
            data = self._data if path == self.near else self._tree.read(path)
            if data is not None and len(data) <= _MOST_BYTES:
                yield path, data

    def calling(self, name: str, path: str, folder: str) -> Iterator[tuple[str, Outline]]:
        """Yield the functions that call a function: those of its file, where there are none those below a folder."""
        own = self.callers_here(name) if path == self.near else ()
        yield from ((path, body) for body in own)
        for other in self.files_of(name, folder) if not own else ():
            data = self._tree.read(other)
            if data is not None and len(data) <= _MOST_BYTES:
                yield from ((other, one[0]) for one in outlines_of(other, data, list(places_of(name.encode(), data))[
                    :_MOST_OFFSETS], most=1) if one[0].name != name and any(
                        call.name == name for step in one[0].steps for call in calls_in(step.expr)))

    @staticmethod
    def calling_member(member: str, path: str, data: bytes) -> Iterator[Outline]:
        """Yield the functions of a file of that content that call what a member of that name points to."""
        offsets = [at for at in places_of(member.encode(), data) if data[at + len(member):at + len(member) + 1] == b"("]
        yield from (one[0] for one in (outlines_of(path, data, offsets[:_MOST_OFFSETS], most=1) if offsets else ()))

    def headers(self, name: str) -> Iterator[tuple[str, bytes]]:
        """Yield the headers that hold a name, each with what stands in it."""
        for path in self._files((name,)).get(name, ()) if self._files is not None else ():
            data = self._tree.read(path) if path.endswith(".h") and not path.startswith(_PROGRAMS) else None
            if data is not None and len(data) <= _MOST_BYTES:
                yield path, data

    @staticmethod
    def defined_in(path: str, data: bytes, name: str) -> tuple[Outline, ...]:
        """Return the definitions of a function in a file of that content."""
        return definitions(path, data, name)

    def sets_member(self, member: str) -> list[tuple[str, str]]:
        """Return the functions that the tree puts into a member of that name, each with its place."""
        found = []
        pattern = re.compile(rb"(?:\.|->)" + member.encode() + rb"\s*=\s*&?(\w+)\s*[,;}]")
        for path in self._files((member,)).get(member, ()) if self._files is not None else ():
            data = None if path.startswith(_PROGRAMS) else self._tree.read(path)
            if data is not None and len(data) <= _MOST_BYTES:
                lines = lines_in(data)
                found += [(hit[1].decode("latin-1"), f"{path}:{lines.line(hit.start())}")
                          for hit in pattern.finditer(data)]
        return found

    def callers_here(self, name: str) -> tuple[Outline, ...]:
        """Return the functions of the file at hand that call a function, without itself."""
        if name not in self._calling:
            data = self._data or b""
            offsets = list(places_of(name.encode(), data))[:_MOST_OFFSETS]
            self._calling[name] = tuple(
                outlines[0] for outlines in (outlines_of(self.near, data, offsets, most=1) if offsets else ())
                if outlines[0].name != name and any(call.name == name for step in outlines[0].steps
                                                    for call in calls_in(step.expr)))
        return self._calling[name]

    @property
    def data(self) -> bytes:
        """Return the file at hand, empty where there is none."""
        return self._data or b""

    def places(self, name: str) -> list[int]:
        """Return where the file at hand has a name."""
        return list(places_of(name.encode(), self._data or b""))[:_MOST_OFFSETS]

    def mentions(self, name: str) -> int:
        """Return how often the file at hand has a name, in comments and strings too."""
        return sum(1 for _ in places_of(name.encode(), self._data or b""))

    def handed_on_here(self, name: str) -> bool:
        """Return whether the file at hand also names a function where it does not call it: in a table, as a callback.
        """
        data, word = self._data or b"", name.encode()
        return any(data[at + len(word):at + len(word) + 1] != b"(" for at in places_of(word, data))

    def given(self, body: Outline, depth: int = 0) -> dict[Gives, int]:
        """Return what a body gives, also through the functions of the file at hand whose result it hands on."""
        def through(name: str) -> frozenset[Gives]:
            inner = self.here(name) if depth < _DEEPEST and name != body.name else ()
            kinds: frozenset[Gives] = frozenset(kind for _, one in inner for kind in self.given(one, depth + 1))
            return kinds or frozenset({"unknown"})

        return gives(body, through)

    def makers_here(self, place: str) -> frozenset[str]:
        """Return the functions whose result the file at hand puts into a member or variable of that name."""
        return makers_in(self._data or b"", place)

    def frees_entries(self, kind: str) -> str:
        """Return where the file at hand frees the entries of a list of this type one by one, empty for nowhere."""
        data = self._data or b""
        offsets = list(places_of(b"kfree", data))[:200]
        wanted = " ".join(kind.split())
        for outlines in outlines_of(self.near, data, offsets, most=1) if offsets and wanted.endswith("*") else ():
            body = outlines[0]
            for step in body.steps:
                call = step.expr
                if step.kind == "do" and call is not None and call.kind == "call" and call.name == "kfree" \
                        and len(call.parts) == 2 and " ".join(body.type_of(root_of(call.parts[1])).split()) == wanted \
                        and any(one.loop and one.name.startswith("list_for_each") for one in body.steps
                                if one.line <= step.line):
                    return f"{self.near}:{step.line}"
        return ""

    def locked_caller(self, name: str) -> str:
        """Return where the file at hand calls a function from one that is named for a held lock, or asserts one."""
        data = self._data or b""
        offsets = list(places_of(name.encode(), data))[:100]
        for outlines in outlines_of(self.near, data, offsets, most=1) if offsets else ():
            body = outlines[0]
            for step in body.steps if body.name.endswith("_locked") or any(
                    text.startswith("lockdep_assert_held") for text, _ in asserted(body)) else ():
                if any(call.name == name for call in calls_in(step.expr)):
                    return f"{self.near}:{step.line}"
        return ""

    def contract(self, name: str) -> Contract | None:
        """Return the contract of a function, None when it is not known or too much was asked already."""
        if name not in self._learned:
            if self._files is None or len(self._learned) >= _MOST_LEARNED:
                return None
            word = name.removeprefix("->")
            self._learned[name] = learn(self._tree, name, self._files((word,)).get(word, ()))
        return self._learned[name]


def makers_in(data: bytes, place: str) -> frozenset[str]:
    """Return the functions whose result a file of that content puts into a member or variable of that name."""
    name = re.split(r"->|\.", place)[-1].strip("*&() ")
    pattern = re.compile(rb"\b" + re.escape(name.encode()) + rb"\s*=\s*(?:\([^()]*\)\s*)?(\w+)\(")
    return frozenset(found[1].decode("latin-1") for found in pattern.finditer(data))


@lru_cache(maxsize=256)  # each mechanism asks for the same few
def definitions(path: str, data: bytes, name: str) -> tuple[Outline, ...]:
    """Return the outlines of the functions of that name in a file."""
    word = name.encode()
    offsets = [at for at in places_of(word, data) if data[at + len(word):at + len(word) + 1] in {b"(", b" "}
               and data[data.rfind(b"\n", 0, at) + 1:at + 1][:1] not in {b" ", b"\t", b"#"}]
    found = outlines_of(path, data, offsets, most=1, names=frozenset({name})) if offsets else ()
    return tuple(outlines[0] for outlines in found)


def learn(tree: Tree, name: str, paths: Iterable[str]) -> Contract:
    """Return what the files teach about a function: its definitions, and how its callers treat what it gives.

    Of a member that functions are called through (`->prepare`) the definitions are those of what is put into it.
    """
    every = [path for path in paths if not path.startswith(_PROGRAMS)]
    taken = every if len(every) <= _MOST_FILES else [every[number * len(every) // _MOST_FILES]
                                                      for number in range(_MOST_FILES)]
    bodies: list[tuple[str, Outline]] = []
    calls: list[tuple[str, Outline, Treatment]] = []
    word = name.removeprefix("->").encode()
    for path in every:
        data = tree.read(path)
        if data is None or len(data) > _MOST_BYTES or word not in data:
            continue
        if path not in taken and not _may_define(data, word):
            continue
        offsets = list(places_of(word, data))[:200]
        for given in _put_into(name, data):
            bodies += [(path, one) for one in definitions(path, data, given)]
        for outlines in outlines_of(path, data, offsets, most=1):
            if outlines[0].name == name:
                bodies.append((path, outlines[0]))
            elif path in taken and len(calls) < _MOST_CALLS:
                calls += [(path, outlines[0], one) for one in treatments(outlines[0], frozenset({name}))]
    if bodies and all(body.static and path.endswith(".c") for path, body in bodies):
        # Elsewhere the same name is another function, or a macro; a C file may still include the one with the body.
        folders = {path.rpartition("/")[0] for path, _ in bodies}
        calls = [call for call in calls if call[0].rpartition("/")[0] in folders]
    return _contract(name, bodies, calls, sampled=len(taken) < len(every), files=len(every))


def _put_into(name: str, data: bytes) -> list[str]:
    """Return the functions that a file puts into a member: `.prepare = demo_prepare`."""
    if not name.startswith("->"):
        return []
    found = re.findall(rb"(?:\.|->)[ \t]*" + re.escape(name[2:].encode()) + rb"[ \t]*=[ \t]*&?(\w+)[ \t]*[;,}\n]", data)
    return [one.decode("latin-1") for one in dict.fromkeys(found) if not one.isdigit()]


def _may_define(data: bytes, word: bytes) -> bool:
    """Return whether some line of a file begins like a definition of the function: not indented, and no prototype."""
    return any(data[data.rfind(b"\n", 0, at) + 1:at][:1] not in {b" ", b"\t", b"#", b""}
               for at in places_of(word, data))


def _contract(name: str, bodies: list[tuple[str, Outline]], calls: list[tuple[str, Outline, Treatment]], *,
              sampled: bool, files: int) -> Contract:
    returns = tuple(sorted({" ".join(body.returns.split()) for _, body in bodies}))
    given: dict[str, Place] = {}
    for path, body in bodies:
        for kind, line in gives(body).items():
            given.setdefault(kind, Place(path, line, body.name))
    asserts = {said: Place(path, line, body.name) for path, body in reversed(bodies) for said, line in asserted(body)}
    ways: Counter[str] = Counter()
    examples: dict[str, list[Place]] = {}
    for path, outline, one in calls:
        way = way_of(one)
        ways[way] += 1
        examples.setdefault(way, []).append(Place(path, one.line, outline.name))
    return Contract(
        name=name, returns=returns, defined=tuple(Place(path, body.line, name) for path, body in bodies),
        gives=tuple(sorted((kind, place) for kind, place in given.items())),
        ways=tuple(Way(how=how, count=count, places=tuple(examples[how][:5]))
                   for how, count in sorted(ways.items(), key=lambda item: (-item[1], item[0]))),
        calls=len(calls), sampled=sampled, files=files, undone_by=known_pairs().undone_by(name),
        paired_with=_paired(name, calls), asserts=tuple(sorted(asserts.items())),
        hands_on=tuple(sorted({callee for _, body in bodies for callee in hands_on(body)})))


def _paired(name: str, calls: list[tuple[str, Outline, Treatment]]) -> tuple[tuple[str, int, int], ...]:
    """Return the names that may undo the function by how they are made, as far as functions that call it call them."""
    proposed = set(twins(name))
    functions = {(path, outline.name): outline for path, outline, _ in calls}
    counts: Counter[str] = Counter()
    for outline in functions.values():
        counts.update(proposed & {call.name for step in outline.steps for call in calls_in(step.expr)})
    return tuple((twin, count, len(functions))
                 for twin, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


_ASSERTIONS = ("lockdep_assert", "mmap_assert", "might_sleep", "might_fault", "might_alloc", "assert_spin",
               "RCU_LOCKDEP_WARN", "rwsem_assert", "vma_assert", "ASSERT_RTNL")
_ANNOTATIONS = ("__must_check", "__must_hold", "__acquires", "__releases", "__init")
_CONTEXTS = frozenset({"irqs_disabled", "in_interrupt", "in_atomic", "preemptible", "spin_is_locked", "in_nmi"})


def asserted(body: Outline) -> list[tuple[str, int]]:
    """Return what a function demands of its caller: assertions in its body, annotations in its head; with the line."""
    found = [(annotation, body.line) for annotation in _ANNOTATIONS if annotation in body.signature]
    for step in body.steps:
        for call in calls_in(step.expr):
            inner = {part.name for part in calls_in(call)} - {call.name}
            if call.name.startswith(_ASSERTIONS) or (
                    call.name.startswith(("WARN_ON", "BUG_ON", "VM_BUG_ON")) and inner & _CONTEXTS):
                found.append((body.text(call), step.line))
    return found


def way_of(one: Treatment) -> str:
    """Return in a word how a caller treats the result."""
    test = one.first_test
    if one.fate == "tested" and test is not None:
        return {"true": "tested", "not": "tested for 0", "negative": "tested for less than 0",
                "not-negative": "tested for less than 0", "IS_ERR": "tested by IS_ERR()",
                "IS_ERR_OR_NULL": "tested by IS_ERR_OR_NULL()", "compare": "compared"}.get(test.how, "tested")
    return {"returned": "returned", "dereferenced": "followed without a test", "converted": "converted without a test",
            "stored": "stored", "passed": "handed on", "used": "used", "told": "only reported",
            "tested": "tested"}.get(one.fate, "dropped")
