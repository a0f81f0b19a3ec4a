"""What becomes of one call's result, decided on the control-flow graph.

The value is followed from the call through variables, `|=`, `?:` and macros that hand it on, along the paths on which
the call may have failed: behind `if (ret)` only the failing branch is followed. What reads it there decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Literal

from reviewbot.cfacts.branches import Facts, KnownOnPaths, failing_branch, words_of
from reviewbot.cfacts.dataflow import after_op, immediate, liveness, post_dominators, reachable
from reviewbot.cfacts.graph import STOP, Graph, Op
from reviewbot.cfacts.touching import Touching, root
from reviewbot.cfacts.types import Use
from reviewbot.cfacts.vocabulary import NO_RETURN, TRANSPARENT, is_reporter
from reviewbot.cfacts.worklist import Search, spread
from reviewbot.values import dataclass

__all__ = ["Event", "Flow", "Outcome", "is_report"]

EventKind = Literal["test", "return", "argument", "store", "log", "void", "cut"]
Receiver = Callable[[str, int], Use | None]
Place = tuple[int, int]
"""A block and the number of an operation in it."""

_MOST_STATES = 4000
_BEGIN = -1  # where a search begins, in the midst of a block that it may come back to


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that reads the value: what, where, and through which names."""

    kind: EventKind
    place: Place
    op: Op
    detail: str = ""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """The use of one result. `note` says why in half a sentence; `trail` are the operations that show it, `held` the
    names that ever held the result."""

    use: Use
    variable: str = ""
    note: str = ""
    trail: list[tuple[Op, str]] = field(default_factory=list)
    events: tuple[Event, ...] = ()
    held: frozenset[str] = frozenset()


def is_report(op: Op) -> bool:
    """Return whether a call only logs, traces or warns."""
    if op.kind != "call":
        return False
    text = op.expr is not None and any(part.kind == "string" for part in op.expr.parts[1:4])
    return is_reporter(op.name, has_text=text)


def _hits(names: frozenset[str], reads: frozenset[str]) -> bool:
    """Return whether reading `reads` reads one of `names`; `s` and `s.err` are the same memory."""
    if not names.isdisjoint(reads):
        return True
    for name in names:
        if "." in name and name.partition(".")[0] in reads:
            return True
    return any("." in read and read.partition(".")[0] in names for read in reads)


_Link = tuple["_Link | None", Op]
"""The last test on a path, and what lies before it."""


def _tests(path: _Link | None) -> list[Op]:
    found = []
    while path is not None:
        path, test = path
        found.append(test)
    return found[::-1]


