"""A stored fact beside the code: where the fact says to look, and in which fields the two differ."""

from __future__ import annotations

import re

from reviewbot.arch.bodies import Mark
from reviewbot.arch.derive import Derivation, Derived, returned_type
from reviewbot.arch.model import Model
from reviewbot.arch.types import Fact, KernelVersion
from reviewbot.errors import UsageError
from reviewbot.logic import TRUE, parse_condition
from reviewbot.patterns import regex
from reviewbot.source.types import Tree
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["Disagreement", "compare", "derive_for", "files_of", "symbols_given", "worker_files"]

_EMPTY = regex(r"!(?:size|nr|nr_pages|numpages)|\(addr == end\)")
_SAID_EMPTY = regex(r"\b(?:nr|numpages) == 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One field in which the stored fact and the code differ, both as text, and the lines that say so."""

    symbol: str
    field: str
    stored: str
    derived: str
    evidence: tuple[Mark, ...]


def worker_files(model: Model, arch: str, version: KernelVersion) -> dict[str, tuple[str, ...]]:
    """Return where the model says that functions may stand on an architecture: those it has facts or anchors about."""
    asked = model.nearest(version)
    found: dict[str, dict[str, None]] = {}
    facts = [fact for part in (model.own_of(arch), model.generic) for fact in part.facts
             if asked in fact.versions and (not fact.arches or arch in fact.arches)]
    for fact in facts:
        if fact.is_real and fact.defined_in:
            found.setdefault(fact.symbol, {})[fact.defined_in.split(":")[0]] = None
    for fact in facts:
        for name, paths in files_of(fact).items():
            found.setdefault(name, {}).update(dict.fromkeys(paths))
    return {name: tuple(paths) for name, paths in found.items()}


def files_of(fact: Fact) -> dict[str, tuple[str, ...]]:
    """Return the files of the functions that a fact's anchors name."""
    found: dict[str, dict[str, None]] = {}
    for anchor in fact.anchors:
        if anchor.function.isidentifier() and anchor.file.endswith((".c", ".h")):
            found.setdefault(anchor.function, {})[anchor.file] = None
        for step in anchor.path:
            where, _, name = step.rpartition(":")
            if "/" in where:
                found.setdefault(name, {})[where] = None
    return {name: tuple(paths) for name, paths in found.items()}


def symbols_given(fact: Fact) -> dict[str, bool]:
    """Return the Kconfig symbols that the fact's condition settles: those it asks for, or against, without an `or`."""
    try:
        condition = parse_condition(fact.condition) if fact.condition else TRUE
    except UsageError:
        return {}
    parts = condition.parts if condition.op == "and" else (condition,)
    given = {}
    for part in parts:
        if part.op in {"var", "not"}:
            name = part.name or part.parts[0].name
            given[name] = part.op == "var"
            given[f"{name}_MODULE"] = False
    return given


def derive_for(tree: Tree, file: str, function: str, fact: Fact | None) -> Derived | None:
    """Return what the function's code in this tree does, with the workers that the fact's anchors name.

    None when the file does not define the function as a C function.
    """
    if fact is None:
        return Derivation(tree, {}).derive(file, function)
    return Derivation(tree, files_of(fact), given=symbols_given(fact)).derive(file, function)


def compare(derived: Derived, fact: Fact) -> tuple[Disagreement, ...]:
    """Return the fields in which the stored fact and the code differ, in a fixed order.

    A field that the derivation could not settle (an inner call that was not read, code past the budget) is left out
    where the rest agrees.
    """
    found: list[Disagreement] = []

    def differs(name: str, stored: object, code: object, *titles: str) -> None:
        marks = tuple(mark for text, mark in derived.evidence if text.startswith(titles))
        found.append(Disagreement(symbol=derived.symbol, field=name, stored=str(stored), derived=str(code),
                                  evidence=marks))

    stored = tuple(sorted(name for name, _ in fact.errnos))
    settled = not derived.open and not derived.partial
    answers = returned_type(derived.returns) == "bool"  # its error is `false`, of which the derivation knows nothing
    if not answers and (set(derived.errnos) - set(stored) or (settled and set(stored) - set(derived.errnos))):
        differs("errnos", " ".join(stored) or "none", " ".join(derived.errnos) or "none", "errno ")
    known = fact.may_fail is not None and derived.may_fail is not None and not answers
    if known and fact.may_fail is not derived.may_fail:
        differs("may_fail", fact.may_fail, derived.may_fail, "errno ", "open ")
    if fact.returns and squash(fact.returns) != returned_type(derived.returns):
        differs("returns", fact.returns, derived.returns)
    named = {name for text in fact.drops for name in re.findall(r"\w+", text)}
    kept = [text for text in fact.drops if not set(re.findall(r"\w+", text)) & set(derived.discards)]
    if kept or set(derived.drops) - named:
        differs("drops", "; ".join(fact.drops) or "none", " ".join(derived.drops) or "none", "drops ")
    said = " ".join((*fact.noop_when, fact.guard))
    unsaid = tuple(text for text in derived.noop_when if not _mentions(said, text))
    if unsaid:
        differs("noop_when", "; ".join(fact.noop_when) or "never", "; ".join(unsaid), *(f"noop {t}" for t in unsaid))
    if fact.flushes is not None and fact.flushes is not derived.flushes:
        differs("flushes", fact.flushes, ", ".join(derived.flushes_by) or "nothing flushes", "flush ")
    if fact.sleeps is not None and fact.sleeps is not derived.sleeps:
        differs("sleeps", fact.sleeps, ", ".join(derived.sleeps_by) or "nothing sleeps", "sleep ")
    return tuple(found)


def _mentions(said: str, condition: str) -> bool:
    """Return whether the model's words name one of the things that a condition asks for.

    An empty range is one thing: the model speaks of `numpages == 0` where a worker asks for `!size`.
    """
    if _EMPTY.fullmatch(condition) and _SAID_EMPTY.search(said):
        return True
    return any(name in said for name in re.findall(r"[A-Za-z_]\w+", condition))
