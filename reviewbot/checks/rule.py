"""Rules as data: one folder below `rules/checks/` (or below `--rules DIR`) is one rule."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reviewbot.errors import DataError
from reviewbot.findings.types import CATEGORIES, LEVELS, Category, Level, RuleText
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Counted", "Rule", "load_rules", "quiet", "rule_texts"]

_STATUS = ("draft", "stable", "retired")
_CONFIDENCE = ("high", "medium", "low")
_TOP_KEYS = frozenset({"summary", "category", "level", "confidence", "status", "counted", "match", "message"})
_COUNTED_KEYS = frozenset({"worth", "of", "on"})
_MESSAGE_KEYS = frozenset({"text", "harmless", "question", "note"})
_TOML_PLACE = regex(r" \(at line (\d+), column \d+\)")
_HEADINGS = ("What it finds", "Why it matters", "Example", "How to fix", "When it is wrong", "References")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a rule was seen to say: how many of how many findings, each read by a person, were true and worth saying;
    `on` what it was counted."""

    worth: int
    of: int
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule, loaded and checked. `options` is the `[match]` table without `kind`; `notes` are named templates.

    `text`, `harmless`, `question` and the notes are `str.format` templates over the fields that the kind documents;
    `harmless` is said, quietly, where the failure that the text speaks of cannot come (empty: the text).
    """

    id: str
    summary: str
    category: Category
    level: Level
    confidence: str
    status: str
    kind: str
    options: Mapping[str, Any]
    text: str
    question: str
    notes: Mapping[str, str]
    doc: str
    folder: Path
    harmless: str = ""
    counted: Counted | None = None


def quiet(rule: Rule) -> Rule:
    """Return the rule with what it says where the failure cannot come."""
    return replace(rule, text=rule.harmless or rule.text)


def load_rules(folders: tuple[Path, ...], kinds: Mapping[str, frozenset[str]] | None) -> tuple[Rule, ...]:
    """Return every rule below the folders, sorted by id; a later folder's rule replaces an earlier one's.

    `kinds` maps each kind of check to the fields that its messages may name; with None that is not looked at. Raises
    DataError on the first rule that does not load: a rule that is silently absent would look like a clean review.
    """
    found: dict[str, Rule] = {}
    for folder in folders:
        if not folder.is_dir():
            raise DataError("no such folder of rules", where=str(folder), hint="name a folder of rule folders")
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                found[path.name] = _load_rule(path, kinds)
    return tuple(rule for _, rule in sorted(found.items()) if rule.status != "retired")


def rule_texts(rules: tuple[Rule, ...]) -> dict[str, RuleText]:
    """Return what a person reads about each rule, by id."""
    return {rule.id: RuleText(id=rule.id, summary=rule.summary, doc=rule.doc, level=rule.level,
                              status="draft" if rule.status == "draft" else "stable") for rule in rules}


def _load_rule(folder: Path, kinds: Mapping[str, frozenset[str]] | None) -> Rule:
    where = str(folder / "rule.toml")
    text, doc = (_read(folder / name) for name in ("rule.toml", "doc.md"))
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said, at = _TOML_PLACE.sub("", str(error)), _TOML_PLACE.search(str(error))
        raise DataError(f"this is no TOML: {said[:1].lower()}{said[1:]}", where=f"{where}:{at[1]}" if at else where,
                        hint="a quote or a bracket may not be closed") from error
    _refuse_unknown(table, _TOP_KEYS, where)
    match, message = _table(table, "match", where), _table(table, "message", where)
    _refuse_unknown(message, _MESSAGE_KEYS, where)
    kind = _text(match, "kind", where)
    if kinds is not None and kind not in kinds:
        raise DataError(f"unknown kind '{kind}'", where=where, hint=f"one of {', '.join(sorted(kinds))}")
    notes = message.get("note", {})
    if not isinstance(notes, dict) or not all(isinstance(note, str) for note in notes.values()):
        raise DataError("'message.note' is not a table of strings", where=where)
    rule = Rule(
        id=folder.name, summary=_text(table, "summary", where), category=_one_of(table, "category", CATEGORIES, where),
        level=_one_of(table, "level", LEVELS, where), confidence=_one_of(table, "confidence", _CONFIDENCE, where),
        status=_one_of(table, "status", _STATUS, where), kind=kind,
        options={key: value for key, value in match.items() if key != "kind"},
        text=_text(message, "text", where), question=_text(message, "question", where), notes=notes, doc=doc,
        folder=folder, harmless=_text(message, "harmless", where) if "harmless" in message else "",
        counted=_counted(_table(table, "counted", where), where) if "counted" in table else None)
    for template in (rule.text, rule.harmless, rule.question, *notes.values()):
        if kinds is not None:
            _check_template(template, kinds[kind], where)
    missing = [heading for heading in _HEADINGS if f"## {heading}" not in doc]
    if missing:
        raise DataError(f"doc.md lacks the heading '{missing[0]}'", where=str(folder / "doc.md"))
    return rule


def _read(path: Path) -> str:
    """Return the text of a file that a rule needs. Raises DataError where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError(f"the rule has no {path.name}", where=str(path.parent),
                        hint="a rule needs rule.toml and doc.md; 'reviewbot rules new DIR/RULE' makes both") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot be read: {error}", where=str(path), hint="mend the file") from error


def _counted(table: dict[str, Any], where: str) -> Counted:
    _refuse_unknown(table, _COUNTED_KEYS, where)
    worth, of = table.get("worth"), table.get("of")
    if not isinstance(worth, int) or not isinstance(of, int) or not 0 <= worth <= of:
        raise DataError("'counted' needs the numbers 'worth' and 'of', and no more are worth it than there are",
                        where=where)
    return Counted(worth=worth, of=of, on=_text(table, "on", where))


def _check_template(template: str, fields: frozenset[str], where: str) -> None:
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    except ValueError as error:
        raise DataError(f"the message template is broken: {error}", where=where) from error
    unknown = sorted(names - fields)
    if unknown:
        raise DataError(f"the message names '{unknown[0]}', which this kind does not fill", where=where,
                        hint=f"it fills {', '.join(sorted(fields))}")


def _table(table: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
    value = table.get(key)
    if not isinstance(value, dict):
        raise DataError(f"the table [{key}] is missing", where=where)
    return value


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise DataError(f"'{key}' is missing or not a string", where=where)
    return value


def _one_of(table: Mapping[str, Any], key: str, allowed: tuple[str, ...], where: str) -> Any:
    value = _text(table, key, where)
    if value not in allowed:
        raise DataError(f"'{key}' is '{value}'", where=where, hint=f"one of {', '.join(allowed)}")
    return value


def _refuse_unknown(table: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    unknown = sorted(table.keys() - known)
    if unknown:
        raise DataError(f"unknown key '{unknown[0]}'", where=where, hint=f"known are {', '.join(sorted(known))}")