class Flow:
    """The paths of values through one graph."""

    def __init__(self, graph: Graph, *, receiver: Receiver | None = None) -> None:
        """Prepare the graph; `receiver` says what a function of the same file does with an argument.

        `read_elsewhere` are the variables that other `#if` arms of the function read.
        """
        self.graph = graph
        self.receiver = receiver
        self.read_elsewhere: frozenset[str] = frozenset()
        self._live: list[frozenset[str]] | None = None
        self._post: list[int] | None = None
        self._known = KnownOnPaths(graph)
        self._touching = Touching(graph)

    @property
    def live(self) -> list[frozenset[str]]:
        """Return the liveness at the end of each block."""
        if self._live is None:
            self._live = liveness(self.graph)
        return self._live

    @property
    def post(self) -> list[int]:
        """Return the post-dominators of each block."""
        if self._post is None:
            self._post = post_dominators(self.graph)
        return self._post

    # One operation

    def step(self, op: Op, names: frozenset[str]) -> tuple[frozenset[str], EventKind | None, str]:
        """Return the names that hold the value behind an operation, and what the operation read it for."""
        if not names:
            return names, None, ""
        hit = _hits(names, op.reads)
        match op.kind:
            case "assign":
                if hit or (op.keeps and op.name in names):
                    return _settled(names, op.reads) | {op.name}, None, ""
                return names - {op.name}, None, ""
            case "call":
                return self._call(op, names, called=hit)
            case "store" if hit:
                return _settled(names, op.reads), "store", op.name
            case "return" if hit:
                return names, "return", ""
            case "test" if hit:
                return names, "test", ""
            case "void" if hit:
                return names, "void", ""
            case "cut" if any(not name.startswith("%") for name in names):
                return names, "cut", ""
        return names, None, ""

    def _call(self, op: Op, names: frozenset[str], *, called: bool) -> tuple[frozenset[str], EventKind | None, str]:
        names -= {op.value}
        taken = [number for number, reads in enumerate(op.arguments) if _hits(names, reads)]
        if not taken and not called and names.isdisjoint(op.exposed):
            return names, None, ""
        after = _settled(names, frozenset().union(*op.arguments))
        if op.name in TRANSPARENT:
            return after | {op.value}, "log" if is_report(op) else None, op.name
        if is_report(op):
            return after, "log", op.name
        if len(taken) == 1 and not called and self.receiver is not None:
            use = self.receiver(op.name, taken[0])
            if use in {"unread", "discarded"}:
                return after, None, ""
            if use == "returned":  # the function hands its argument back: its result carries the value on
                return after | {op.value}, None, ""
            if use == "warn-only":
                return after, "log", op.name
        return after, "argument", op.name

    # All paths

    def next_touching(self, block: int, first: int, names: frozenset[str]) -> int | None:
        """Return the first operation of a block from `first` on that can change or read one of the names."""
        return self._touching.next(block, first, names)

    def follow(self, start: Place, names: frozenset[str]) -> tuple[tuple[Event, ...], frozenset[str]]:
        """Return everything that reads the value behind `start`, in order, and all names that ever held it."""
        events: dict[Place, Event] = {}
        held = set(names)

        def onward(node: int, current: frozenset[str]) -> Iterator[tuple[int, frozenset[str]]]:
            block, first = (start[0], start[1] + 1) if node == _BEGIN else (node, 0)
            ops = self.graph.blocks[block].ops
            branches: list[int] | None = None
            at = self._touching.next(block, first, current)
            while at is not None:
                number, op = at, ops[at]
                before = current
                current, kind, detail = self.step(op, current)
                held.update(current)
                if kind is not None:
                    events[block, number] = Event(kind=kind, place=(block, number), op=op, detail=detail)
                if op.kind == "test" and kind == "test":
                    branches = self.failing(block, op, before)
                at = self._touching.next(block, number + 1, current) if current else None
            follows = branches if branches is not None else self.graph.blocks[block].follows
            current = self._touching.leaving(block, current)
            return ((following, current) for following in follows if current)

        spread({_BEGIN: names}, onward, frozenset.union)
        return tuple(events[place] for place in sorted(events)), frozenset(held)

    def failing(self, block: int, op: Op, names: frozenset[str]) -> list[int]:
        """Return the blocks that follow a test of the value when the call failed."""
        follows = self.graph.blocks[block].follows
        if op.name == "switch" or len(follows) != 2 or not _alone(op, names):
            return list(follows)
        failing = failing_branch(op.expr)
        return [target for target, label in zip(follows, self.graph.blocks[block].labels, strict=True)
                if failing in {"both", label}]

    def outcome(self, place: Place) -> Outcome:
        """Return what becomes of the result of the call at `place`."""
        op = self.graph.blocks[place[0]].ops[place[1]]
        start = frozenset({op.value})
        events, held = self.follow(place, start)
        variable = next((name for name in self._assigned(place, op.value)), "")
        lost = self._overwritten(place, start) if variable else None
        if lost is not None:
            killer = lost[-1]
            return Outcome(use="overwritten", variable=variable, events=events,
                           note=f"'{variable}' is written again before anything reads it",
                           trail=[*((step, "path") for step in lost[:-1]), (killer, "overwritten here")])
        found = self._judge(events, held)
        found.events, found.held = events, held
        found.variable = variable
        if found.use == "discarded" and variable:
            found.use = "unread"
            found.note = found.note or f"nothing reads '{variable}' afterwards"
        if found.use == "void-cast" and variable:
            found.use, found.note = "unread", f"'{variable}' is only cast to void"
        return found

    def parameter_use(self, name: str) -> Use:
        """Return what the function does with its parameter `name`, as if it were a result."""
        events, held = self.follow((0, -1), frozenset({name}))
        return self._judge(events, held).use

    def _assigned(self, place: Place, value: str) -> list[str]:
        """Return the variable that takes the call's result, if one does."""
        here = self.graph.blocks[place[0]].ops
        for number in self._touching.of_block(place[0]).get(root(value), ()):
            op = here[number]
            if number <= place[1] or value not in op.reads:
                continue
            if op.kind == "assign":
                return [op.name]
            if op.kind in {"store", "return", "test"}:
                return []
        for block, there in enumerate(self.graph.blocks):
            for number in self._touching.of_block(block).get(root(value), ()):
                op = there.ops[number]
                if op.kind == "assign" and value in op.reads:
                    return [op.name]
        return []

    def _judge(self, events: tuple[Event, ...], held: frozenset[str]) -> Outcome:
        tests = [event for event in events if event.kind == "test"]
        for event in tests:
            reason = self._effect(event, held)
            if reason:
                return Outcome(use="handled", note=reason, trail=[(event.op, "tested")])
        by_kind: dict[str, Event] = {}
        for event in events:
            by_kind.setdefault(event.kind, event)
        if "return" in by_kind:
            return Outcome(use="returned", trail=[(e.op, "returned") for e in events if e.kind == "return"])
        for kind, text in (("argument", "handed on to {}()"), ("store", "stored in {}"),
                           ("cut", "what happens to it later is not in sight")):
            if kind in by_kind:
                event = by_kind[kind]
                note = text.format(event.detail)
                return Outcome(use="handled", note=note, trail=[(event.op, note)])
        reports = self._reports(tests)
        if "log" in by_kind or reports:
            seen = [(event.op, f"only {event.detail or 'a message'}") for event in events if event.kind == "log"]
            return Outcome(use="warn-only", note="a failure is reported and the code goes on",
                           trail=seen or [(op, f"only {op.name}") for op in reports])
        if tests:
            return Outcome(use="discarded", note="tested, but nothing depends on it",
                           trail=[(tests[0].op, "tested, nothing follows from it")])
        if "void" in by_kind:
            return Outcome(use="void-cast")
        return Outcome(use="discarded")

    # What a test decides

    def _region(self, block: int) -> frozenset[int]:
        """Return the blocks that run or not depending on the test at the end of `block`."""
        end = immediate(self.post, block) if self.post[block] else None
        return reachable(self.graph, self.graph.blocks[block].follows, without=end)

    def _effect(self, event: Event, held: frozenset[str]) -> str:
        """Return what depends on a test beyond messages, in a few words; empty when nothing does."""
        block = event.place[0]
        follows = self.graph.blocks[block].follows
        failing = self.failing(block, event.op, held)
        end = immediate(self.post, block) if self.post[block] else None
        sides = [("a failure", [target for target in follows if target in failing]),
                 ("only success", [target for target in follows if target not in failing])]
        for subject, targets in sides:
            for inside in sorted(reachable(self.graph, targets, without=end) - {block}):
                if inside == STOP and STOP in targets:
                    return f"{subject} stops the machine"
                reason = self._first_effect(inside, held)
                if reason:
                    return f"{subject} {reason}" if len(failing) < len(follows) else f"it decides: one branch {reason}"
        return "it decides whether a loop goes on" if block in self._region(block) else ""

    def _first_effect(self, block: int, held: frozenset[str]) -> str:
        """Return what the block does beyond messages; a call inside another call's arguments comes after that call."""
        quiet = self._quiet_values(block)
        ops = self.graph.blocks[block].ops
        taken = frozenset().union(*(reads for op in ops for reads in op.arguments))
        found = [(op.value in taken, reason) for number, op in enumerate(ops)
                 if (reason := self._acts(block, number, held, quiet))]
        return next((reason for inner, reason in found if not inner), found[0][1] if found else "")

    def _quiet_values(self, block: int) -> frozenset[str]:
        """Return the temporaries that only messages of the block read."""
        quiet: set[str] = set()
        for op in reversed(self.graph.blocks[block].ops):
            if op.kind == "call" and (is_report(op) or op.value in quiet):
                quiet.update(name for reads in op.arguments for name in reads if name.startswith("%"))
        return frozenset(quiet)

    def _acts(self, block: int, number: int, held: frozenset[str], quiet: frozenset[str]) -> str:
        op = self.graph.blocks[block].ops[number]
        match op.kind:
            case "call" if op.name in NO_RETURN or not (is_report(op) or op.name in TRANSPARENT or op.value in quiet):
                return f"calls {op.name}()"
            case "store" if not _hits(held, op.reads) and not _only_once_flag(op.name):
                return f"sets {op.name}"
            case "assign" if not _hits(held, op.reads) and not (op.name in held and op.zero):
                if op.name in self.read_elsewhere or op.name in after_op(self.graph, self.live, block, number):
                    return f"sets '{op.name}'"
            case "return" if op.expr is not None and not _hits(held, op.reads):
                return "returns from the function"
            case "cut":
                return "goes to code that the fragment does not show"
        return ""

    def _reports(self, tests: list[Event]) -> list[Op]:
        return [op for event in tests for block in sorted(self._region(event.place[0]))
                for op in self.graph.blocks[block].ops if is_report(op)]

    # Overwriting

    def _overwritten(self, place: Place, names: frozenset[str]) -> list[Op] | None:
        """Return the operations of a path on which the value is lost to another write, None when there is none.

        Paths that would need a test of unchanged local variables to come out both ways are not taken.
        """
        State = tuple[int, int, frozenset[str], Facts]
        first: State = (place[0], place[1] + 1, names, self._known.at(place[0]))
        search: Search[State, _Link | None] = Search([(first, None)], most=_MOST_STATES)
        for state, path in search:
            block, number, current, known = state
            ops = self.graph.blocks[block].ops
            stopped = False
            while (at := self._touching.next(block, number, current | words_of(known))) is not None:
                op, number = ops[at], at + 1
                after, kind, _ = self.step(op, current)
                if kind is not None and kind != "void":
                    stopped = True
                    break
                if op.kind == "assign":
                    known = frozenset(fact for fact in known if op.name not in fact[0].split())
                    if not after and current and op.name in after_op(self.graph, self.live, block, at):
                        return [*_tests(path), op]
                current = after
                if not current:
                    stopped = True
                    break
            if stopped:
                continue
            test = ops[-1] if ops and ops[-1].kind == "test" else None
            for following, label in zip(self.graph.blocks[block].follows, self.graph.blocks[block].labels, strict=True):
                facts = self._known.on(test, label, known)
                if facts is None or following == STOP:
                    continue
                search.add((following, 0, current, facts), (path, test) if test is not None else path)
        return None

def _settled(names: frozenset[str], reads: frozenset[str]) -> frozenset[str]:
    """Return the names without the temporaries that a reader has taken: a temporary is read once."""
    return frozenset(name for name in names if not (name.startswith("%") and name in reads))


def _alone(op: Op, names: frozenset[str]) -> bool:
    """Return whether a test depends on nothing but the value."""
    return all(read in names for read in op.reads) if op.reads else False


def _only_once_flag(name: str) -> bool:
    return any(word in name.lower() for word in ("warn", "once", "print", "report"))
