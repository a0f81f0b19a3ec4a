"""What a function of the family is on one architecture: where it is defined, when it acts, what it does there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from reviewbot.arch import Fact
from reviewbot.arch.bodies import bodies_of
from reviewbot.arch.derive import does_work
from reviewbot.arch.refresh import refresh
from reviewbot.cfacts.types import Call, FileFacts, Function
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.gated_headers import is_gated
from reviewbot.checks.leaves import global_part
from reviewbot.checks.made_facts import (
    UNDEFINED,
    condition_of,
    fact_of_code,
    facts_in_hunks,
    facts_in_tree,
    nowhere_defined,
)
from reviewbot.checks.pasted import made_beside, pasted_in
from reviewbot.checks.predicates import expanded
from reviewbot.errors import UsageError
from reviewbot.findings.types import ArchRow, Evidence
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Ternary
from reviewbot.patterns import regex
from reviewbot.source.types import Tree
from reviewbot.text import decode, squash
from reviewbot.values import dataclass

__all__ = [
    "UNTOLD",
    "Place",
    "arch_row",
    "called_instead",
    "certain_symbols",
    "chosen_by",
    "current_fact",
    "definition_of",
    "describe",
    "does_nothing_when",
    "does_what",
    "fact_at",
    "fact_under",
    "facts_at",
    "facts_of",
    "possible_facts",
    "what_is_hidden",
    "when_it_acts",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is defined in a tree; `text` is the source line. `line` 0: the file is known, the line is not."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Return `file:line`, or the file alone."""
        return f"{self.file}:{self.line}" if self.line else self.file


UNTOLD = "does what is not known in detail"
"""What is said of a function of whose work nothing is known."""

_COMPARED = regex(r"\(?([A-Za-z_]\w* [<>]=? [A-Za-z_]\w*)\)?")
_RETURNED = regex(r"returns (-?\w+)")
_AT_ONCE = frozenset({"argument", "unaligned", "area", "early"})
"""Causes for which a function refuses before it has changed anything."""

_DEEPEST = 2
_STATEMENTS = frozenset({"discarded", "void-cast", "void-callee"})


def certain_symbols(analysis: Analysis, side: Side, arch: str) -> Mapping[str, bool]:
    """Return the Kconfig symbols that are certain on the architecture, from the tree or, without one, the model."""
    return analysis.reach.certain(side.tree, arch)


def facts_of(analysis: Analysis, arch: str, symbol: str) -> tuple[Fact, ...]:
    """Return what the model knows of the symbol on the architecture in this release, the ordinary variant first.

    A function that the series itself brings is answered for by the first later release that has it. `facts_at` is what
    holds at a moment of the series.
    """
    try:
        facts = analysis.model.fact(arch, symbol, analysis.version)
        if (not facts or facts[0].status == "undeclared") and symbol in analysis.brought:
            later = (analysis.model.fact(arch, symbol, release) for release in analysis.model.releases
                     if release > analysis.version)
            facts = next((found for found in later if found and found[0].status != "undeclared"), facts)
    except UsageError:
        return ()
    return facts


def facts_at(analysis: Analysis, side: Side, arch: str, symbol: str) -> tuple[Fact, ...]:
    """Return what the symbol is and does on the architecture at this moment, the ordinary variant first.

    What the series defines, declares or changes is read from its code, whatever releases have; the rest the model
    knows, brought up to the code as it stands. () when neither tells anything.
    """
    key = (id(side.tree), arch, symbol)
    if key not in analysis.facts_now:
        # The tree is kept with its answer, so that no other tree can get its id.
        found = _facts_at(analysis, side, arch, symbol)
        header = pasted_in(side.tree, arch, symbol) if any(fact.status == "undeclared" for fact in found) else ""
        beside = made_beside(side.tree, header, symbol) if header else ""
        if beside in analysis.primitives and beside != symbol:  # one line makes both, of the same function
            found = tuple(replace(fact, symbol=symbol) for fact in facts_at(analysis, side, arch, beside))
        elif header:  # there is such a function, and nobody has read it
            found = tuple(replace(fact, status="real", may_fail=None, defined_in=header, notes="")
                          if fact.status == "undeclared" else fact for fact in found)
        analysis.facts_now[key] = (side.tree, found)
    return analysis.facts_now[key][1]


