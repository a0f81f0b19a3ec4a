"""What a function's memory is for those outside of it: a name that only the function has tells nobody else anything."""

from __future__ import annotations

import re
from functools import lru_cache

from reviewbot.cfacts import object_of, squash_c
from reviewbot.cfacts.lexer import lines_in
from reviewbot.checks.analysis import Side
from reviewbot.checks.arguments import split_arguments
from reviewbot.contracts.frees import known_frees
from reviewbot.patterns import regex

__all__ = ["place_of", "thing_of"]

_BARE = regex(r"(?P<sign>[&*]?)(?P<name>[A-Za-z_]\w*)")
_PLACE = regex(r"&?[A-Za-z_]\w*(?:(?:->|\.)\w+|\[\w+\])*")
_CALL = regex(r"(?P<name>[a-z_]\w*)\(.*\)")
_LOADED = regex(r"(?:(?:s?rcu_dereference|rcu_access_pointer|unrcu_pointer)\w*|READ_ONCE|smp_load_acquire)"
                r"\( ?&?(?P<place>[A-Za-z_]\w*) ?[,)]")
_REFINES = regex(r"_*(?:min|max|clamp|round|align|roundup|rounddown|array|likely|unlikely)\w*")
_NO_TYPE = r"(?!(?:return|goto|else|case|sizeof|typeof|do)\b)"
_VALUE = r"(?:[^;,()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))+"  # brackets three deep
_THROUGH = regex(r"[;{})] ?\*+$")  # what a pointer leads to is given the value
_NEAR = 8  # letters in front of a name that are looked at
_LONGEST = 32
_DEEPEST = 3


def place_of(argument: str) -> str:
    """Return the object that an argument names, its address in the direct map as that: what is mapped there is not what
    the image's own address leads to."""
    made = object_of(argument)
    return f"lm_alias({made})" if "lm_alias(" in argument and _PLACE.fullmatch(made) else made


def thing_of(side: Side, path: str, function: str, text: str, *, page: bool = False) -> str:
    """Return what the object is for a reader who knows the function's declaration and no more, empty where it has no
    such name: a parameter and what every function can name as they are, a variable of its own as what it was made from.
    Where one `page` alone is changed, that is the first of several which were allocated.
    """
    facts = side.facts.get(path)
    one = next((one for one in (facts.functions if facts else ()) if one.name == function), None)
    if one is None:
        return text
    data = side.tree.read(path) or b""
    lines = lines_in(data)
    code = _code_of(data[lines.start(one.body.line):lines.start(one.body.end_line + 1)])
    told = _told(code, one.parameters, text, _DEEPEST)
    return f"the first page of {told}" if page and told.startswith("what ") and _are_several(code, text) else told


def _are_several(code: str, name: str) -> bool:
    """Return whether the variable holds several pages that one call has given, by the order that it was asked for."""
    call = _CALL.fullmatch(object_of(_source(code, name)))
    number = known_frees().order_taken.get(call["name"], 0) if call else 0
    given = split_arguments(call[0].partition("(")[2].removesuffix(")")) if call and number else None
    return given is not None and number <= len(given) and given[number - 1].strip() != "0"


@lru_cache(maxsize=64)
def _code_of(body: bytes) -> str:
    """Return a body as one line without comments and preprocessor lines."""
    return squash_c(b"\n".join(line for line in body.split(b"\n") if not line.startswith(b"#")))


def _told(code: str, parameters: tuple[str, ...], text: str, depth: int) -> str:
    found = _BARE.fullmatch(text)
    if found is None:
        return _of_global(code, text)
    name = found["name"]
    own = next((one for one in parameters if re.search(rf"\b{name}\b(?:\[\w*\])?$", one.strip())), "")
    if own:
        return _parameter(own, name) or text
    if not _is_local(code, name):
        return text
    source = _source(code, name)
    made = object_of(source)
    if found["sign"] == "*":  # what lies there is another thing than the place
        there = made.removeprefix("&")
        return there if made != there and _PLACE.fullmatch(there) and len(there) <= _LONGEST else ""
    if "lm_alias(" in source:
        return place_of(source) if _PLACE.fullmatch(made) and len(made) <= _LONGEST else ""
    if _PLACE.fullmatch(made) and len(made) <= _LONGEST and made != name:
        return _told(code, parameters, made, depth - 1) if depth else ""
    loaded = _LOADED.match(source)
    if loaded is not None:
        return f"what {loaded['place']} pointed to" if not _is_local(code, loaded["place"]) else ""
    call = _CALL.fullmatch(made)
    return f"what {call['name']}() returned" if call and not _REFINES.fullmatch(call["name"]) else ""


def _of_global(code: str, text: str) -> str:
    """Return the place, by the name of the structure that every function can name where a pointer leads to that."""
    root, arrow, field = text.partition("->")
    held = re.fullmatch(r"&(\w+)", _source(code, root)) if arrow and re.fullmatch(r"\w+", root) else None
    return f"{held[1]}.{field}" if held and _is_local(code, root) and not _is_local(code, held[1]) else text


def _parameter(declared: str, name: str) -> str:
    """Return `its bpf_prog` for a structure whose parameter has a name that does not say so, else nothing."""
    found = re.search(rf"\bstruct (\w+) ?\* ?{name}$", declared.strip())
    if found is None or name in found[1] or any(word in name for word in found[1].split("_") if len(word) > 2):
        return ""
    return f"its {found[1]}"


@lru_cache(maxsize=256)
def _is_local(code: str, name: str) -> bool:
    """Return whether the body declares the name."""
    declared = rf"[;{{}}(] ?{_NO_TYPE}(?:\w+ ){{0,6}}\w+[ *]+(?:[^;(){{}}]*, ?\**)?{name} ?(?:[=;,)]|\[)"
    return re.search(declared, code) is not None


@lru_cache(maxsize=256)
def _source(code: str, name: str) -> str:
    """Return the one value that the body gives to the name, empty where it has several or changes it."""
    if re.search(rf"\b{name} ?(?:[-+*/|&^]=|<<=|>>=|\+\+|--)|(?:\+\+|--|[(,] ?&){name}\b", code):
        return ""
    values = {found[1].strip() for found in re.finditer(rf"(?<![\w.>]){name} = ({_VALUE})[;,]", code)
              if not _THROUGH.search(code[max(0, found.start() - _NEAR):found.start()])} - {"NULL", "0"}
    return values.pop() if len(values) == 1 else ""
