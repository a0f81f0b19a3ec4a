"""The review as JSON: schema `reviewbot.review/1`, and `reviewbot.reviews/1` for several reviews."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from reviewbot import __version__
from reviewbot.arch.machine import as_data
from reviewbot.findings.order import name_cells
from reviewbot.findings.types import Cell, Claim, Effect, Evidence, Finding
from reviewbot.mail.types import Message
from reviewbot.report.answerable import keep_mails
from reviewbot.report.order import in_report_order
from reviewbot.report.words import say_notices
from reviewbot.review.explored import Explored
from reviewbot.review.page import FirstPage, PageRow, Weight
from reviewbot.review.phrases import does_with_memory
from reviewbot.review.types import Review
from reviewbot.series.types import Patch, Trailer
from reviewbot.source.types import PatchState

__all__ = ["CANNOT", "SCHEMA", "SCHEMA_SEVERAL", "render_json", "render_json_several"]

SCHEMA = "reviewbot.review/1"
SCHEMA_SEVERAL = "reviewbot.reviews/1"
CANNOT = (", can fail for a wrong argument alone", ", cannot fail here")
"""How what an effect does ends where the function can fail and the call cannot."""

_Record = dict[str, Any]


_NO_MAILS: Mapping[str, Message] = {}


def render_json(review: Review, *, messages: Mapping[str, Message] = _NO_MAILS, timings: bool = False,
                render_ms: int = 0) -> str:
    """Return the review as JSON text that ends in a newline; the same review gives the same bytes.

    `messages` are the input's mails by Message-ID: of those that the review may answer the JSON keeps what a reply
    needs. With `timings` it also has `timing_ms`; `render_ms` is what the caller measured while it rendered.
    """
    return _dump(_review(review, messages, timings=timings, render_ms=render_ms))


def render_json_several(reviews: Iterable[Review], *, messages: Mapping[str, Message] = _NO_MAILS,
                        timings: bool = False) -> str:
    """Return several reviews as one JSON text, in the order given."""
    return _dump({"schema": SCHEMA_SEVERAL,
                  "reviews": [_review(one, messages, timings=timings, render_ms=0) for one in reviews]})


def _dump(record: _Record) -> str:
    # Escaping all but ASCII keeps a stranger's control and direction characters away from a terminal, and lets a
    # lone surrogate out of a broken mail be written at all.
    return json.dumps(record, indent=1, ensure_ascii=True) + "\n"


def _review(review: Review, messages: Mapping[str, Message], *, timings: bool, render_ms: int) -> _Record:
    coverage = review.coverage
    record: _Record = {
        "schema": SCHEMA,
        "tool": {"name": "reviewbot", "version": __version__},
        "series": _series(review),
        "first_page": _first_page(review.first_page),
        "findings": [_finding(f) for f in in_report_order(review.findings)],
        "behaviour": [_cell(name, cell) for name, cell in name_cells(review.behaviour)],
        "claims": [_claim(c) for c in sorted(review.claims, key=lambda c: c.patch)],
        "level_set": [{"topic": e.topic, "arch": e.arch, "statement": e.statement, "because": _evidence(e.because)}
                      for e in review.level_set],
        "coverage": {"calls": coverage.calls, "functions": coverage.functions, "files": coverage.files,
                     "arches": list(coverage.arches), "built_on": list(coverage.built_on),
                     "rules": list(coverage.rules)},
        "messages": [{"message_id": _bare(r.message_id), "role": r.role, "why": r.why} for r in review.series.roles],
        "skips": [{"where": s.where, "stage": s.stage, "why": s.why} for s in review.skips],
        "mails": keep_mails(review, messages),
    }
    if review.explored:
        record["explored"] = [_explored(one) for one in review.explored]
    if timings:
        parts = {"ingest": review.timing.ingest, "apply": review.timing.apply, "analyse": review.timing.analyse,
                 "render": render_ms}
        record["timing_ms"] = parts | {"total": sum(parts.values())}
    return record


def _series(review: Review) -> _Record:
    series, base = review.series, review.patched.base
    states = {state.index: state for state in review.patched.states}
    return {
        "subject": series.subject,
        "version": series.version,
        "total": series.total,
        "message_id": _bare(series.message_id),
        "author": str(series.written_by),
        "date": series.date.isoformat() if series.date else None,
        "list": series.list_name,
        "patches": [_patch(p, states.get(p.index)) for p in series.patches],
        "follow_ups": _follow_ups(series.cover.trailers) if series.cover else [],
        "missing": list(series.missing),
        "superseded_by": _bare(series.superseded_by) if series.superseded_by else None,
        "notices": list(say_notices(series)),
        # A tree in memory is a folder to everyone outside the program.
        "base": {"kind": "directory" if base.kind == "memory" else base.kind, "rev": base.rev, "kernel": base.kernel,
                 "how": base.how},
    }


def _patch(patch: Patch, state: PatchState | None) -> _Record:
    return {
        "index": patch.index,
        "message_id": _bare(patch.message_id),
        "subject": patch.subject,
        "author": str(patch.author),
        "files": [file.path for file in patch.files],
        "follow_ups": _follow_ups(patch.trailers),
        "applies": state.applies if state else "failed",
        "note": state.note if state else "",
    }


def _follow_ups(trailers: Iterable[Trailer]) -> list[_Record]:
    """Return the trailers that replies gave; `matches` says whether the one who sent it is the one it names."""
    return [{"name": one.name, "value": one.value, "via": _bare(one.via), "matches": one.matches}
            for one in trailers if one.via]


def _finding(finding: Finding) -> _Record:
    record: _Record = {
        "id": finding.id,
        "rule": finding.rule,
        "category": finding.category,
        "level": finding.level,
        "confidence": finding.confidence,
        "patch": finding.patch,
        "message_id": _bare(finding.message_id),
        "file": finding.file,
        "line": finding.line,
        "end_line": finding.end_line,
        "side": finding.side,
        "function": finding.function,
        "code": finding.code,
        "symbol": finding.symbol,
        "arch": list(finding.arch),
        "config": finding.config,
        "message": finding.message,
        "question": finding.question,
        "evidence": _evidence(finding.evidence),
        "introduced": finding.introduced,
        "fixed_by": finding.fixed_by,
        "fingerprint": finding.fingerprint,
    }
    return record | {"suppressed": finding.suppressed} if finding.suppressed else record


def _evidence(evidence: tuple[Evidence, ...]) -> list[_Record]:
    return [{"kind": e.kind, "file": e.file, "line": e.line, "text": e.text,
             "rev": _bare(e.rev) if e.kind == "mail" else e.rev} for e in evidence]


def _cell(name: str, cell: Cell) -> _Record:
    return {"id": name, "patch": cell.patch, "file": cell.file, "function": cell.function, "call": cell.call,
            "arch": cell.arch, "config": dict(sorted(cell.config)), "before": _effect(cell.before),
            "after": _effect(cell.after), "changed": cell.changed, "seen": cell.seen,
            "doubt": cell.doubt}


def _effect(effect: Effect) -> _Record:
    # What a void function does with an error its caller cannot see: something failed all the same. Nor is it said of
    # what may perhaps fail that it cannot.
    lost = effect.on_failure != "cannot-fail"
    untold = effect.may_fail and effect.known and not effect.errnos
    which = ", may fail (with which errors is not known)" if untold else "" if lost else {
        "argument": ", can fail for a wrong argument alone", "state": ", cannot fail here"}.get(effect.only_here, "")
    if effect.after_failure:  # who drops the result is not who deals with the failure
        which += f"; {does_with_memory(effect)}"
    return {"resolves_to": effect.resolves_to, "via": list(effect.via), "does": effect.does + which,
            "may_fail": effect.may_fail or lost, "known": effect.known, "errnos": list(effect.errnos),
            "on_failure": effect.on_failure}


def _first_page(page: FirstPage) -> _Record:
    return {"conclusion": page.conclusion, "rows": [_row(row) for row in page.rows], "ask": list(page.ask),
            "claims": list(page.claims), "not_seen": list(page.not_seen), "left_out": page.left_out,
            "left_errors": page.left_errors, "left_rows": [_row(row) for row in page.left_rows],
            "since": page.since,
            "ask_weights": [_weight(weight) for weight in page.ask_weights]}


def _row(row: PageRow) -> _Record:
    return {"id": row.id, "arch": list(row.arch), "config": row.config, "verdict": row.verdict,
            "statement": row.statement, "patch": row.patch, "file": row.file, "line": row.line,
            "weight": row.weight.value, "because": list(row.because), "why": _weight(row.weight)}


def _weight(weight: Weight) -> _Record:
    return {"value": weight.value, "consequence": weight.consequence, "reach": weight.reach,
            "certainty": weight.certainty}


def _explored(one: Explored) -> _Record:
    return {"id": one.id, "scenario": one.scenario.name, "title": one.scenario.title, "arch": one.arch,
            "config": one.config, "verdict": one.verdict, "statement": one.statement, "because": list(one.cells),
            "turns": [{"patch": turn.patch, **as_data(turn.result)} for turn in one.turns]}


def _claim(claim: Claim) -> _Record:
    return {"patch": claim.patch, "text": claim.text, "kind": claim.kind, "verdict": claim.verdict,
            "because": _evidence(claim.because)}


def _bare(message_id: str) -> str:
    return message_id.strip().removeprefix("<").removesuffix(">")
