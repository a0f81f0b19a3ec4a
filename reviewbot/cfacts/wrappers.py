"""Functions that hand on the family's results: found from the tree, to a fixpoint.

A function that returns such a result can fail the same way, and so can what returns its result. The chain goes on
through macros, through pointers that are parameters or variables, and through tables of functions whose assignment is
in sight. It ends at a function that returns the results of other calls as well: its calls are reported, but from there
on an error is as much somebody else's (or else every probe function of a driver would belong to the family). Names are
resolved by file: a static function is meant in its file only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from reviewbot.cfacts.candidates import Found
from reviewbot.cfacts.family import Family
from reviewbot.cfacts.headers import parameter_name
from reviewbot.cfacts.links import Escape, FileRecord
from reviewbot.cfacts.macros import passes_on
from reviewbot.cfacts.reader import Wanted
from reviewbot.cfacts.tables import Table, table_sites
from reviewbot.cfacts.types import Call, Definition, Function, Use
from reviewbot.cfacts.visible import Place, arch_condition, arch_of, choose
from reviewbot.errors import Skip
from reviewbot.logic import FALSE, TRUE, And, Cond
from reviewbot.values import dataclass

__all__ = ["Carrier", "FoundCall", "Wrappers"]

_INTEGERS = frozenset({"int", "long", "long int", "ssize_t", "s32", "s64", "signed int", "bool", "unsigned long"})
_MOST_ROUNDS = 20
_MOST_FILES = 200  # a name that stands in more files than this is too common to be followed
_MOST_TABLE_FILES = 800  # of a field's name: these files are only searched, not read
_MOST_NAMES = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Something that hands on a result of the family when it is called.

    `through` is the chain from what it calls itself to the family's function. `inner` is what it does with the result:
    `returned`, or for a macro anything else. It stands at `path`:`line`; `condition` is when it is there at all. A
    `mixed` one also returns the results of other calls. A pointer may hold any of its `pointees`; `through` is the
    chain of one of them.
    """

    name: str
    kind: str
    path: str
    line: int
    through: tuple[str, ...]
    inner: Use = "returned"
    condition: Cond = TRUE
    returns: str = "int"
    mixed: bool = False
    pointees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCall:
    """One call in one file. `tier` is core, worker, or how it is called else: function, macro, pointer, table.

    `last`: who returns this result is no wrapper by that, because the callee's result is mixed.
    """

    path: str
    call: Call
    tier: str
    last: bool = False