def _facts_at(analysis: Analysis, side: Side, arch: str, symbol: str) -> tuple[Fact, ...]:
    moment = analysis.moment_of(side.tree)
    own = [one for one in analysis.redefined.get(symbol, ()) if moment is not None and one.position < moment
           and one.arch in {"", arch}]
    gated = moment is not None and is_gated(analysis, moment, arch, symbol)
    if not gated and all(one.body for one in own):
        stored = _in_model(analysis, arch, symbol)
        if stored or moment is None or not _can_resolve(side.tree, arch):
            return tuple(current_fact(analysis, side, fact) for fact in stored)
    stored = tuple(current_fact(analysis, side, fact) for fact in _in_model(analysis, arch, symbol))
    if moment is not None and _can_resolve(side.tree, arch) and not any(one.fragment for one in own):
        return facts_in_tree(analysis, side, moment, arch, symbol, stored=stored,
                             changed=frozenset(one.path for one in own))
    return facts_in_hunks(analysis, arch, symbol, tuple(one for one in own if one.fragment), stored)


def _can_resolve(tree: Tree, arch: str) -> bool:
    """Return whether the tree itself says what an architecture gets for a name."""
    return tree.kind != "none" and tree.exists("Kconfig") and tree.exists(f"arch/{arch}/Kconfig")


def _in_model(analysis: Analysis, arch: str, symbol: str) -> tuple[Fact, ...]:
    try:
        return analysis.model.fact(arch, symbol, analysis.version)
    except UsageError:
        return ()


def fact_at(analysis: Analysis, side: Side, arch: str, symbol: str, place: Place) -> Fact:
    """Return what the definition at that place is and does, whether or not some configuration chooses it."""
    for fact in facts_at(analysis, side, arch, symbol):
        file, _, line = fact.defined_in.partition(":")
        if file == place.file and fact.is_real and line in {"", str(place.line)}:
            return fact
    return fact_of_code(analysis, side, arch, symbol, str(place))


def fact_under(analysis: Analysis, side: Side, arch: str, symbol: str, values: Mapping[str, bool]) -> Fact | None:
    """Return the variant that the configuration `values` selects at this moment, None when nobody knows the symbol."""
    open_variant = None
    for fact in facts_at(analysis, side, arch, symbol):
        answer = condition_of(fact).evaluate(values)
        if answer is Ternary.YES:
            return fact
        if answer is Ternary.UNKNOWN and open_variant is None:
            open_variant = fact
    return open_variant


def possible_facts(analysis: Analysis, side: Side, arch: str, symbol: str) -> tuple[Fact, ...]:
    """Return the variants of the symbol that some configuration of the architecture may select in this tree."""
    values = certain_symbols(analysis, side, arch)
    return tuple(fact for fact in facts_at(analysis, side, arch, symbol)
                 if condition_of(fact).evaluate(values) is not Ternary.NO)


def chosen_by(analysis: Analysis, side: Side, arch: str, symbol: str) -> frozenset[str]:
    """Return the options between two bodies that the architecture has for the symbol: 32-bit and 64-bit, an MMU each.

    What leaves it with one body or none is no choice.
    """
    bodies = [fact for fact in possible_facts(analysis, side, arch, symbol)
              if fact.status == "real" and own_arch(fact.defined_in) == arch]
    if len({fact.defined_in.split(":")[0] for fact in bodies}) < 2:
        return frozenset()
    asked = [condition_of(fact).variables() for fact in bodies]
    return frozenset().union(*asked) - frozenset.intersection(*map(frozenset, asked))


def definition_of(analysis: Analysis, side: Side, symbol: str, fact: Fact | None) -> Place | None:
    """Return where the symbol is defined at this moment: as the model says, else in a file the series touches."""
    paths = [fact.defined_in.split(":")[0]] if fact and fact.defined_in else []
    arch = fact.arch if fact else ""
    paths += [path for path in side.facts if own_arch(path) in {"", arch}]
    for path in dict.fromkeys(paths):
        line = _definition_line(analysis, analysis.read(side, path), symbol)
        if line:
            lines = _lines_of(side.tree.read(path) or b"")
            return Place(file=path, line=line, text=squash(lines[line - 1]) if line <= len(lines) else "")
    if fact and fact.defined_in:
        return Place(file=fact.defined_in.split(":")[0], line=0, text="")
    return None


@lru_cache(maxsize=64)
def _lines_of(data: bytes) -> tuple[str, ...]:
    return tuple(decode(data).splitlines())


