"""Whether a call can fail where it stands: what its function can meet there after what has happened before."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from reviewbot.arch import Fact
from reviewbot.cfacts import CallSite, FunctionFlow
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arguments import parameter_names
from reviewbot.checks.boundary import on_boundary
from reviewbot.checks.definitions import certain_symbols, fact_under, facts_at
from reviewbot.checks.history import history
from reviewbot.checks.in_pages import of_its_memory
from reviewbot.checks.lists import own_list
from reviewbot.checks.ranges import Before, assigned_names, range_of
from reviewbot.findings.types import Evidence
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Var, parse_condition
from reviewbot.patterns import regex
from reviewbot.text import as_returned, decode, line_at, squash
from reviewbot.values import dataclass

__all__ = ["Feasibility", "as_met", "feasibility", "only_by_mistake", "says_harmless", "takes_mistakes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feasibility:
    """Whether a call can fail on an architecture; for `cannot`, `why` ends the sentence "it cannot fail here: ...".

    `tied`: it can only fail where an earlier call on the same range has failed, and nobody has asked; `empty`: where
    its range is empty, and the function looks at the address first (`why` ends the sentence "it can only fail here
    where ..." for both). `trusted`: it cannot as long as its address lies on a page boundary, which nothing around the
    call shows.
    """

    arch: str
    answer: Literal["can", "tied", "empty", "cannot", "unknown"]
    why: str = ""
    evidence: tuple[Evidence, ...] = ()
    trusted: bool = False


_MOST_CALLERS = 8  # of a static function, that are asked what memory they hand it
_HUGE = "HAVE_ARCH_HUGE_VMALLOC"
_BY_RANGE = frozenset({"argument", "unaligned", "hole", "block", "split", "early", "empty"})
"""Causes that an earlier success on the same range rules out."""

_IN_PAGES = frozenset({"split", "block"})
"""Causes that a map of single pages rules out."""

_MISTAKES = frozenset({"argument", "unaligned", "hole"})
"""Causes that only a caller brings about who names what is not there."""

_WRONG = frozenset({"argument", "unaligned"})
"""Causes that only a caller brings about who names what is no range of pages."""

_EMPTY = "its range is empty: there the address is looked up before the number of pages is tested"


def feasibility(analysis: Analysis, side: Side, path: str, call: Call, arch: str, *,
                fact: Fact | None = None) -> Feasibility:
    """Return whether the call, in `path` at that moment, can fail on the architecture.

    `fact` is what the callee does there where the caller knows (the variant of one configuration).
    """
    if fact is None:
        fact = fact_under(analysis, side, arch, call.callee, certain_symbols(analysis, side, arch))
        if fact is None:
            return Feasibility(arch=arch, answer="unknown", why="nobody knows the function")
    if fact.status == "undeclared" or fact.may_fail is False:
        return Feasibility(arch=arch, answer="cannot", why=f"its {'stub' if fact.status == 'stub' else 'code'} returns "
                                                           "no error")
    if fact.may_fail is None:
        return Feasibility(arch=arch, answer="unknown", why="its code was not understood")
    left = _causes(fact)
    if not left:
        return Feasibility(arch=arch, answer="can")
    if only_by_mistake(fact):
        return Feasibility(arch=arch, answer="cannot", why="only a wrong argument (an empty, unaligned or wrapping "
                                                           "range) makes it fail", evidence=_reasons(analysis, fact),
                           trusted="unaligned" in left and not _is_on_boundary(analysis, side, path, call))
    for before in sorted(_history(analysis, side, path, call), key=lambda one: one.kind == "tied"):
        rest = left - _ruled_out(analysis, side, before, fact)
        if not rest <= _WRONG | {"empty"}:
            continue
        answer: Literal["tied", "empty", "cannot"] = \
            "tied" if before.kind == "tied" else "empty" if "empty" in rest else "cannot"
        seen = Evidence(kind="source", file=path, line=before.line, text=line_at(side.tree.read(path), before.line),
                        rev=side.tree.rev)
        return Feasibility(arch=arch, answer=answer, evidence=(seen,),
                           why=_EMPTY if answer == "empty" else _why(before, call, fact))
    return Feasibility(arch=arch, answer="can")


def only_by_mistake(fact: Fact, *, hole: bool = False) -> bool:
    """Return whether nothing but a wrong argument, or a `hole` where that counts, makes the function fail."""
    left = _causes(fact)
    return bool(left) and left <= (_MISTAKES if hole else _WRONG)


def takes_mistakes(fact: Fact) -> bool:
    """Return whether a wrong argument, an empty range or a hole in it, can make the function fail."""
    return not _causes(fact) or bool(_causes(fact) & (_MISTAKES | {"empty"}))


def _is_on_boundary(analysis: Analysis, side: Side, path: str, call: Call) -> bool:
    """Return whether the call is given the start of a page: by what its function shows, or what lies behind it."""
    known = analysis.family.get(call.callee)
    number = known.address_argument if known is not None else None
    if known is None or known.address == "page" or number is None or number >= len(call.arguments):
        return known is not None and known.address == "page"
    followed = analysis.reading.follow(side.tree, path, call)
    texts = followed[0].texts() if followed is not None else ()
    return on_boundary(call.arguments[number], texts) or any(
        before.kind != "tied" and not before.offset for before in _history(analysis, side, path, call))


def _causes(fact: Fact) -> frozenset[str]:
    """Return what can make the function fail; nothing when an error has no known cause, which nothing rules out."""
    known = dict(fact.causes)
    if any(name not in known for name, _ in fact.errnos) or not fact.errnos:
        return frozenset()
    return frozenset(cause for causes in known.values() for cause in causes) - {"never"}


def as_met(analysis: Analysis, side: Side, path: str, call: Call | None, fact: Fact, *, under: Cond = TRUE) -> Fact:
    """Return what the function does where the call stands: without what cannot come after what lies behind it.

    `under` is the condition under which it is called, and acts; without a `call` nothing is known to lie behind it.
    Wrong arguments and unmapped addresses are left out where another error can come. Where nothing is left to split
    nothing is said to be split; with no errors left the function can still fail, and it is not known how.
    """
    gone = _IN_PAGES if fact.alias == "linear" and _in_pages(analysis, fact.arch, under) else frozenset[str]()
    for before in _history(analysis, side, path, call) if call else ():
        if before.kind != "tied":
            gone |= _ruled_out(analysis, side, before, fact)
    if "split" in gone and fact.splits in {"yes", "cannot"}:
        fact = replace(fact, splits="no", sleeps=fact.sleeps and not fact.sleeps_to_split)
    left = fact.possible_errnos(gone | _MISTAKES)
    lost = tuple(name for name in fact.drops if not _cannot_fail(analysis, side, fact.arch, name, gone))
    return replace(fact, errnos=tuple(entry for entry in fact.errnos if entry[0] in left), drops=lost, causes=tuple(
        (name, tuple(word for word in words if word not in gone)) for name, words in fact.causes if name in left))


def _in_pages(analysis: Analysis, arch: str, under: Cond) -> bool:
    """Return whether the direct map is made of pages wherever this condition on the running kernel holds."""
    under = under.replace(_plainly)
    for runtime in analysis.model.runtimes(arch, analysis.version):
        if runtime.name == "direct_map_of_pages":
            holds = parse_condition(runtime.holds).replace(_asked)
            return holds == TRUE or And(under, Not(holds)) == FALSE
    return False


def _asked(name: str) -> Cond:
    """Return a name of the model as code asks for it: `rodata_full`, `can_set_direct_map()`."""
    return Var(f"{name}()" if name.endswith(("_enabled", "_map")) else name)


def _plainly(atom: str) -> Cond | None:
    """Return a question that asks a static key as the one that it stands for: `debug_pagealloc_enabled_static()`."""
    return Var(f"{atom.removesuffix('_static()')}()") if atom.endswith("_static()") else None


def _cannot_fail(analysis: Analysis, side: Side, arch: str, name: str, gone: frozenset[str]) -> bool:
    """Return whether nothing makes this inner call fail here; what is not known may."""
    known = facts_at(analysis, side, arch, name) if name.isidentifier() else ()
    return bool(known) and all(fact.is_real and fact.may_fail is not None
                               and not fact.possible_errnos(gone | _MISTAKES) for fact in known)


def _history(analysis: Analysis, side: Side, path: str, call: Call) -> tuple[Before, ...]:
    """Return what lies behind the call, asked once for all architectures."""
    key = (id(side.tree), path, call.span.line, call.callee)
    if key not in analysis.histories:
        followed = analysis.reading.follow(side.tree, path, call) or _by_a_parameter(analysis, side, path, call)
        data = side.tree.read(path) or b""
        found = history(*followed, analysis.family, side.facts.get(path),
                        data=data, known=analysis.reading.known_ranges(path, data)) if followed else ()
        if followed and not any(one.kind in {"paged", "area"} for one in found):
            found += _of_all_callers(analysis, side, path, call, *followed)
        # The tree is kept with its answer, so that no other tree can get its id.
        analysis.histories[key] = (side.tree, found)
    return analysis.histories[key][1]


def _of_all_callers(analysis: Analysis, side: Side, path: str, call: Call, flow: FunctionFlow, site: CallSite
                    ) -> tuple[Before, ...]:
    """Return what the memory of a call is known to be by each call of the static function that is handed it: mapped in
    single pages; nothing where not all of these are in sight, or one shows nothing of the kind."""
    facts, known = side.facts.get(path), analysis.family.get(call.callee)
    own = [one for one in (facts.functions if facts else ()) if one.name == call.function and one.static]
    function = own[0] if own else None
    if facts is None or function is None or known is None or known.address_argument is None \
            or known.address_argument >= len(site.arguments):
        return ()
    memory, names = flow.object_in(site.arguments[known.address_argument]), parameter_names(function)
    calls = [one for one in facts.calls if one.callee == function.name and one.function != function.name]
    if memory not in names or assigned_names(flow, memory) or not 0 < len(calls) <= _MOST_CALLERS or any(
            mention.kind in {"escape", "macro"} for mention in facts.mentions if mention.name == function.name):
        return ()
    given = replace(known, address_argument=names.index(memory), count_argument=None)
    data = side.tree.read(path) or b""
    found: list[Before] = []
    for one in calls:
        followed = analysis.reading.follow(side.tree, path, one)
        here = range_of(*followed, given) if followed else None
        paged = [] if followed is None or here is None else [
            before for before in of_its_memory(*followed, given, here, facts, data,
                                               analysis.reading.known_ranges(path, data))
            if before.kind == "paged" and not before.empty]
        if not paged:
            return ()
        found.append(paged[0])
    return (replace(found[0], offset=any(one.offset for one in found)),)


def _by_a_parameter(analysis: Analysis, side: Side, path: str, call: Call) -> tuple[FunctionFlow, CallSite] | None:
    """Return the paths around a call that its function makes through a parameter, and the call as one of what the
    parameter is; None where the line does not show which one it is."""
    flow = analysis.reading.flow(side.tree, path, call.function, call.span.line)
    found = [site for site in flow.calls() if site.line == call.span.line] if flow is not None else []
    return (flow, replace(found[0], callee=call.callee)) if flow is not None and len(found) == 1 else None


def _ruled_out(analysis: Analysis, side: Side, before: Before, fact: Fact) -> frozenset[str]:
    """Return the causes that cannot come any more behind what was before."""
    if before.kind == "area" and _may_be_huge(analysis, side, fact.arch):
        return frozenset()
    if before.kind in {"paged", "area"}:
        # Where it changes other mappings as well, these may be large and have to be split.
        alone = _leaves_others(fact) or _is_as_wanted(before, fact.arch)
        foreign = {"area"} if before.kind == "paged" and own_list("mapped_in_pages").get(before.callee) else set()
        gone = (_BY_RANGE if alone else _MISTAKES | {"empty"}) | {"area"} - foreign
        return gone - {"empty"} if before.empty else gone
    earlier = next((one for one in facts_at(analysis, side, fact.arch, before.callee) if one.is_real), None)
    if earlier is None or earlier.returns != "int":
        return frozenset()
    if earlier.alias not in {fact.alias, "both"} and fact.alias != "vmalloc":
        return frozenset()  # the earlier call left the other mappings of the range alone
    gone = _BY_RANGE
    if before.kind == "back" or any("area" in causes for _, causes in earlier.causes):
        gone |= {"area"}
    return gone


def _leaves_others(fact: Fact) -> bool:
    """Return whether the function changes the mapping that it is given alone, or has nothing to split elsewhere."""
    return fact.alias == "vmalloc" or not any("split" in causes for _, causes in fact.causes)


def _is_as_wanted(before: Before, arch: str) -> bool:
    """Return whether the direct map has what the call gives back, or has it taken away page by page.

    Single pages have their part of the direct map changed one by one, and so split; what nobody has changed needs none
    where the architecture looks at what a leaf is already.
    """
    return before.restores and arch in own_list("leaves_alike")


def _may_be_huge(analysis: Analysis, side: Side, arch: str) -> bool:
    """Return whether vmalloc may map large leaves there: never before it could at all."""
    data = side.tree.read("arch/Kconfig")
    if data is not None and _HUGE.encode() not in data and _HUGE not in analysis.reach.words:
        return False
    return not analysis.reach.never(Var(f"CONFIG_{_HUGE}"), arch)


def _why(before: Before, call: Call, fact: Fact) -> str:
    where = "" if before.function == call.function else f" in {before.function}()"
    alone = "the call changes only that mapping" if fact.alias == "vmalloc" else \
        "nothing else that the call changes is split"
    match before.kind:
        case "again":
            return f"{before.callee}() has succeeded on the same range before{where}, so nothing is left to split"
        case "back":
            return f"it gives back just what {before.callee}() has changed{where}, which is split off already"
        case "tied":
            return f"{before.callee}() on the same range has failed before{where}"
        case "paged" if before.restores and not _leaves_others(fact):
            memory = f"the memory of a {before.callee}" if before.callee.startswith("struct ") else \
                f"the memory of {before.callee}()"
            return f"{memory} is mapped in single pages, and only single pages of the direct map lack what it restores"
        case "paged" if before.callee.startswith("struct "):
            return f"the memory of a {before.callee} is mapped in single pages, and {alone}"
        case "paged":
            return f"{before.callee}() maps its memory in single pages, and {alone}"
        case "area":
            return f"the memory of vmalloc is mapped in single pages there, and {alone}"


def _reasons(analysis: Analysis, fact: Fact) -> tuple[Evidence, ...]:
    return tuple(Evidence(kind="model", file=fact.defined_in.split(":")[0], line=0,
                          text=f"on {fact.arch} only {as_returned(name)}: {reason}",
                          rev=f"model {analysis.version}") for name, reason in fact.errnos[:2])


_HARMLESS = regex(
    r"(?:can(?:not|'?t| not)|could(?:n't| not)|never|won'?t|will (?:not|never)|must (?:not|never)"
    r"|should(?:n't| not| never)|unable to|not expected to) (?:\w+ ){0,2}fail|(?:already|is|are|was|were) split"
    r"|(?:nothing|no need|needn't|not) (?:is |left )*(?:to )?split"
    r"|(?:needs?|requires?|allocates?) no (?:memory|split|allocation)"
    r"|(?:does|do|need|will) ?(?:not|n't) (?:need to |have to )?(?:split|allocate)"
    r"|already mapped (?:at|as|in|with) ",
    re.IGNORECASE)


def says_harmless(side: Side, path: str, call: Call, rev: str) -> Evidence | None:
    """Return the comment above or beside the call that says it cannot fail, None when there is none."""
    lines = decode(side.tree.read(path) or b"").splitlines()
    first, last = call.span.line, min(call.span.end_line, len(lines))
    beside = [(number, lines[number - 1]) for number in range(first, last + 1) if "/*" in lines[number - 1]
              or "//" in lines[number - 1]]
    above = []
    for number in range(first - 1, 0, -1):
        text = lines[number - 1].strip()
        if not (text.startswith(("/*", "*", "//")) or text.endswith("*/")):
            break
        above.append((number, text))
        if text.startswith("/*"):
            break
    block = sorted(above)
    for found in (block, beside):
        text = squash(" ".join(re.sub(r"^\s*(?:/\*+|\*+/?|//)|\*/\s*$", "", line.strip()) for _, line in found)) \
            if found is block else squash(" ".join(line[max(line.find("/*"), line.find("//")):] for _, line in found))
        if found and _HARMLESS.search(text):
            return Evidence(kind="patch", file=path, line=found[0][0], text=text.strip("/* "), rev=rev)
    return None
