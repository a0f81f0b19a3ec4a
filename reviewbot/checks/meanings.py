"""What a question comes to on an architecture: `mem_encrypt_active()` is `sme_me_mask`, or nothing, by its bodies."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from functools import lru_cache

from reviewbot.cfacts import body_text, functions_of
from reviewbot.cfacts.conditions import parse_c_condition
from reviewbot.cfacts.types import Function
from reviewbot.checks.arches import own_arch
from reviewbot.checks.arguments import parameter_names, put_in, split_arguments
from reviewbot.kconfig import KernelConfig
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Var
from reviewbot.patterns import regex
from reviewbot.text import closing, decode

__all__ = ["meaning"]

_ASKED = regex(r"([A-Za-z_]\w*)\((.*)\)", re.DOTALL)
_DIRECTIVE = regex(r"^[ \t]*#[ \t]*(ifdef|ifndef|if|elif|else|endif)\b([^\n]*)$", re.MULTILINE)
_RETURN = regex(r"return\b([^;{}]*);")
_CASE = regex(r"(?:case\s+(\w+)|(default))\s*:")
_DEFINE = regex(r"[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+\(?(?:(true|false)|(?:0x)?(\d+)[uUlL]*)\)?[ \t]*(?:/\*.*)?")
_STATIC = regex(r"^static\b[^;={(\n]*(?=[;=])", re.MULTILINE)
_WORD = regex(r"[A-Za-z_]\w*")
_BUILT_IN = frozenset({"likely", "unlikely", "IS_ENABLED", "defined"})
_VALUES = {"true": TRUE, "1": TRUE, "false": FALSE, "0": FALSE}
_DEEPEST = 4


def meaning(config: KernelConfig, condition: Cond, arch: str, depth: int = 0, near: str = "",
            keep: Container[str] = frozenset()) -> Cond | None:
    """Return the condition with its questions replaced by what their bodies ask, options and variables at the end.

    None where a question has no body that can be read: one that is written in another way than by tests that return.
    What is to `keep` stays a question.
    """
    found: dict[str, Cond] = {}
    for atom in sorted(condition.variables()):
        if atom.startswith("CONFIG_") or atom in keep:
            continue
        asked = _ASKED.fullmatch(atom)
        told = _called(config, asked[1], asked[2], arch, depth, near, keep) if asked else _variable(config, atom, arch)
        if told is None:
            return None
        found[atom] = told
    return condition.replace(found.get)


def _variable(config: KernelConfig, atom: str, arch: str) -> Cond:
    """Return a variable that headers make a number under some condition as that: `sme_me_mask` may be `0ULL`."""
    if not atom.isidentifier() or not _is_macro(config, atom):
        return Var(atom)
    config.prepare([atom])
    answer, rest = FALSE, TRUE
    for place in config.candidates(atom, arch):
        one = place.definition
        if one.kind != "macro" or own_arch(one.file) not in {"", arch}:
            continue
        lines = decode(config.tree.read(one.file) or b"").splitlines()
        given = _DEFINE.fullmatch(lines[one.line - 1]) if one.line <= len(lines) else None
        if given is None or given[1] != atom:
            return Var(atom)
        value = TRUE if given[2] == "true" or (given[3] or "0").strip("0") else FALSE
        answer, rest = Or(answer, And(one.condition, value)), And(rest, Not(one.condition))
    return Or(answer, And(rest, Var(atom)))


def _is_macro(config: KernelConfig, atom: str) -> bool:
    """Return whether a header defines the name as a macro, for which the whole tree need not be searched."""
    defines = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+" + atom.encode() + rb"\b", re.MULTILINE)
    return any(defines.search(config.tree.read(path) or b"") is not None
               for path in config.tree.search([atom], prefixes=("include", "arch"), suffixes=(".h",)))


def _called(config: KernelConfig, name: str, words: str, arch: str, depth: int, near: str,
            keep: Container[str]) -> Cond | None:
    arguments = split_arguments(words)
    if arguments is None or depth >= _DEEPEST or name in _BUILT_IN:
        return None
    config.prepare([name])
    places = [one for one in config.candidates(name, arch) if one.definition.kind in {"function", "inline", "macro"}
              and (not one.static or one.definition.file.endswith(".h") or one.definition.file == near)]
    parts: list[tuple[Cond, Cond]] = []
    for place in places:
        one = place.definition
        if one.kind == "macro" or any(And(one.condition, other) != FALSE for other, _ in parts):
            return None
        data = config.tree.read(one.file) or b""
        body = next((each for each in _functions(data, name) if each.span.line <= one.line <= each.span.end_line), None)
        answer = None if body is None or "__weak" in body.signature.split() else _answer(data, body, arguments)
        told = None if answer is None else meaning(config, _owned(answer, data, one.file), arch, depth + 1, one.file,
                                                      keep)
        if told is None:
            return None
        parts.append((one.condition, told))
    # Where no body stands nothing is known of the answer; that no configuration comes there is asked by whoever asks.
    rest = And(Not(Or(*(condition for condition, _ in parts))), Var(f"{name}({words})")) if parts else None
    return None if rest is None else Or(rest, *(And(condition, told) for condition, told in parts))


def _owned(answer: Cond, data: bytes, file: str) -> Cond:
    """Return the answer with each variable that is the C file's own named as such: another file's is another one."""
    if not file.endswith(".c"):
        return answer
    own = {name for line in _STATIC.findall(decode(data)) for name in _WORD.findall(line)}
    return answer.replace(lambda atom: Var(f"{atom} of {file}") if not _ASKED.fullmatch(atom)
                          and not atom.startswith("CONFIG_") and own & set(_WORD.findall(atom)) else None)


@lru_cache(maxsize=256)
def _functions(data: bytes, name: str) -> tuple[Function, ...]:
    return tuple(one for one in functions_of(data) if one.name == name)


def _answer(data: bytes, function: Function, arguments: tuple[str, ...]) -> Cond | None:
    """Return when the function returns true for these arguments."""
    names = parameter_names(function)
    if len(names) != len(arguments):
        return None
    whole = body_text(data, function)
    text = whole[whole.find("{") + 1:whole.rfind("}")]
    return _of_arms(text, dict(zip(names, arguments, strict=True)), 0)


def _of_arms(text: str, given: Mapping[str, str], depth: int) -> Cond | None:
    """Return the answer with each `#if` in the body one of two bodies."""
    found = list(_DIRECTIVE.finditer(text))
    if not found:
        return None if "#" in text or depth > _DEEPEST else _block(text, given)
    level, middle, end = 0, None, None
    for one in found:
        level += {"ifdef": 1, "ifndef": 1, "if": 1, "endif": -1}.get(one[1], 0)
        if level == 1 and one[1] in {"else", "elif"}:
            if middle is not None or one[1] == "elif":
                return None
            middle = one
        if level == 0:
            end = one
            break
    if end is None or not found[0][1].startswith("if"):
        return None
    condition = parse_c_condition(found[0][2].strip().encode()) if found[0][1] == "if" else Var(found[0][2].strip())
    condition = Not(condition) if found[0][1] == "ifndef" else condition
    if not all(name.startswith("CONFIG_") for name in condition.variables()):
        return None
    before, after = text[:found[0].start()], text[end.end():]
    first = text[found[0].end():(middle or end).start()]
    second = text[middle.end():end.start()] if middle else ""
    arms = [_of_arms(before + arm + after, given, depth + 1) for arm in (first, second)]
    return None if arms[0] is None or arms[1] is None else Or(And(condition, arms[0]), And(Not(condition), arms[1]))


def _block(text: str, given: Mapping[str, str]) -> Cond | None:
    """Return the answer of statements that test and return, None for any other statement, or without a last return."""
    text = text.strip()
    returned = _RETURN.match(text)
    if returned:
        return _read(returned[1], given) if returned[1].strip() else None
    if re.match(r"if\s*\(", text):
        start = text.find("(")
        end = closing(text, start, "()")
        inner, rest = _first(text[end + 1:].lstrip()) if end > 0 else ("", "")
        if not text[end + 1:].lstrip().startswith("{") and re.match(r"(?:if|for|while|switch|do)\b", inner):
            return None  # whose `else` follows is not looked at
        otherwise = re.match(r"else\b", rest)
        if otherwise:
            second, rest = _first(rest[otherwise.end():].lstrip())
            rest = second + rest
        test, then, other = _read(text[start + 1:end], given), _block(inner, given), _block(rest, given)
        return None if then is None or other is None else Or(And(test, then), And(Not(test), other))
    if re.match(r"switch\s*\(", text):
        start = text.find("(")
        end = closing(text, start, "()")
        body = text[end + 1:].lstrip()
        close = closing(body, 0, "{}") if body.startswith("{") else -1
        value = put_in(text[start + 1:end].strip(), given)
        if close < 0 or not value.isidentifier() or value in given or not value.isupper():
            return None
        cases = list(_CASE.finditer(body[:close]))
        chosen = next((one for one in cases if one[1] == value), None) or next((one for one in cases if one[2]), None)
        if chosen is None:
            return _block(body[close + 1:], given)
        inner = _CASE.sub(" ", body[chosen.end():close])
        return _block(inner, given)
    return None


def _first(text: str) -> tuple[str, str]:
    """Return the first statement, bare of its braces, and what follows it."""
    if text.startswith("{"):
        close = closing(text, 0, "{}")
        return (text[1:close], text[close + 1:].lstrip()) if close > 0 else ("", "")
    end = text.find(";")
    return (text[:end + 1], text[end + 1:].lstrip()) if end >= 0 else ("", "")


def _read(text: str, given: Mapping[str, str]) -> Cond:
    bare = re.sub(r"^!\s*!\s*", "", put_in(text.strip(), given))
    bare = re.sub(r"\s*!=\s*0[uUlL]*$", "", bare) if re.fullmatch(r"\w+\s*!=\s*0[uUlL]*", bare) else bare
    return _VALUES[bare] if bare in _VALUES else parse_c_condition(bare.encode())