def _definition_line(analysis: Analysis, facts: FileFacts | None, symbol: str) -> int:
    """Return the line of the function, else of the macro, else of the declaration; 0 when there is none of them."""
    if facts is None:
        return 0
    key = (id(facts), symbol)
    if key not in analysis.defining:
        lines = [function.span.line for function in facts.functions if function.name == symbol]
        lines += [macro.line for macro in facts.macros if macro.name == symbol]
        lines += [m.line for m in facts.mentions if m.name == symbol and m.kind in {"macro", "declaration"}]
        analysis.defining[key] = facts, lines[0] if lines else 0
    return analysis.defining[key][1]


def when_it_acts(analysis: Analysis, side: Side, place: Place | None, symbol: str, fact: Fact | None) -> Cond:
    """Return under which C conditions the definition does any work at all, read from its code; TRUE if unguarded.

    Questions that the series adds or changes stand in it with what they ask.
    """
    return _acting(analysis, side, place, symbol, fact)[0]


def called_instead(analysis: Analysis, side: Side, place: Place | None, symbol: str, fact: Fact | None
                   ) -> tuple[str, ...]:
    """Return what the definition calls where it does not act: `hash_map()` when nothing of the family is called; with
    an empty name last where it calls nothing in part of these cases."""
    acts, function, working = _acting(analysis, side, place, symbol, fact)
    if acts == TRUE or place is None or function is None:
        return ()
    every = analysis.reading.facts(side.tree, place.file, dict.fromkeys(function.calls_all, ""))
    facts = analysis.read(side, place.file)
    if every is None or facts is None:
        return ()
    scope = Side(tree=side.tree, facts={place.file: facts}, wrappers={})
    asked = _asked_in([call for call in (*every.calls, *working) if call.function == symbol])
    found: dict[str, Cond] = {}
    for call in every.calls:
        inside = call.function == symbol and function.span.line <= call.span.line <= function.span.end_line
        if not inside or call.callee in asked or call.callee == symbol or call.callee in {w.callee for w in working} \
                or not does_work(call):
            continue
        reached = And(call.path_condition, *(global_part(guard.condition, function, scope)
                                             for guard in call.guards))
        if reached == TRUE and call.use not in _STATEMENTS:
            continue  # a value that is made in any case
        reached = expanded(analysis, side, reached, own_arch(place.file), place.file)
        if And(reached, Not(acts)) != FALSE:
            found[call.callee] = Or(found.get(call.callee, FALSE), reached)
    idle = found and And(Not(acts), Not(Or(*found.values()))) != FALSE
    return (*found, "") if idle else tuple(found)


def _acting(analysis: Analysis, side: Side, place: Place | None, symbol: str, fact: Fact | None, depth: int = 0
            ) -> tuple[Cond, Function | None, tuple[Call, ...]]:
    """Return when the definition acts, the function that it is, and the calls that are its work."""
    facts = analysis.read(side, place.file) if place and place.line else None
    those = [f for f in facts.functions if f.name == symbol] if facts else []
    function = next((f for f in those if place and f.span.line <= place.line <= f.span.end_line),
                    those[0] if those else None)
    if place is None or facts is None or function is None:
        return TRUE, None, ()
    if analysis.returns(symbol) == "bool":
        return TRUE, function, ()  # a question does not act
    workers = {fact.calls} if fact and fact.calls else set()
    here = [call for call in facts.calls if call.function == symbol
            and function.span.line <= call.span.line <= function.span.end_line]
    working = [call for call in here if call.callee in workers or analysis.returns(call.callee) in {"int", "void"}]
    scope = Side(tree=side.tree, facts={place.file: facts}, wrappers={})
    arch = own_arch(place.file) or (fact.arch if fact else "")
    shown = _shown_exits(analysis, side, place, function, scope) if not working else TRUE
    if shown != TRUE:
        return expanded(analysis, side, shown, arch, place.file), None, ()
    if not working or depth:  # no worker that we know: the last call is what the function is about
        every = analysis.reading.facts(side.tree, place.file, dict.fromkeys(function.calls_all, ""))
        working = [call for call in every.calls if call.function == symbol and does_work(call)] if every else []
        # A worker may have one way for each platform; what its tests ask is no work.
        working = [call for call in working if call.callee not in _asked_in(working)] if depth else working[-1:]
    acts = Or(*(And(*(global_part(guard.condition, function, scope) for guard in call.guards)) for call in working))
    if acts == TRUE and len(working) == 1 and working[0].callee in workers and depth < _DEEPEST:
        inner = next((f for f in facts.functions if f.name == working[0].callee and f.static), None)
        if inner is not None:  # all that it does is done by this one
            within = Place(file=place.file, line=inner.span.line, text="")
            return _acting(analysis, side, within, inner.name, None, depth + 1)[0], function, tuple(working)
    return expanded(analysis, side, acts, arch, place.file) if working else TRUE, function, tuple(working)