class Wrappers:
    """The search for wrappers in one tree."""

    def __init__(self, family: Family, *, find: Callable[[Iterable[str]], tuple[Found, ...]],
                 read: Callable[[tuple[Wanted, ...]], Mapping[str, FileRecord]],
                 text: Callable[[str], bytes]) -> None:
        """Search with these functions: files with words, records of files, the bytes of a file."""
        self._family = {function.name: function for function in family.functions}
        self._makers = frozenset(family.made_by())
        self._find, self._read, self._text = find, read, text
        self._words: dict[str, set[str]] = {}
        self._ids: dict[str, str] = {}
        self._asked: dict[str, tuple[tuple[str, str], ...]] = {}
        self._records: dict[str, FileRecord] = {}
        self._places: dict[str, dict[Place, Carrier | None]] = {}
        self._local: dict[str, set[str]] = {}
        self._pointers: dict[tuple[str, str, str], Carrier] = {}
        self._lookups: dict[str, set[tuple[int, str]]] = {}
        self._parameters: set[tuple[str, str, int, str]] = set()
        self._tables: dict[Table, Carrier] = {}
        self._sites: dict[str, dict[tuple[int, int], tuple[str, Carrier]]] = {}
        self._bases: dict[str, set[str]] = {}
        self._searched: set[str] = set()
        self._common: set[str] = set()
        self._scanned: set[tuple[Table, str]] = set()
        self.skips: list[Skip] = []

    def run(self, step: Callable[[int], None] | None = None) -> tuple[FoundCall, ...]:
        """Return every call of the family and of what hands on its results, by file and line."""
        self._search(set(self._family))
        for number in range(1, _MOST_ROUNDS + 1):
            if step is not None:
                step(number)
            if not self._round():
                break
        else:
            self._skip("wrappers", f"not at an end after {_MOST_ROUNDS} rounds")
        found = [one for path in sorted(self._records) for one in self._calls(path)]
        return tuple(sorted(found, key=_order))

    def _skip(self, where: str, why: str) -> None:
        self.skips.append(Skip(where=where, stage="wrappers", why=why))

    @property
    def records(self) -> Mapping[str, FileRecord]:
        """Return the records of all files that were read, by path."""
        return self._records

    @property
    def carriers(self) -> tuple[Carrier, ...]:
        """Return everything that was found to hand on a result, by name and place."""
        found = [carrier for places in self._places.values() for carrier in places.values() if carrier is not None]
        return tuple(sorted((*found, *self._pointers.values()), key=lambda one: (one.name, one.path, one.line)))

    # One round: read what has new names, follow what it shows

    def _round(self) -> bool:
        """Read all files whose names of interest changed; return whether there were any."""
        wanted = []
        for path in sorted(self._words):
            names = self._names(path)
            if names and names != self._asked.get(path):
                self._asked[path] = names
                wanted.append(Wanted(path=path, content_id=self._ids[path], names=names))
        if not wanted:
            return False
        records = self._read(tuple(wanted))
        self._records.update(records)
        for path in sorted(records):
            self._define(path)
        for path in sorted(self._records):
            self._follow(path)
        new = {name for name, places in self._places.items()
               if any(carrier is not None and not place.local for place, carrier in places.items())}
        new.update(self._lookups)
        new.update(table.field for table in self._tables)
        self._search(new)
        self._find_sites()
        return True

    def _search(self, words: set[str]) -> None:
        new = sorted(words - self._searched)
        self._searched.update(new)
        if not new:
            return
        if len(self._searched) > _MOST_NAMES:
            self._skip("wrappers", f"more than {_MOST_NAMES} names to follow")
            return
        fields = {table.field for table in self._tables}
        files: dict[str, list[str]] = {word: [] for word in new}
        for found in self._find(new):
            self._ids[found.path] = found.content_id
            for word in found.words:
                files[word].append(found.path)
        for word, paths in files.items():
            most = _MOST_TABLE_FILES if word in fields else _MOST_FILES
            if len(paths) > most and word not in self._family:
                self._common.add(word)
                self._skip(word, f"stands in {len(paths)} files: too common a name to be followed")
                continue
            for path in paths:
                self._words.setdefault(path, set()).add(word)

    def _names(self, path: str) -> tuple[tuple[str, str], ...]:
        """Return the names to read a file for, with their C return types."""
        names: dict[str, str] = {}
        for word in self._words[path] | self._local.get(path, set()):
            api = self._family.get(word)
            if api is not None and self._in_scope(word, path):
                names[word] = api.returns
            elif api is None and (word in self._lookups or word in self._places):
                names[word] = "int"
        for base in self._bases.get(path, set()):
            names.setdefault(base, "int")
        for file, _, name in self._pointers:
            if file == path:
                names.setdefault(name, "int")
        return tuple(sorted(names.items()))

    def _in_scope(self, name: str, path: str) -> bool:
        arches = self._family[name].arch
        return not arches or not arch_of(path) or arch_of(path) in arches

    # What a file defines

    def _define(self, path: str) -> None:
        for function in self._records[path].facts.functions:
            if function.name in self._places or function.name in self._lookups:
                self._places.setdefault(function.name, {}).setdefault(_place(path, function), None)

    def _follow(self, path: str) -> None:
        """Note what the file's calls, macros and escapes say about who hands on a result."""
        facts = self._records[path].facts
        for one in self._calls(path):
            function = _around(facts.functions, one.call)
            if function is not None and one.call.returns_from and one.tier != "void" and not one.last:
                self._hands_on(path, function, one)
        for macro in facts.macros:
            self._macro(path, macro)
        for escape in self._records[path].escapes:
            self._escape(path, escape)
        for function in facts.functions:
            for index, through in sorted(self._lookups.get(function.name, ())):
                self._parameter(path, function, index, through)

    def _hands_on(self, path: str, function: Function, one: FoundCall) -> None:
        name = function.name
        if name in self._family or name == "main" or function.by_macro or function.returns not in _INTEGERS:
            return
        self._carry(_place(path, function), Carrier(
            name=name, kind="function", path=path, line=function.span.line,
            through=(one.call.callee, *one.call.through), condition=function.path_condition, returns=function.returns,
            mixed=name in self._records[path].mixed))

    def _carry(self, place: Place, carrier: Carrier) -> None:
        places = self._places.setdefault(carrier.name, {})
        before = places.get(place)
        if before is not None and before.mixed and not carrier.mixed:
            places[place] = replace(before, mixed=False)
        if before is None:
            places[place] = carrier
            if place.local:
                self._local.setdefault(place.path, set()).add(carrier.name)

    def _macro(self, path: str, macro: Definition) -> None:
        if macro.name in self._family:
            return
        place = Place(path=path, local=not path.endswith(".h"))
        if self._places.get(macro.name, {}).get(place) is not None:
            return
        for name in sorted(_words_of(macro.body)):
            target = self._resolve(path, macro.name, name) if name != macro.name else None
            if target is not None and not target.mixed and self._can_fail(name):
                self._carry(place, Carrier(
                    name=macro.name, kind="macro", path=path, line=macro.line, through=(name, *target.through),
                    inner=passes_on(macro.body.encode("utf-8", "replace"), name),
                    condition=And(macro.path_condition, arch_condition(path))))
                return

    # Where the address of a function goes

    def _escape(self, path: str, escape: Escape) -> None:
        target = self._resolve(path, escape.function, escape.name)
        if target is None or target.mixed or not self._can_fail(escape.name):
            return
        chain = (escape.name, *target.through)
        if target.kind == "pointer":  # handed from parameter to parameter: the same function all the way
            chain = target.through
        if escape.kind == "argument":
            self._lookups.setdefault(escape.target, set()).add((escape.index, "\0".join(chain)))
            if self._searched.isdisjoint({escape.target}):
                self._words.setdefault(path, set()).add(escape.target)
        elif escape.kind == "variable" and escape.function:
            self._point(path, escape.function, escape.target, chain, escape.line)
        elif escape.kind == "field":
            table = Table(target=escape.target, tag=escape.tag, path=escape.path, file=path)
            self._tables.setdefault(table, Carrier(name=escape.path, kind="table", path=path, line=escape.line,
                                                   through=chain))

    def _parameter(self, path: str, function: Function, index: int, through: str) -> None:
        key = (path, f"{function.name}:{function.span.line}", index, through)
        if key in self._parameters or index >= len(function.parameters):
            return
        self._parameters.add(key)
        text = function.parameters[index]
        name = parameter_name(text)
        if name and ("(*" in text.replace(" ", "") or "*" not in text):
            self._point(path, function.name, name, tuple(through.split("\0")), function.span.line)

    def _point(self, path: str, function: str, name: str, chain: tuple[str, ...], line: int) -> None:
        key = (path, function, name)
        before = self._pointers.get(key)
        if before is None:
            self._pointers[key] = Carrier(name=name, kind="pointer", path=path, line=line, through=chain,
                                          pointees=chain[:1])
        elif chain[0] not in before.pointees and chain[0] != name:
            self._pointers[key] = replace(before, through=min(before.through, chain, key=_length),
                                          pointees=tuple(sorted({*before.pointees, chain[0]})))

    def _find_sites(self) -> None:
        for table in sorted(self._tables, key=lambda one: (one.file, one.target, one.path, one.tag)):
            if table.field in self._common:
                continue
            paths = [path for path in sorted(self._words) if table.field in self._words[path]]
            texts = {path: self._text(path) for path in paths if (table, path) not in self._scanned}
            self._scanned.update((table, path) for path in texts)
            for path, found in table_sites(table, texts).items():
                for place, base, label in found:
                    self._sites.setdefault(path, {}).setdefault(place, (label, self._tables[table]))
                    self._bases.setdefault(path, set()).add(base)

    # Calls

    def _calls(self, path: str) -> list[FoundCall]:
        found = []
        for call in self._records[path].facts.calls:
            one = self._site(path, call) or self._known(path, call)
            if one is not None:
                found.append(one)
        return found

    def _site(self, path: str, call: Call) -> FoundCall | None:
        site = self._sites.get(path, {}).get((call.span.line, call.span.column))
        if site is None:
            return None
        label, carrier = site
        return FoundCall(path=path, tier="table", call=replace(
            call, callee=label, through=carrier.through, note=_joined(call.note, _told(carrier))))

    def _known(self, path: str, call: Call) -> FoundCall | None:
        name = call.through[0] if call.through else call.callee
        target = self._resolve(path, call.function, name)
        if target is None or call.note == "the macro is another one here":
            return None
        tier = self._tier(name, target)
        if call.use == "in-macro" and call.function in self._makers:
            call = replace(call, use=self._inside(path, call), note=f"in what {call.function}() defines")
        if call.through:
            return FoundCall(path=path, tier="macro", call=replace(call, through=(*call.through, *target.through)))
        if not target.through:
            return FoundCall(path=path, call=call, tier=tier)
        if And(call.path_condition, target.condition) == FALSE:
            return None
        use, lines, note = call.use, call.returns_from, call.note
        if target.kind == "macro" and target.inner != "returned" and use != "in-macro":
            use, lines, note = target.inner, (), "decided inside the macro"
        return FoundCall(path=path, tier=tier, last=target.mixed, call=replace(
            call, use=use, through=target.through, returns_from=lines, note=_joined(note, _told(target))))

    def _inside(self, path: str, call: Call) -> Use:
        """Return the use of a call in the functions that a macro such as `__SET_MEMORY_FUNC` defines."""
        body = next((macro.body for macro in self._records[path].facts.macros if macro.name == call.function), "")
        return passes_on(body.encode("utf-8", "replace"), call.callee)

    def _tier(self, name: str, target: Carrier) -> str:
        api = self._family.get(name)
        if api is None or target.through:
            return target.kind
        return api.tier if api.returns == "int" else "void"

    def _resolve(self, path: str, function: str, name: str) -> Carrier | None:
        """Return what a name stands for in a function of a file, None when it has nothing to do with the family."""
        pointer = self._pointers.get((path, function, name))
        if pointer is not None:
            return pointer
        api = self._family.get(name)
        if api is not None:
            known = Carrier(name=name, kind=api.tier, path="", line=0, through=())
            return known if self._in_scope(name, path) else None
        places = self._places.get(name)
        if not places:
            return None
        carriers = [carrier for place in choose(path, tuple(places)) if (carrier := places[place]) is not None]
        return min(carriers, key=lambda one: (_length(one.through), one.path)) if carriers else None

    def _can_fail(self, name: str) -> bool:
        api = self._family.get(name)
        return api is None or api.returns == "int"


def _length(chain: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    return len(chain), chain


def _order(one: FoundCall) -> tuple[str, int, int, str]:
    return one.path, one.call.span.line, one.call.span.column, one.call.callee


def _around(functions: tuple[Function, ...], call: Call) -> Function | None:
    """Return the function that holds a call; there may be several of its name, in the arms of an `#if`."""
    return next((function for function in functions if function.name == call.function
                 and function.span.line <= call.span.line <= function.span.end_line), None)


def _place(path: str, function: Function) -> Place:
    return Place(path=path, local=function.static and not path.endswith(".h"))


def _words_of(text: str) -> set[str]:
    word, words = "", set()
    for char in f"{text} ":
        if char.isalnum() or char == "_":
            word += char
        elif word:
            words.add(word)
            word = ""
    return words


def _told(carrier: Carrier) -> str:
    if carrier.kind == "pointer":
        return f"points to {' or '.join(f'{name}()' for name in carrier.pointees)}"
    how = {"function": "defined at", "macro": "macro at", "table": "set at"}[carrier.kind]
    return f"hands on {' <- '.join(f'{name}()' for name in carrier.through)}, {how} {carrier.path}:{carrier.line}"


def _joined(first: str, second: str) -> str:
    return f"{first}; {second}" if first else second
