"""What kind of memory a file-local variable holds: told where all that is stored in it is."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from reviewbot.cfacts import functions_of
from reviewbot.patterns import regex
from reviewbot.text import decode, squash

__all__ = ["maker_of"]

_LOADS = regex(r"(?:rcu_dereference\w*|rcu_access_pointer|READ_ONCE|smp_load_acquire)\(&?(\w+)(?:,.*)?\)")
_STORES = r"(?:rcu_assign_pointer|RCU_INIT_POINTER|WRITE_ONCE|smp_store_release)"
_MAKER = regex(r"(?:\([\w\s*]+\)\s*)?(\w+)\s*\(")
_COMMENT = regex(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def maker_of(data: bytes, texts: Sequence[str], memory: str, makers: Container[str]) -> str:
    """Return the call that gives the memory which a function takes out of a static pointer of the file, or "".

    `texts` are the function's statements; they must ask whether there is any memory. Every store to the pointer in the
    file has to be NULL or what one of the `makers` gave, directly or through a variable that is set once.
    """
    name = _loaded(texts, memory)
    asked = re.compile(rf"if \((?:unlikely\(|likely\()?!?{re.escape(memory)}\b")
    if not name or not any(map(asked.match, texts)):
        return ""
    text = _COMMENT.sub(lambda hit: "\n" * hit[0].count("\n"), decode(data))
    declared = re.compile(rf"^static\b[^;(){{}}=]*\*[\w\s]*?\b{name}\b[\w\s]*(?:=\s*NULL\s*)?;", re.MULTILINE)
    rest, number = declared.subn("", text)
    word = rf"(?<![\w.>]){name}\b"
    if number != 1 or re.search(rf"(?<!&)&\s*{word}(?!\s*(?:->|\[|\.))(?!,)|{word}\s*(?:[-+|&^]=|\+\+|--)", rest):
        return ""
    found = set()
    for hit in re.finditer(rf"{word}\s*=(?!=)\s*([^;]+);|{_STORES}\(\s*&?{name}\s*,\s*([^;]+)\)\s*;", rest):
        value = squash(hit[1] or hit[2])
        if value != "NULL":
            found.add(_maker(value, makers) or _through(data, text, value, makers))
    # What hands the pointer's place to something else, or stores otherwise, is not read.
    known = len(re.findall(rf"&\s*{word}\s*,", rest)) == len(re.findall(rf"{_STORES}\(\s*&{name}\s*,", rest))
    other = re.search(rf"\b(?:rcu_replace_pointer|rcu_swap_protected|x?chg|xchg|cmpxchg|swap)\(\s*&?{name}\b", rest)
    return min(found) if found and "" not in found and known and not other else ""


def _loaded(texts: Sequence[str], memory: str) -> str:
    """Return the variable that the function's own one is read from, where it gets its value nowhere else."""
    if not memory.isidentifier():
        return ""
    gives = re.compile(rf"(?:[\w\s]*[\s*])?{memory} = ")
    given = [text.rstrip(";").partition(" = ")[2] for text in texts if gives.match(text)]
    if len(given) != 1:
        return ""
    loaded = _LOADS.fullmatch(given[0])
    return loaded[1] if loaded else given[0] if given[0].isidentifier() else ""


def _maker(value: str, makers: Container[str]) -> str:
    hit = _MAKER.match(value)
    return hit[1] if hit and hit[1] in makers else ""


def _through(data: bytes, text: str, value: str, makers: Container[str]) -> str:
    """Return the call behind a local variable that is stored: every function that stores it sets it by that call."""
    if not value.isidentifier():
        return ""
    lines, found = text.splitlines(), set()
    for one in functions_of(data):
        body = "\n".join(lines[one.body.line - 1:one.body.end_line])
        if re.search(rf"{_STORES}\([^;]*,\s*{value}\s*\)|=\s*{value}\s*;", body):
            given = re.findall(rf"(?<![\w.>]){value}\s*=(?!=)\s*([^;]+);", body)
            found.add(_maker(squash(given[0]), makers) if len(given) == 1 else "")
    return min(found) if found and "" not in found else ""