def _asked_in(calls: list[Call]) -> set[str]:
    """Return the functions that the tests in front of the calls ask."""
    return {name for call in calls for guard in call.guards for atom in guard.condition.variables()
            for name in re.findall(r"(\w+)\(", atom)}


def _shown_exits(analysis: Analysis, side: Side, place: Place, function: Function, scope: Side) -> Cond:
    """Return what the early exits let through of a function of which hunks show the head and not all; else TRUE."""
    data = side.tree.read(place.file) or b""
    lines = _lines_of(data)
    ends = [last for first, last in analysis.reading.known_ranges(place.file, data)
            if first <= function.span.line <= last and "}" not in lines[function.span.line - 1:last]]
    if not ends:
        return TRUE
    bodies = [body for body in bodies_of(place.file, data).get(function.name)
              if body.function.span.line == function.span.line]
    return And(*(global_part(Not(one.condition), function, scope) for body in bodies for one in body.exits
                 if one.line <= ends[0] and lines[one.line - 1].startswith("\tif")))


def current_fact(analysis: Analysis, side: Side, fact: Fact) -> Fact:
    """Return the fact as the code stands at this moment: a series that changes its function makes it stale.

    Only whole files are derived from; where a file is known in fragments the stored fact stands.
    """
    path = fact.defined_in.split(":")[0]
    touched = [file for state in analysis.patched.states for file in state.files if file.path == path]
    start = analysis.sides[0].tree
    if fact.status != "real" or not touched or any(not f.whole for f in touched):
        return fact
    if start.content_id(path) == side.tree.content_id(path):
        return fact
    before, after = analysis.reading.derived(start, fact), analysis.reading.derived(side.tree, fact)
    if before is None or after is None:
        return fact
    return refresh(fact, before, after, hidden=nowhere_defined(analysis, set(after.unread) - set(before.unread)))


def arch_row(analysis: Analysis, side: Side, arch: str, symbol: str, fact: Fact | None = None) -> ArchRow | None:
    """Return the row of a finding's architecture table for the symbol, or None when nothing is known.

    It speaks of the given variant, else of the one that an ordinary configuration selects.
    """
    fact = fact or fact_under(analysis, side, arch, symbol, certain_symbols(analysis, side, arch))
    if fact is None:
        return None
    place = definition_of(analysis, side, symbol, fact) if fact.is_real else None
    acts = when_it_acts(analysis, side, place, symbol, fact)
    evidence = [Evidence(kind="model", file=anchor.file, line=0, text=squash(anchor.has or anchor.function),
                         rev=f"model {analysis.version}") for anchor in fact.anchors[:2]]
    if place and place.line:
        evidence.insert(0, Evidence(kind="source", file=place.file, line=place.line, text=place.text,
                                    rev=side.tree.rev))
    does = describe(fact, acts, instead=called_instead(analysis, side, place, symbol, fact))
    return ArchRow(arch=arch, status=fact.status, does=does, may_fail=bool(fact.may_fail),
                   errnos=() if fact.assumed else fact.possible_errnos(), splits=fact.splits, flushes=fact.flushes,
                   sleeps=fact.sleeps, evidence=tuple(evidence))


def _otherwise(acts: Cond, instead: tuple[str, ...]) -> str:
    """Return what a function does when it does not act: `does nothing when X`, `calls hash_map() when X`."""
    calls = " and ".join(f"{name}()" for name in instead if name) + (" or nothing" if "" in instead else "")
    return f"calls {calls} when {_without_modules(Not(acts))}" if instead else does_nothing_when(acts)


def does_nothing_when(acts: Cond) -> str:
    """Return the clause for a function that acts under a condition alone: `does nothing when X`."""
    return f"does nothing when {_without_modules(Not(acts))}"


