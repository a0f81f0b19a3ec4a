"""Results that a patch's new calls drop or follow untested, while nearly all other callers look at them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.lexer import lines_in
from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.vocabulary import LOCKS, PLAIN, is_reporter
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, calls_in
from reviewbot.contracts.pairs import gives_back
from reviewbot.contracts.results import Treatment, hook_of, treatments
from reviewbot.contracts.types import Hit
from reviewbot.source.types import Tree
from reviewbot.values import dataclass

__all__ = ["Candidate", "candidates", "returning_nothing", "unlike_callers"]

_LOCKING = frozenset(name for pair in LOCKS for name in pair)
_WORDS = 2  # underscores in the name of a member, for it to be one of a single table
_BESIDE = ("__", "trace_", "pr_", "dev_", "lockdep_", "seq_", "flush_", "kasan_", "kmsan_", "assert")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A new call whose result goes unseen: whether that is wrong is for the other callers to say."""

    outline: Outline
    treatment: Treatment


def candidates(old: Outline | None, new: Outline, added: frozenset[int]) -> Iterator[Candidate]:
    """Yield the calls on added lines that drop their result and that the function did not make so before."""
    words = set(new.name.lower().split("_"))
    if words & known_frees().words["teardown"]:
        return
    known = {one.callee for one in treatments(old)} if old is not None else set()
    label = next((number for number, step in enumerate(new.steps) if step.kind == "label"), len(new.steps))
    leaving = _leaving(new)
    for one in (*treatments(new), *_through_members(old, new)):
        if one.line not in added or one.callee in known or one.step > label:
            continue
        step = new.steps[one.step]
        if not _is_worth_asking(one.callee) or (step.where or (0,))[-1] in leaving:
            continue
        alone = step.kind == "do" and step.expr is one.call
        kept = step.kind in {"do", "declare"} and (one.target in new.locals or one.fate == "told")
        if (one.fate == "dropped" and (alone or kept)) or (
                one.fate == "told" and kept and "int" in new.returns.split()):
            yield Candidate(new, one)


def _through_members(old: Outline | None, new: Outline) -> list[Treatment]:
    """Return the calls through members that the function did not make before, of members whose name tells them apart.
    """
    was, now = (frozenset(hook_of(call) for step in (one.steps if one is not None else ())
                          for call in calls_in(step.expr) if not call.name) for one in (old, new))
    wanted = frozenset(name for name in now - was if name.count("_") >= _WORDS)
    return treatments(new, wanted) if wanted else []


def _leaving(outline: Outline) -> frozenset[int]:
    """Return the branches that leave: a step there takes something back, or tries to."""
    return frozenset(branch.block for one in outline.steps if not one.loop for branch in one.branches
                     if branch.leaves in {"return", "goto"})


def _is_worth_asking(name: str) -> bool:
    if name.startswith("->"):
        return True
    if {"emit", "printf", "snprintf", "scnprintf", "sprintf"} & {*name.split("_")}:
        return False
    return not (name in PLAIN or name in _LOCKING or gives_back(name) or is_conversion(name) or name.isupper()
                or is_reporter(name, has_text=True) or name.startswith(_BESIDE))


def returning_nothing(tree: Tree, names: frozenset[str], folder: str) -> frozenset[str]:
    """Return those of the names that a header, or a file of the folder, declares as void, or as a macro."""
    arch = re.match(r"arch/\w+/", folder)
    below = tuple(dict.fromkeys(("include/", *((arch[0],) if arch else ()), folder)))
    found = set()
    pattern = re.compile(rb"^(?:(?:static|extern|inline|__always_inline|asmlinkage|__init|noinline|notrace)\s+)*void\s+"
                         rb"(?:__\w+\s+)*(\w+)\s*\(|^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)
    plain = sorted(name for name in names if not name.startswith("->"))
    for path in tree.search(plain, prefixes=below) if plain else ():
        data = tree.read(path) or b""
        found |= {name for hit in pattern.finditer(data) if (name := (hit[1] or hit[2]).decode("latin-1")) in names}
    return frozenset(found)


def unlike_callers(candidate: Candidate, teacher: Teacher) -> Hit | None:
    """Return what there is to ask about the call, None where most callers do as it does, or too few are known."""
    one, outline = candidate.treatment, candidate.outline
    contract = teacher.contract(one.callee)
    if contract is None or contract.is_void or not contract.defined or not (
            contract.is_minded_by_nearly_all or (one.callee.startswith("->") and contract.fails_and_is_minded)):
        return None
    first = next((way.places[0] for way in contract.ways if way.how.startswith(("tested", "compared"))), None)
    if first is None:
        return None
    step = outline.steps[one.step]
    return Hit(shape="unlike-callers" if one.fate == "dropped" else "only-reported", line=one.line,
               end_line=lines_in(outline.data).line(max(0, one.call.end - 1)),
               symbol=one.callee, object=one.callee,
               fields=(("callee", one.callee), ("evidence", contract.told),
                       ("where", f"{first.file}:{first.line}"), ("how", contract.ways[0].how)),
               new=((one.line, outline.said(step)),))
