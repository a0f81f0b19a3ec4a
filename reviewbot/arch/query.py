"""The answers of `reviewbot model query`, as plain data in the fixed order of the contract."""

from __future__ import annotations

from collections.abc import Iterable

from reviewbot.arch.check import Prober
from reviewbot.arch.model import Model
from reviewbot.arch.types import Anchor, Fact, KernelVersion
from reviewbot.errors import UsageError
from reviewbot.source.types import Tree
from reviewbot.text import clip, nearest, quote_names, visible

__all__ = ["query"]


def query(model: Model, arches: Iterable[str], versions: Iterable[KernelVersion],
          symbols: Iterable[str], *, tree: Tree | None = None) -> list[dict[str, object]]:
    """Return one row for each architecture, release and symbol that the model knows; an empty argument means all.

    With a `tree` the evidence has the lines at which it stands there; without one they are 0.
    Rows are ordered by release, architecture and symbol, variants of one symbol with the ordinary configuration's
    last: a reader that keeps one row a symbol by assignment then keeps the ordinary one.
    Raises UsageError for an architecture or a function that is not in the model.
    """
    rows = []
    known = model.symbols
    wanted = tuple(sorted(set(symbols))) or known
    for name in wanted:
        if name not in known:
            near = nearest(name, known)
            raise UsageError(f"the model knows no function '{visible(clip(name, 60))}'",
                             hint=f"did you mean {quote_names(near, joint='or')}?" if near else
                             "'reviewbot model query' without --symbol prints all of them")
    prober = Prober(tree=tree) if tree is not None else None
    for arch in arches:
        model.arch(arch)  # raises for an architecture that it does not know
    for version in sorted(set(versions)) or model.releases:
        for arch in sorted(set(arches)) or model.arches:
            for symbol in wanted:
                facts = model.fact(arch, symbol, version)
                rows += [_row(fact, version, model.nearest(version), prober) for fact in reversed(facts)]
    return rows


def _row(fact: Fact, version: KernelVersion, asked: KernelVersion, prober: Prober | None) -> dict[str, object]:
    return {
        "version": str(version),
        "arch": fact.arch,
        "symbol": fact.symbol,
        "status": fact.status,
        "defined_in": fact.defined_in or None,
        "condition": fact.condition,
        "returns": fact.returns or None,
        "may_fail": fact.may_fail,
        "errnos": [name for name, _ in fact.errnos],
        "noop_when": list(fact.noop_when),
        "splits": fact.splits,
        "split_alloc": fact.split_alloc,
        "partial_on_failure": fact.partial_on_failure,
        "flushes": fact.flushes,
        "sleeps": fact.sleeps,
        "alias": fact.alias,
        "evidence": [_evidence(anchor, fact.arch, prober) for anchor in fact.anchors if anchor.covers(asked)],
    }


def _evidence(anchor: Anchor, arch: str, prober: Prober | None) -> dict[str, object]:
    """Return the anchor as EVIDENCE, with its line in the tree where there is one."""
    if anchor.path:
        text = " calls ".join(f"{name}()" for name in (anchor.function, *anchor.path))
    else:
        said = [f"{anchor.function}()"] if anchor.function else []
        said += [" ".join(anchor.has.split())] if anchor.has else []
        said += [f"without: {' '.join(anchor.lacks.split())}"] if anchor.lacks else []
        text = ": ".join(said)
    place = prober.probe(anchor, arch) if prober is not None else None
    line = place.line if place is not None else 0
    return {"kind": "model", "file": anchor.file, "line": line, "text": text, "rev": ""}
