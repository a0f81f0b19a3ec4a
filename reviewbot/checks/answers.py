"""When a function that answers yes or no says yes, by all of its tests and returns.

Accepted: the body of a C function without `#if`: tests, returns, plain statements and blocks; no loops, no jumps.
"""

from __future__ import annotations

import re

from reviewbot.cfacts import body_text
from reviewbot.cfacts.conditions import parse_c_condition
from reviewbot.cfacts.types import Function
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or
from reviewbot.patterns import regex
from reviewbot.text import closing
from reviewbot.values import dataclass

__all__ = ["answer_of"]

_OTHER = regex(r"(?:for|while|do|switch|goto|case|default|break|continue)\b|\w+\s*:(?!:)|#")
_HIDES = regex(r"(?!WARN)[A-Z_]+\(|panic\(")  # a macro may return, and who stops does not go on
_WORD = regex(r"(?:if|return|else)\b")
_VALUES = {"true": TRUE, "1": TRUE, "false": FALSE, "0": FALSE}
_MOST_TESTS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """When statements return yes, and when they are left at their end."""

    yes: Cond
    past: Cond


def answer_of(data: bytes | None, function: Function) -> Cond | None:
    """Return when the function returns true, None where it is written in another way."""
    whole = body_text(data, function)
    text = whole[whole.find("{") + 1:whole.rfind("}")]
    if "#" in text or len(re.findall(r"\bif\b", text)) > _MOST_TESTS:
        return None
    way = _statements(text.strip())
    return way.yes if way is not None and way.past == FALSE else None


def _statements(text: str) -> _Way | None:
    yes, past = FALSE, TRUE
    while text:
        taken = _one(text)
        if taken is None:
            return None
        way, text = taken
        yes, past = Or(yes, And(past, way.yes)), And(past, way.past)
    return _Way(yes=yes, past=past)


def _one(text: str) -> tuple[_Way, str] | None:
    """Return what the first statement does, and the text behind it; None where that is not known."""
    if text.startswith("{"):
        end = closing(text, 0, "{}")
        inner = _statements(text[1:end].strip()) if end > 0 else None
        return None if inner is None else (inner, text[end + 1:].lstrip())
    if _OTHER.match(text):
        return None
    word = _WORD.match(text)
    if word is None or word[0] == "return":
        end = text.find(";")
        said = text[len(word[0]) if word else 0:end].strip()
        if end < 0 or (word is None and ("{" in said or _HIDES.match(said))):
            return None
        way = _Way(yes=_read(said), past=FALSE) if word and said else _Way(yes=FALSE, past=TRUE)
        return None if word and not said else (way, text[end + 1:].lstrip())
    return _test(text) if word[0] == "if" else None


def _test(text: str) -> tuple[_Way, str] | None:
    start = text.find("(")
    end = closing(text, start) if text[2:start].strip() == "" else -1
    then = _one(text[end + 1:].lstrip()) if end > 0 else None
    if then is None:
        return None
    test, (way, rest) = _read(text[start + 1:end]), then
    other = _Way(yes=FALSE, past=TRUE)
    if re.match(r"else\b", rest):
        found = _one(rest[4:].lstrip())
        if found is None:
            return None
        other, rest = found
    return _Way(yes=Or(And(test, way.yes), And(Not(test), other.yes)),
                past=Or(And(test, way.past), And(Not(test), other.past))), rest


def _read(text: str) -> Cond:
    bare = re.sub(r"^!\s*!\s*", "", text.strip())
    return _VALUES[bare] if bare in _VALUES else parse_c_condition(bare.encode())
