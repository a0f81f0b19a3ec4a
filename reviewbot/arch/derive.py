"""What a function of the family does, read from its code: errors, early exits, allocations, flushes, locks, sleeping.

A fact describes a release; a patch makes it stale. The derivation reads the code that is there: the function, what it
calls in its own file, and workers in other files that somebody names. It knows no types and no values: what depends on
an argument counts as possible.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field

from reviewbot.arch.bodies import Bodies, Body, Mark, bodies_of
from reviewbot.arch.branched import stands_in_arm
from reviewbot.cfacts.headers import parameter_name
from reviewbot.cfacts.lexer import lines_in, tokens
from reviewbot.cfacts.types import Call, Function
from reviewbot.cfacts.vocabulary import LOCKS, NO_RETURN, TRANSPARENT, is_reporter
from reviewbot.logic import FALSE, And, Cond, without
from reviewbot.patterns import regex
from reviewbot.source.types import Tree
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["Derivation", "Derived", "does_work", "may_flush", "returned_type"]

_FLUSH = regex(r"(?:local_|arch_|__|radix__|hash__|hv_|native_|early_)*(?:flush_tlb|tlb_flush|tlbie?|tlbiel)\w*"
               r"|cpa_flush\w*|flush_hash_\w+|__?sync_global_\w+|__ptep_ipte\w*|__cspg\w*|__crdte\w*|pgt_set"
               r"|local_flush_tlb\w*|invlpg\w*")
_SLEEPS = regex(r"mutex_lock\w*|down_(?:read|write)(?:_killable|_interruptible)?|down|mmap_(?:read|write)_lock\w*"
                r"|cond_resched|might_sleep|msleep|schedule\w*|synchronize_rcu\w*|vm_unmap_aliases|ssleep"
                r"|cpus_read_lock|wait_for_completion\w*|kmap_flush_unused|stop_machine\w*")
_GFP = regex(r"\b(?:__)?GFP_\w+")
_SLEEPING_GFP = regex(r"GFP_(?:KERNEL|USER|HIGHUSER|PGTABLE|NOFS|NOIO)")
_LOCK_NAMES = frozenset(take for take, _ in LOCKS) | {"mmap_read_lock", "mmap_write_lock"}
_SPLIT = regex(r"split")
_LOOKS = regex(r"(?:p[gu4m]?d|pte|page|virt|phys|pfn|__p[av])_\w+|__(?:p[gu4m]d|pte|pgprot)")
_ASIDE = regex(r"\w*(?:lock|irq|preempt|lazy_mmu)\w*|lowmem_page_address|might_sleep\w*|rcu_\w+|__?[vp]a|typeof"
               r"|sizeof|offsetof|container_of|is_\w+|\w+_enabled|\w+_aligned|untagged_addr|__tlbi|isb|dsb|barrier")
_DEEPEST = 14
_MOST_FUNCTIONS = 160
_MOST_HOPS = 2  # files between the function and the last worker that is still followed
_DROPPED = ("discarded", "unread", "void-cast", "overwritten", "warn-only")


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What the code of `symbol` in `file` does.

    `errnos` are those that can reach a caller, sorted, with where they come from in `evidence`; `open` are inner calls
    whose result is handed on and whose code was not read. `may_fail` is None when only those could fail. `drops` are
    calls in the function's own body that can fail and whose result nobody reads; `discards` are all calls on the way,
    those of unread functions too, whose result is not read. `noop_when` are the conditions, in C's words, under which
    it returns success at once. `allocates` are (function, GFP flags), `flushes_by`, `locks` and `sleeps_by` the calls
    that do so, each sorted. `partial` when code was followed as far as the budget goes and no further.
    `assumed` are the errors that only a callee brings which this caller's arguments may keep from them: code that was
    followed knows no values, and what stands behind `&cpa` decides how a worker goes. `unread` are the inner calls that
    may do some work and whose code was not read: what they do is not known. `flushes_plainly`: some flush stands in no
    arm of an `if` of its function.
    """

    symbol: str
    file: str
    line: int
    returns: str
    errnos: tuple[str, ...]
    open: tuple[str, ...]
    may_fail: bool | None
    drops: tuple[str, ...]
    discards: tuple[str, ...]
    noop_when: tuple[str, ...]
    allocates: tuple[tuple[str, str], ...]
    flushes_by: tuple[str, ...]
    locks: tuple[str, ...]
    sleeps_by: tuple[str, ...]
    calls: tuple[str, ...]
    evidence: tuple[tuple[str, Mark], ...]
    partial: bool = False
    assumed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    flushes_plainly: bool = False

    @property
    def flushes(self) -> bool:
        """Return whether it flushes the TLB itself, splits of large leaves apart."""
        return bool(self.flushes_by)

    @property
    def sleeps(self) -> bool:
        """Return whether some path may sleep."""
        return bool(self.sleeps_by)


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What was collected on the way through the functions."""

    errnos: dict[str, Mark] = field(default_factory=dict)
    open: dict[str, Mark] = field(default_factory=dict)
    drops: dict[str, Mark] = field(default_factory=dict)
    noop: dict[str, Mark] = field(default_factory=dict)
    allocates: dict[tuple[str, str], Mark] = field(default_factory=dict)
    flushes: dict[str, Mark] = field(default_factory=dict)
    locks: dict[str, Mark] = field(default_factory=dict)
    sleeps: dict[str, Mark] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    visited: set[tuple[str, str, bool]] = field(default_factory=set)
    partial: bool = False
    plain: bool = False
    certain: set[str] = field(default_factory=set)


class Derivation:
    """Derives functions from one tree; each file is read once.

    `places` names the files in which workers may stand: name -> paths. `given` are Kconfig symbols whose value is
    known: code under another condition is left out. `errnos` are the errors of functions that somebody has read: their
    code is not looked at for more.
    """

    def __init__(self, tree: Tree, places: Mapping[str, tuple[str, ...]], *, given: Mapping[str, bool] | None = None,
                 errnos: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """Take the tree; nothing is read yet."""
        self._tree, self._places, self._given = tree, dict(places), dict(given or {})
        self._read_errnos = {} if errnos is None else errnos  # asked for few names: a mapping may work each out then
        self._files: dict[str, Bodies] = {}
        self._errnos: dict[tuple[str, str], _Seen] = {}

    def with_places(self, places: Mapping[str, tuple[str, ...]], given: Mapping[str, bool],
                    errnos: Mapping[str, tuple[str, ...]] | None = None) -> Derivation:
        """Return a derivation from the same tree for another architecture or configuration; read files are shared."""
        other = Derivation(self._tree, places, given=given, errnos=errnos)
        other._files = self._files
        return other

    def derive(self, file: str, symbol: str) -> Derived | None:
        """Return what the function's code does, None when the file has no such function."""
        bodies = self._bodies(file).get(symbol)
        if not bodies:
            return None
        seen = _Seen()
        self._errors(file, symbol, seen, hops=0)
        effects = _Seen()
        self._effects(file, symbol, effects, hops=0, splitting=None if _SPLIT.search(symbol) else False)
        own = self.own_drops(file, symbol)
        self._exits(file, symbol, effects, hops=0)
        first = bodies[0].function
        returns_int = _returns_error(first.returns)
        fails = returns_int and bool(seen.errnos)
        marks = [("errno " + name, mark) for name, mark in sorted(seen.errnos.items())] if returns_int else []
        for title, found in (("open ", seen.open), ("drops ", own), ("noop ", effects.noop),
                             ("flush ", effects.flushes), ("lock ", effects.locks), ("sleep ", effects.sleeps)):
            marks += [(title + name, mark) for name, mark in found.items()]
        return Derived(
            symbol=symbol, file=file, line=first.span.line, returns=first.returns,
            errnos=tuple(sorted(seen.errnos)) if returns_int else (),
            open=tuple(sorted(seen.open)) if returns_int else (),
            may_fail=fails or (None if returns_int and seen.open else False),
            drops=tuple(own), discards=tuple(sorted(effects.drops)), noop_when=tuple(effects.noop),
            allocates=tuple(sorted(effects.allocates)),
            flushes_by=tuple(sorted(effects.flushes)), locks=tuple(sorted(effects.locks)),
            sleeps_by=tuple(sorted(effects.sleeps)),
            calls=tuple(sorted({name for body in bodies for name in body.function.calls_all})),
            evidence=tuple(marks), partial=seen.partial or effects.partial,
            assumed=tuple(sorted(set(seen.errnos) - seen.certain)) if returns_int else (),
            unread=tuple(sorted(effects.unread)), flushes_plainly=effects.plain)

    def _bodies(self, file: str) -> Bodies:
        if file not in self._files:
            self._files[file] = bodies_of(file, self._tree.read(file) or b"")
        return self._files[file]

    def _find(self, name: str, near: str, hops: int) -> tuple[str, int] | None:
        """Return the file in which a call made in `near` finds its function, with the hops spent; None if unknown."""
        if any(self._is_there(body.function.path_condition) for body in self._bodies(near).get(name)):
            return near, hops
        for place in self._places.get(name, ()) if hops < _MOST_HOPS else ():
            if place != near and self._bodies(place).get(name):
                return place, hops + 1
        return None

    def _is_there(self, *conditions: Cond) -> bool:
        """Return whether all conditions may hold; of two tests of one variable each sees the value of its moment."""
        return And(*(without(cond.assume(self._given), _is_no_option) for cond in conditions)) != FALSE

    def _calls(self, body: Body) -> tuple[Call, ...]:
        """Return the calls that the known part of the configuration does not rule out."""
        return tuple(call for call in body.calls
                     if self._is_there(call.path_condition, *(guard.condition for guard in call.guards)))

    def _errors(self, file: str, symbol: str, seen: _Seen, *, hops: int, top: bool = True) -> None:
        """Collect the errors that the function returns, its own and those of the calls whose result it hands on.

        `top`: it is the function that was asked about, not one that it calls.
        """
        if (file, symbol, False) in seen.visited:
            return
        if len(seen.visited) >= _MOST_FUNCTIONS:
            seen.partial = True
            return
        seen.visited.add((file, symbol, False))
        for body in self._bodies(file).get(symbol):
            if not _returns_error(body.function.returns) or not self._is_there(body.function.path_condition):
                continue
            for made in body.errnos:
                if self._is_there(made.when):
                    mark = Mark(file=file, line=made.line, text=f"{symbol}() makes -{made.name}")
                    seen.errnos.setdefault(made.name, mark)
                    seen.certain |= {made.name} if top else set()
            for mark in body.by_pointer:
                seen.open.setdefault(mark.text, mark)
            parameters = _names(body.function)
            calls = self._calls(body)
            for call in (call for call in body.hands_on if call in calls and call.callee not in parameters):
                found = self._find(call.callee, file, hops)
                if call.callee in self._read_errnos:
                    self._known_errors(file, call, seen, sure=top and not _hands_in_own(call, parameters))
                elif found is not None:
                    self._errors(found[0], call.callee, seen, hops=found[1], top=False)
                elif _is_open(call):
                    seen.open.setdefault(call.callee, _mark(file, call))
                for callback in body.callbacks.get((call.span.line, call.span.column), ()):
                    self._errors(file, callback, seen, hops=hops, top=False)

    def _known_errors(self, file: str, call: Call, seen: _Seen, *, sure: bool) -> None:
        for name in self._read_errnos[call.callee]:
            seen.errnos.setdefault(name, _mark(file, call))
            seen.certain |= {name} if sure else set()

    def can_fail(self, file: str, symbol: str) -> bool:
        """Return whether the function, read by itself, can return an error."""
        key = (file, symbol)
        if key not in self._errnos:
            self._errnos[key] = _Seen()
            self._errors(file, symbol, self._errnos[key], hops=0)
        return bool(self._errnos[key].errnos)

    def _effects(self, file: str, symbol: str, seen: _Seen, *, hops: int, splitting: bool | None) -> None:
        """Collect what the function and everything it calls does beside returning a value."""
        if (file, symbol, bool(splitting)) in seen.visited:
            return
        if len(seen.visited) >= _MOST_FUNCTIONS:
            seen.partial = True
            return
        seen.visited.add((file, symbol, bool(splitting)))
        for body in self._bodies(file).get(symbol):
            for call in self._calls(body) if self._is_there(body.function.path_condition) else ():
                self._one_effect(body, call, seen, splitting=bool(splitting))
                # None: the function is a split itself, and what it flushes is its own flush.
                inside = splitting if splitting is None else splitting or bool(_SPLIT.search(call.callee))
                found = self._find(call.callee, file, hops)
                if found is not None:
                    self._effects(found[0], call.callee, seen, hops=found[1], splitting=inside)
                elif does_work(call) and not may_flush(call.callee):
                    seen.unread.add(call.callee)
                if call.use in _DROPPED:
                    seen.drops.setdefault(call.callee, _mark(file, call))
                for callback in body.callbacks.get((call.span.line, call.span.column), ()):
                    self._effects(file, callback, seen, hops=hops, splitting=splitting)

    def _one_effect(self, body: Body, call: Call, seen: _Seen, *, splitting: bool) -> None:
        mark = _mark(body.file, call)
        flags = next((found.group() for text in call.arguments if (found := _GFP.search(text))), "")
        if flags:
            seen.allocates.setdefault((call.callee, flags), mark)
        if _SLEEPS.fullmatch(call.callee) or (flags and _SLEEPING_GFP.search(flags)):
            seen.sleeps.setdefault(call.callee, mark)
        if _FLUSH.fullmatch(call.callee) and not splitting:
            seen.flushes.setdefault(call.callee, mark)
            seen.plain = seen.plain or not self._in_arm(body, call.callee)
        if call.callee in _LOCK_NAMES:
            argument = call.arguments[0] if call.arguments else ""
            seen.locks.setdefault(f"{call.callee}({argument})", mark)

    def _in_arm(self, body: Body, name: str) -> bool:
        data, span = self._tree.read(body.file) or b"", body.function.body
        lines = lines_in(data)
        return stands_in_arm(tuple(tokens(data, start=lines.start(span.line),
                                          end=lines.start(span.end_line) + span.end_column)), name)

    def own_drops(self, file: str, symbol: str) -> dict[str, Mark]:
        """Return the calls in the function's own body that can fail, as far as code was read, and are not looked at."""
        found: dict[str, Mark] = {}
        for body in self._bodies(file).get(symbol):
            for call in self._calls(body):
                place = self._find(call.callee, file, 0) if call.use in _DROPPED else None
                if place is not None and self.can_fail(place[0], call.callee):
                    found.setdefault(call.callee, _mark(file, call))
        return found

    def _exits(self, file: str, symbol: str, seen: _Seen, *, hops: int, depth: int = 0,
               given: Mapping[str, str] | None = None) -> None:
        """Collect the early exits of the function, and of those whose result it returns as its own.

        `given` are the arguments of the call, by parameter: `!numpages` is no exit of a function that asks for 1 page.
        """
        for body in self._bodies(file).get(symbol):
            calls = self._calls(body)
            first = min((call.span.line for call in calls
                         if call.use == "returned" and self._find(call.callee, file, hops)), default=1 << 30)
            for found in body.exits:
                names = found.condition.variables()
                if found.line <= first and self._is_there(found.when, found.condition) and not (
                        names and all(_is_constant((given or {}).get(name, "")) for name in names)):
                    text = str(found.condition)
                    seen.noop.setdefault(text, Mark(file=file, line=found.line, text=f"if ({text})"))
            for call in calls:
                following = self._find(call.callee, file, hops) if call.use == "returned" else None
                if following is not None and depth < _DEEPEST and following[0] == file:
                    self._exits(file, call.callee, seen, hops=following[1], depth=depth + 1,
                                given=self._arguments(file, call))

    def _arguments(self, file: str, call: Call) -> dict[str, str]:
        return dict(zip(_names(self._bodies(file).get(call.callee)[0].function), call.arguments, strict=False))