def _without_modules(condition: Cond) -> Cond:
    """Return the condition for a reader: `IS_ENABLED(CONFIG_X)` is CONFIG_X, of whichever kind the option is."""
    names = condition.variables()
    twice = {f"{name}_MODULE" for name in names if f"{name}_MODULE" in names}
    return condition.replace(lambda name: FALSE if name in twice else None)


def _by_address(fact: Fact) -> str:
    """Return the comparisons with a named border by which the code returns at once, `addr < lowest`; empty for none."""
    found = (_COMPARED.fullmatch(text) for text in fact.noop_when)
    return " || ".join(one[1] for one in found if one)


def what_is_hidden(fact: Fact) -> str:
    """Return the clause about called functions that nobody has: `what a() and b() do is not known`; empty for none."""
    names = " and ".join(f"{name}()" for name in fact.hidden[:2]) + (
        f" and {len(fact.hidden) - 2} more" if len(fact.hidden) > 2 else "")
    return f"what {names} {'does' if len(fact.hidden) == 1 else 'do'} is not known" if fact.hidden else ""


def describe(fact: Fact, acts: Cond = TRUE, *, prose: bool = True, instead: tuple[str, ...] = (),
             perhaps: str = "not known") -> str:
    """Return in a few words what the function does there: `splits a large leaf if it must, flushes, may sleep`.

    `acts` is when it acts, read from its code, and `instead` what it calls otherwise; where that says nothing the
    model's words do, unless `prose` is false: then only a function that never does anything is said so. `perhaps` says
    what is known of a failure that is not sure to be one.
    """
    return ", ".join(does_what(fact, acts, prose=prose, instead=instead, perhaps=perhaps)) or UNTOLD


def _on_mappings(fact: Fact) -> list[str]:
    """Return what it does to large leaves and to the TLB; what changes no mapping leaves nothing to flush."""
    if fact.does:
        return [fact.does]
    if fact.alias == "none" and fact.splits == "no" and not fact.flushes:
        return ["changes no mapping"]
    splits = {"yes": "splits a large leaf if it must", "cannot": "cannot split a large leaf",
              "no": "never has to split"}
    words = [splits[fact.splits]] if fact.splits in splits else []
    if fact.flushes is not None:
        how = "flushes in some cases" if fact.flushes_sometimes else "flushes"
        words.append(how if fact.flushes else "leaves the flush to the caller")
    return words


def _refuses_at_once(fact: Fact) -> bool:
    """Return whether all that can fail fails before anything is changed."""
    causes = dict(fact.causes)
    left = fact.possible_errnos()
    return bool(left) and all(name in causes and set(causes[name]) - {"never"} <= _AT_ONCE for name in left)


def does_what(fact: Fact, acts: Cond = TRUE, *, prose: bool = False, instead: tuple[str, ...] = (),
              perhaps: str = "not known") -> tuple[str, ...]:
    """Return the same as separate clauses, () for a function of which nothing special is known."""
    if fact.status == "stub":
        given = _RETURNED.fullmatch(fact.notes)
        value = given[1] if given else "0" if fact.returns == "int" else ""
        return ("does nothing" + (f" and returns {value}" if value else ""),)
    if fact.status == "undeclared":
        return ("is declared but defined nowhere there" if fact.notes == UNDEFINED else "is not declared there",)
    if fact.returns == "bool" and not fact.flushes and fact.alias in {"none", "unknown"}:
        return ("only asks",)
    never = acts == TRUE and bool(fact.noop_when) and fact.noop_when[0].startswith("always")
    words = [] if never else _on_mappings(fact)
    if fact.boot:
        words.append("is for boot alone (__init)")
    if fact.sleeps:
        words.append("may sleep")
    if fact.partial_on_failure and not _refuses_at_once(fact):
        words.append("may leave part of the range changed")
    if acts != TRUE:
        words.append(_otherwise(acts, instead))
    elif never:
        words.append(f"does nothing at all ({fact.noop_when[0].partition(': ')[2]})")
    elif fact.noop_when and prose:
        words.append(f"does nothing when {fact.noop_when[0]}")
    elif fact.read_from == "code" and not prose and (below := _by_address(fact)):
        words.append(f"does nothing when {below}")
    if fact.may_fail is None:
        words.append(f"may perhaps fail ({perhaps})")
    if fact.hidden:
        words.append(what_is_hidden(fact))
    return tuple(words)
