"""What the program says: findings with their evidence, the cells of changed behaviour, claims and the level set."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from reviewbot.errors import Skip
from reviewbot.logic import FALSE, TRUE, Cond
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = [
    "CATEGORIES",
    "LEVELS",
    "ArchRow",
    "Category",
    "Cell",
    "Claim",
    "Effect",
    "Evidence",
    "Finding",
    "Level",
    "LevelSetEntry",
    "RuleText",
    "Seen",
    "Skip",
    "is_hidden",
    "may_be_hidden",
    "without_splits",
]

_WORD = regex(r"[A-Za-z_]\w*")
_SPLITS_NOTHING = regex(r"never has to split|cannot split a large leaf")
_NOT_KNOWN = regex(r",? may perhaps fail \([a-z ]+\)")
_HIDDEN = regex(r"\bwhat \w+\(\)(?: and [\w() ]+?)? do(?:es)? is not known(?:, |$)")
_MAY_BE_DONE = regex(r"\b(?:splits nothing|leaves the flush to the caller|may perhaps fail \([a-z ]+\))(?:, |$)")
_GIVEN = regex(r"(?<=\bdoes nothing) and returns -?\w+$")
_HOLLOW = regex(r"\bdoes nothing(?: and returns 0| at all \([^()]*\))?$")

Seen = Literal["changes", "same", "not-seen"]
"""What is known of an effect before and after; what could not be looked at is never folded into `same`."""

Level = Literal["error", "warning", "question", "note"]
LEVELS: tuple[Level, ...] = ("error", "warning", "question", "note")
"""All levels, the gravest first."""

Category = Literal[
    "ret-ignored", "ret-lost-in-void", "ret-partially-handled", "warn-only", "leak-on-failure", "missing-restore",
    "missing-flush", "gating", "build-break", "arch-behaviour", "claim", "concurrency", "hibernation",
    "debug-pagealloc-kfence", "order", "api-contract", "other-in-scope",
]
CATEGORIES: tuple[str, ...] = (
    "ret-ignored", "ret-lost-in-void", "ret-partially-handled", "warn-only", "leak-on-failure", "missing-restore",
    "missing-flush", "gating", "build-break", "arch-behaviour", "claim", "concurrency", "hibernation",
    "debug-pagealloc-kfence", "order", "api-contract", "other-in-scope",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something a person can look up in seconds: a `line` of a `file` (0: the whole file), its `text`, and in which
    revision, patch (`patch 2/4`), model version (`model 5.10`) or mail (Message-ID) `rev` it stands."""

    kind: Literal["source", "patch", "model", "mail", "kconfig", "scenario"]
    file: str
    line: int
    text: str
    rev: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchRow:
    """One row of a finding's architecture table: what the call is there and what it does, in short words."""

    arch: str
    status: str
    does: str
    may_fail: bool
    errnos: tuple[str, ...] = ()
    splits: str = ""
    flushes: bool | None = None
    sleeps: bool | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One statement about one line of one patch (`patch` 0 is the cover; line 0 when there is none).

    `id` is unique in the review and stable over runs; `fingerprint` survives moved lines and new versions. `line`
    counts in the new file (`side` "new") or the old one. `introduced` is false for an old defect whose surroundings
    the patch touches. `fixed_by` is the patch of the same series that removes the defect. `suppressed` is the reason
    that a suppression file gives for this fingerprint; empty: not suppressed. `object` and `says` are what findings of
    different moments are compared by: what the flagged code works on, and what the rule says of it (the functions of
    the family at the bottom first). `gist` is what a summary says in place of the message; empty: the message itself.
    """

    id: str
    rule: str
    category: Category
    level: Level
    confidence: str
    patch: int
    message_id: str
    file: str
    line: int
    end_line: int
    side: Literal["new", "old"]
    function: str
    code: str
    symbol: str
    arch: tuple[str, ...]
    config: str
    message: str
    question: str
    evidence: tuple[Evidence, ...]
    introduced: bool = True
    fixed_by: int | None = None
    fingerprint: str = ""
    notes: tuple[str, ...] = ()
    table: tuple[ArchRow, ...] = ()
    suppressed: str = ""
    object: str = ""
    says: tuple[str, ...] = ()
    gist: str = ""


def is_hidden(does: str) -> bool:
    """Return whether the words say of called functions that nobody knows what they do."""
    return _HIDDEN.search(does) is not None


def may_be_hidden(clause: str) -> bool:
    """Return whether a clause says what is not known where a called function is not: no split, no flush, no failure."""
    return _MAY_BE_DONE.fullmatch(without_splits(clause)) is not None


def without_splits(does: str) -> str:
    """Return what a call does in the same words for both ways to split nothing: no caller can tell them apart."""
    return _SPLITS_NOTHING.sub("splits nothing", does)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a call does on one architecture and configuration. `resolves_to` is `file:line`, `stub`, `undeclared` or
    `absent` (there is no such call on this side). `known` is False where nobody can tell whether it may fail.

    What `does` says in words also stands there as values: the family's function that is called (`symbol`), when it
    does any work (`acts`), under which run-time condition it is `only` called, whether it `flushes` and `splits`
    ("yes", "no", "cannot"); None or empty where that is not known. `anywhere` is the effect without what lies behind
    the call, None where that makes no difference. `given` is what the configuration still has to fulfil so that the
    call gets this definition. `read_from` is where the errors come from: the `model` of a release, or the `code`; they
    are compared with those of the same source alone. No errors where it may fail: which is not known. `doubt` is why
    it is not proved to be another one than before. `renamed` are the names in its words that are others after the
    patch, with those: a name alone is no difference; `reworded` are such parts of its words, proved to come to the
    same. `fate_in` is the helper that decides what becomes of a failure, empty for the function that makes the call.
    `pages` is for how many pages the call is made now, where that is another number than before. `only_here` is set
    where the function can fail and this call of it cannot: `argument` where a wrong argument is left, else `state`.
    `after_failure` is what the innermost helper does with the memory of a failed call whose result its caller drops;
    empty where that is not known.
    """

    resolves_to: str
    via: tuple[str, ...]
    does: str
    may_fail: bool
    errnos: tuple[str, ...]
    on_failure: Literal["dropped", "warned", "returned", "handled", "cannot-fail"]
    known: bool = True
    symbol: str = field(default="", compare=False)
    acts: Cond | None = field(default=None, compare=False)
    only: Cond | None = field(default=None, compare=False)
    flushes: bool | None = field(default=None, compare=False)
    splits: str = field(default="", compare=False)
    anywhere: Effect | None = field(default=None, compare=False)
    given: Cond = field(default=TRUE, compare=False)
    read_from: str = field(default="", compare=False)
    doubt: str = field(default="", compare=False)
    renamed: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    reworded: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    fate_in: str = field(default="", compare=False)
    pages: str = field(default="", compare=False)
    only_here: Literal["", "argument", "state"] = field(default="", compare=False)
    after_failure: Literal["", "kept", "freed"] = field(default="", compare=False)

    @property
    def value(self) -> tuple[object, ...]:
        """Return what a caller can tell of the effect: where the definition stands and through whom is no part of it.

        What is not called is one value, however that came about, and a stub that does nothing and returns no error is
        the same: no caller can tell whether it is there.
        """
        if not self.is_work:
            return ("absent",)
        return self._compared, self.known and self.may_fail, self.on_failure

    def has_other_errnos(self, other: Effect) -> bool:
        """Return whether both sides' errors are known, of one source, and differ; their order is no difference."""
        return bool(self.errnos and other.errnos) and self.read_from == other.read_from \
            and set(self.errnos) != set(other.errnos)

    def differs(self, other: Effect) -> bool:
        """Return whether a caller can tell the two effects apart by what is known of both."""
        if self.resolves_to == "stub" == other.resolves_to and (self._tells_less(other) or other._tells_less(self)):
            return False
        if not (self.is_work and other.is_work):
            return self.is_work != other.is_work
        mine, theirs = self._compared, other._compared
        if _HIDDEN.search(mine) or _HIDDEN.search(theirs):  # what may be done out of sight is no difference
            mine, theirs = (_MAY_BE_DONE.sub("", _HIDDEN.sub("", text)).rstrip(", ") for text in (mine, theirs))
        if _NOT_KNOWN.sub("", mine) != _NOT_KNOWN.sub("", theirs):
            return True
        if self.known and other.known:
            return (self.may_fail, self.on_failure) != (other.may_fail, other.on_failure) \
                or self.has_other_errnos(other)
        return self.on_failure != other.on_failure and "cannot-fail" not in {self.on_failure, other.on_failure}

    def _tells_less(self, other: Effect) -> bool:
        """Return whether of two stubs it is not known what this one returns."""
        return self._compared == _GIVEN.sub("", other._compared) != other._compared

    @property
    def _compared(self) -> str:
        names = dict(self.renamed)
        words = self.does
        for was, now in self.reworded:
            words = words.replace(was, now)
        words = _WORD.sub(lambda word: names.get(word[0], word[0]), words) if names else words
        return without_splits(words)

    @property
    def is_work(self) -> bool:
        """Return whether anything is called that a caller could tell from nothing."""
        return self.resolves_to != "absent" and not self._is_hollow

    @property
    def _is_hollow(self) -> bool:
        if self.acts == FALSE and " always returns at once, as " in self.does:
            return not self.may_fail
        idle = self.resolves_to == "stub" or "does nothing at all (" in self.does
        return idle and self.known and not self.may_fail and _HOLLOW.search(self.does) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One row of what the series changes: a call, on an architecture, under a configuration, before and after.

    `patch` is the patch's number as text, or `series` for the sum. `config` maps symbols to y, m or n. `doubt` says why
    two effects that look alike were not proved to be the same; empty: they were. `open` when it is not even clear that
    the one was the other: then nothing is said to change. `was` is the function's name before the patch, where that is
    another one. `askers` are the callers of the function to which the patch gives the test that the call loses, `freed`
    those from which it takes the one that the call gets. `bare` are the callers that come to the call without the lost
    test afterwards, None where not all callers are known; `unclear` are those of which it is not known whether they do.
    """

    patch: str
    file: str
    function: str
    call: str
    arch: str
    config: tuple[tuple[str, str], ...]
    before: Effect
    after: Effect
    doubt: str = ""
    open: bool = False
    was: str = ""
    askers: tuple[str, ...] = ()
    freed: tuple[str, ...] = ()
    bare: tuple[str, ...] | None = None
    unclear: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Return whether the two effects differ for a caller, compared as values."""
        return not self.open and self.before.differs(self.after)

    @property
    def seen(self) -> Seen:
        """Return what is known of the call: it `changes`, it is proved the `same`, or that was `not-seen`."""
        return "changes" if self.changed else "not-seen" if self.doubt else "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence of a commit message or cover letter that the program could hold against the code."""

    patch: int
    text: str
    kind: Literal["nfc", "fixes", "only-config", "arch", "error-handled", "other"]
    verdict: Literal["holds", "contradicted", "cannot-tell"]
    because: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSetEntry:
    """One statement of the level set: under a `topic`, for `arch` (`arm64`, or `arm64, x86`; empty: all), and why."""

    topic: str
    arch: str
    statement: str
    because: tuple[Evidence, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """What a person reads about a rule: its one-line `summary` and its `doc.md` (Markdown, headings below `##`)."""

    id: str
    summary: str
    doc: str
    level: Level
    status: Literal["draft", "stable", "retired"] = "stable"
