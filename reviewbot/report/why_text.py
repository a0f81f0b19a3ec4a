"""What one line of a finished review rests on, out of its JSON: facts, conditions, places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reviewbot.errors import InputError, UsageError
from reviewbot.report.json_form import CANNOT, SCHEMA_SEVERAL
from reviewbot.report.stored import read_record
from reviewbot.text import clip, quote_names, squash, visible

__all__ = ["render_why"]

_HINT = "give the file that 'reviewbot review -o json=FILE' wrote"
_LONGEST = 200
_FATES = {"dropped": "a failure is dropped", "warned": "a failure is only warned about",
          "returned": "a failure is handed on", "handled": "a failure is dealt with", "cannot-fail": "it cannot fail"}

_Record = dict[str, Any]


def render_why(text: str, name: str, *, where: str = "") -> str:
    """Return what the row, finding or cell `name` of the review in the JSON `text` rests on, one fact a line.

    Raises InputError when the text is no review, UsageError when nothing in it has that id.
    """
    record = read_record(text, where=where)
    try:
        reviews = record["reviews"] if record["schema"] == SCHEMA_SEVERAL else [record]
        for review in reviews:
            lines = list(_explained(review, name))
            if lines:
                return "\n".join(visible(line.rstrip()) for line in lines) + "\n"
        known = [row["id"] for review in reviews for row in review.get("first_page", {}).get("rows", [])]
        known += [one for review in reviews for one in review.get("first_page", {}).get("ask", [])]
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"this review lacks a field or has a wrong one ({error})", where=where, hint=_HINT) from error
    raise UsageError(f"nothing in the review has the id '{clip(name, 60)}'", where=where,
                     hint=f"on its first page are {quote_names(known, most=8)}" if known else
                     "ids are those of rows, findings and cells")


def _explained(review: _Record, name: str) -> Iterator[str]:
    page = review.get("first_page", {})
    rows = {row["id"]: row for row in (*page.get("rows", []), *page.get("left_rows", []))}
    facts = {entry["id"]: entry for entry in [*review["findings"], *review["behaviour"], *review.get("explored", [])]
             if "id" in entry}
    if name in rows:
        yield from _row(rows[name], facts)
    elif name in facts:
        yield from _fact(facts[name], "")


def _row(row: _Record, facts: dict[str, _Record]) -> Iterator[str]:
    config = f", {row['config']}" if row["config"] else ""
    yield f"{row['id']}: {row['verdict']} on {quote_names(row['arch'], most=20) or 'every architecture'}{config}"
    yield f"  {row['statement']}."
    if row["file"]:
        yield f"  patch {row['patch']}, {row['file']}:{row['line']}"
    why = row["why"]
    if why["value"]:
        yield (f"  weight {why['value']}: {why['consequence']}, for a {why['reach']}, {why['certainty']} "
               "('reviewbot explain weights' shows the table)")
    yield "It rests on:"
    for name in row["because"]:
        yield from _fact(facts[name], "  ") if name in facts else ()


def _fact(fact: _Record, margin: str) -> Iterator[str]:
    yield from (_cell if "before" in fact else _scenario if "turns" in fact else _finding)(fact, margin)


def _scenario(shown: _Record, margin: str) -> Iterator[str]:
    """Yield what a scenario comes to, and step by step the shortest way in which it breaks."""
    where = f"{shown['arch']}{', ' + shown['config'] if shown['config'] else ''}"
    yield f"{margin}{shown['id']}: scenario {shown['scenario']} on {where}"
    yield f"{margin}  {shown['statement']}."
    for turn in shown["turns"]:
        when = f"from patch {turn['patch']} on" if turn["patch"] else "before the series"
        yield f"{margin}  {when}: {turn['outcome']}{' after these steps:' if turn['steps'] else ''}"
        for number, step in enumerate(turn["steps"], start=1):
            said = f"; {step['outcome']}" if step["outcome"] else ""
            yield f"{margin}    {number}. {step['actor']}: {step['step']}{clip(said, _LONGEST)}"
        if turn["violation"]:
            yield f"{margin}    {turn['violation']['text']}"


def _finding(finding: _Record, margin: str) -> Iterator[str]:
    yield f"{margin}{finding['id']}: {finding['level']} of rule {finding['rule']}, {finding['file']}:{finding['line']}"
    yield f"{margin}  {finding['message']}"
    if finding["question"]:
        yield f"{margin}  Question: {finding['question']}"
    arches = quote_names(finding["arch"], most=20) or "every architecture"
    config = f"with {finding['config']}" if finding["config"] else "in any configuration"
    origin = f"brought by patch {finding['patch']}" if finding["introduced"] else "older than the series"
    yield f"{margin}  on {arches}, {config}; {origin}"
    if finding.get("suppressed"):
        yield f"{margin}  suppressed: {clip(squash(finding['suppressed']), _LONGEST)}"
    for evidence in finding["evidence"]:
        place = f"{evidence['file']}:{evidence['line']}" if evidence["line"] else evidence["file"]
        where = " ".join(filter(None, (evidence["kind"], place, f"({evidence['rev']})" if evidence["rev"] else "")))
        yield f"{margin}  {where}: {clip(squash(evidence['text']), _LONGEST)}"


def _cell(cell: _Record, margin: str) -> Iterator[str]:
    config = " ".join(f"{name}={value}" for name, value in sorted(cell["config"].items()))
    patch = f"patch {cell['patch']}" if cell["patch"].isdigit() else "the whole series"
    yield f"{margin}{cell['id']}: {cell['call']} in {cell['function']}(), {cell['file']}, {patch}"
    yield f"{margin}  on {cell['arch']}{', with ' + config if config else ', in any configuration'}"
    for moment in ("before", "after"):
        effect = cell[moment]
        via = f" through {quote_names([name + '()' for name in effect['via']], most=6)}" if effect["via"] else ""
        fails = f" It may fail with {quote_names(effect['errnos'], joint='or')}." if effect["may_fail"] and effect[
            "errnos"] else ""
        absent = effect["resolves_to"] in {"absent", ""}
        told = absent or effect["does"].endswith(CANNOT)
        fate = "" if told else f"; {_FATES.get(effect['on_failure'], '')}"
        yield f"{margin}  {moment}: {clip(effect['does'], 400)}{fate}.{fails}"
        if not absent:
            yield f"{margin}    {effect['resolves_to']}{via}"