def _hands_in_own(call: Call, parameters: tuple[str, ...]) -> bool:
    """Return whether the call hands in what its caller has filled in itself: `&cpa`, where `cpa` is no parameter."""
    return any(text.startswith("&") and text.lstrip("&( ").rstrip(") ") not in parameters for text in call.arguments)


def _names(function: Function) -> tuple[str, ...]:
    """Return the names of the parameters; a parameter that is a function pointer is known by its name too."""
    return tuple(parameter_name(text) for text in function.parameters if text.strip())


def _is_constant(argument: str) -> bool:
    """Return whether an argument is a number other than 0 or a constant by its name."""
    return bool(re.fullmatch(r"[1-9]\w*|[A-Z][A-Z0-9_]{2,}", argument.strip()))


def _returns_error(returns: str) -> bool:
    """Return whether a function of this C type can hand an error to its caller: pointers and counts cannot."""
    return returned_type(returns) in {"int", "long", "ssize_t", "signed long"}


def returned_type(text: str) -> str:
    """Return what a head returns in C's words, without those that say who may call it."""
    words = [word for word in squash(text).split() if word not in {"static", "inline", "extern", "__must_check"}]
    return " ".join(words)


def _is_no_option(variable: str) -> bool:
    return not variable.startswith("CONFIG_")


def _is_open(call: Call) -> bool:
    """Return whether an unread callee may hand on an error; names in capitals are macros, others are known not to."""
    return not (call.callee.isupper() or call.callee in TRANSPARENT or _LOOKS.match(call.callee))


def does_work(call: Call) -> bool:
    """Return whether a call may change something: it does not only look, tell, lock, or end the system."""
    return _is_open(call) and call.callee not in NO_RETURN and not _ASIDE.fullmatch(call.callee) \
        and not is_reporter(call.callee, has_text=any('"' in argument for argument in call.arguments))


def may_flush(name: str) -> bool:
    """Return whether a function of this name flushes the TLB."""
    return _FLUSH.fullmatch(name) is not None


def _mark(file: str, call: Call) -> Mark:
    return Mark(file=file, line=call.span.line, text=squash(call.statement)[:160])
