"""What a text says of a function's callers, held against every call in the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.where import can_be, where_of
from reviewbot.findings.types import Claim, Evidence
from reviewbot.logic import Not, Ternary, Var
from reviewbot.patterns import regex
from reviewbot.text import clip
from reviewbot.values import dataclass

__all__ = ["caller_claims"]

_LONGEST = 300
_MOST_FILES = 40
_ONLY_WITH = regex(
    r"\b(\w+)\(\)\s+is\s+only\s+(?:ever\s+)?(?:used|called)\s+(?:when|with|if|under)\s+(?:the\s+)?"
    r"(?:CONFIG_)?([A-Z][A-Z0-9_]{3,})\b")
_ALL_CHECK = regex(r"\ball\s+(?:the\s+)?callers\s+(?:of\s+(\w+)\(\)\s+)?(?:now\s+|already\s+)?"
                   r"(?:check|test|handle)\b", re.IGNORECASE)
_COUNTED = regex(
    r"\b(\w+)\(\)\s+(?:now\s+|currently\s+)?has\s+(?:only\s+|exactly\s+|just\s+)?(no|one|a\s+single|two|three|four|five|"
    r"six|\d{1,2})\s+(?:direct\s+)?callers?\b(?!,?\s+(?:that|which|who|with|in|on|from|outside|under|left|other)\b)"
    r"|\b(only|sole|both|(?:all\s+)?(?:two|three|four|five|six|\d{1,2}))\s+callers?\s+of\s+(\w+)\(\)"
    r"(?!,?\s+(?:that|which|who|with|in|on|from|outside|under|left)\b)", re.IGNORECASE)
_NUMBERS = {"no": 0, "one": 1, "a single": 1, "only": 1, "sole": 1, "both": 2, "two": 2, "three": 3, "four": 4,
            "five": 5, "six": 6}
_NAMED = regex(r"\b(\w+)\(\)")
_WISH = regex(r"\b(?:not\s+all|unless|assum\w*|ensur\w*|make\s+sure|should|would|might|must|so\s+that|"
              r"to\s+have)\b", re.IGNORECASE)
_LOOKS = frozenset({"handled", "returned"})
_LOSES = frozenset({"discarded", "void-cast", "unread", "overwritten"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Calls:
    """Every call of a function after a patch, each with its file; `whole` when nothing else names it that may call."""

    found: tuple[tuple[str, Call], ...]
    whole: bool


def caller_claims(analysis: Analysis, position: int, patch: int, sentence: str) -> Iterator[Claim]:
    """Yield what the sentence says of callers, for the moment after the patch at the position."""
    if analysis.patched.base.kind == "none" or _WISH.search(sentence):
        return
    only, check, counted = _ONLY_WITH.search(sentence), _ALL_CHECK.search(sentence), _COUNTED.search(sentence)
    if counted:
        word = " ".join((counted[2] or counted[3]).lower().removeprefix("all").split())
        yield from _count(analysis, position, patch, sentence, counted[1] or counted[4],
                          _NUMBERS[word] if word in _NUMBERS else int(word))
    if only:
        yield from _only_with(analysis, position, patch, sentence, (only[1], only[2]))
    if check:
        names = [check[1]] if check[1] else list(dict.fromkeys(_NAMED.findall(sentence)))
        if len(names) == 1:
            yield from _all_check(analysis, position, patch, sentence, names[0])


def _calls(analysis: Analysis, position: int, name: str, *, earlier: bool = False) -> _Calls:
    """Return every call of the function after the patch at the position, or before it."""
    side = analysis.before(position) if earlier else analysis.after(position)
    files = analysis.files_with(position if earlier else position + 1, (name,))[name]
    paths = [path for path in files if path.endswith((".c", ".h", ".S"))]
    found: list[tuple[str, Call]] = []
    whole = len(paths) <= _MOST_FILES and not analysis.skips
    for path in paths[:_MOST_FILES]:
        if path.endswith(".S"):
            whole = False
            continue
        facts = analysis.reading.facts(side.tree, path, {name: "int"})
        if facts is None:
            continue
        found += [(path, call) for call in facts.calls if call.callee == name]
        whole = whole and not any(one.name == name and one.kind in {"escape", "macro"} for one in facts.mentions)
        whole = whole and own_arch(path) in {"", *analysis.arches} and not facts.skips
    whole = whole and all(file.whole for state in analysis.patched.states for file in state.files if file.path in paths)
    return _Calls(found=tuple(found), whole=whole)


def _count(analysis: Analysis, position: int, patch: int, sentence: str, name: str, number: int) -> Iterator[Claim]:
    """Yield whether the function has so many callers, or calls, before the patch or after it."""
    both = [_calls(analysis, position, name, earlier=earlier) for earlier in (True, False)]
    counts = {count for calls in both for count in (len(calls.found), len({(path, call.function)
                                                                           for path, call in calls.found}))}
    if not any(calls.found for calls in both):
        return
    known = all(calls.whole for calls in both)
    verdict = "cannot-tell" if not known else "holds" if number in counts else "contradicted"
    yield _claim(patch, sentence, "other", verdict, [
        _line(path, call.span.line, f"{call.function or 'a macro'}() calls {name}()", patch)
        for path, call in both[1].found or both[0].found])


def _only_with(analysis: Analysis, position: int, patch: int, sentence: str, said: tuple[str, str]) -> Iterator[Claim]:
    """Yield whether some kernel without the option has a call of the function."""
    name, option = said
    config = analysis.configs[position + 1]
    calls = _calls(analysis, position, name)
    if not calls.found or not any(config.knows(option, arch) for arch in analysis.arches):
        return
    answers = {(path, call.span.line): [can_be(analysis, where_of(analysis, position, path, call), arch,
                                               Not(Var(f"CONFIG_{option}"))) for arch in analysis.arches]
               for path, call in calls.found}
    without = [place for place, those in answers.items() if Ternary.YES in those]
    never = all(answer is Ternary.NO for those in answers.values() for answer in those)
    verdict = "contradicted" if without else "holds" if never and calls.whole else "cannot-tell"
    yield _claim(patch, sentence, "only-config", verdict, [
        _line(path, line, f"{name}() is called without {option}", patch) for path, line in without])


def _all_check(analysis: Analysis, position: int, patch: int, sentence: str, name: str) -> Iterator[Claim]:
    """Yield whether each call of the function has its result looked at or handed on."""
    calls = _calls(analysis, position, name)
    if not calls.found or any(call.use == "void-callee" for _, call in calls.found) or analysis.returns(name) == "void":
        return
    lost = [(path, call) for path, call in calls.found if call.use in _LOSES and call.function]
    looked = all(call.use in _LOOKS for _, call in calls.found)
    verdict = "contradicted" if lost else "holds" if looked and calls.whole else "cannot-tell"
    yield _claim(patch, sentence, "error-handled", verdict, [
        _line(path, call.span.line, f"{call.function}() drops what {name}() returns", patch) for path, call in lost])


def _line(path: str, line: int, text: str, patch: int) -> Evidence:
    return Evidence(kind="source", file=path, line=line, text=text, rev=f"after patch {patch}" if patch else "")


def _claim(patch: int, sentence: str, kind: str, verdict: str, because: Sequence[Evidence]) -> Claim:
    return Claim(patch=patch, text=clip(sentence, _LONGEST), kind=kind, verdict=verdict,  # type: ignore[arg-type]
                 because=tuple(because[:6]))
