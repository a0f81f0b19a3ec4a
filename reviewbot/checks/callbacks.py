"""Functions of the family that are handed to a helper, which calls them by the name of its parameter.

`module_set_memory(mod, type, set_memory_rox)` makes memory executable as a call of set_memory_rox() does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from reviewbot.cfacts.functions import body_text, functions_with
from reviewbot.cfacts.headers import parameter_name
from reviewbot.cfacts.links import escapes_of
from reviewbot.cfacts.types import FileFacts, Function
from reviewbot.patterns import regex
from reviewbot.source.types import Tree

__all__ = ["called_through"]

_RETURNS = regex(r"\s*([\w\s*]+?)\s*\(\s*\*")


def called_through(sides: Iterable[tuple[Tree, Mapping[str, FileFacts]]], family: frozenset[str]) -> dict[str, str]:
    """Return the helpers that are given a function of the family in files of these trees, and the parameters by which
    they call it, each with the C type that it returns (empty where that is not in sight)."""
    found: dict[str, str] = {}
    seen: set[int] = set()
    for tree, files in sides:
        for path, facts in files.items():
            if id(facts) in seen or not any(one.kind == "escape" and one.name in family for one in facts.mentions):
                continue
            seen.add(id(facts))  # the facts live as long as the sides
            data = tree.read(path) or b""
            asked = {(one.target, one.index) for one in escapes_of(data, facts)
                     if one.kind == "argument" and one.name in family and not one.target.isupper()}
            helpers = functions_with(data, frozenset(name for name, _ in asked)) if asked else ()
            for helper in helpers:
                for number in sorted(index for name, index in asked if name == helper.name):
                    found |= _called(helper, number, body_text(data, helper))
    return found


def _called(helper: Function, number: int, body: str) -> dict[str, str]:
    """Return the helper and its parameter of that number, if the parameter is a function that its body calls."""
    declared = helper.parameters[number] if number < len(helper.parameters) else ""
    name, returns = parameter_name(declared), _RETURNS.match(declared)
    if not name or not returns or not re.search(rf"(?<![\w.>]){name}\)?\s*\(", body):
        return {}
    return {helper.name: helper.returns, name: returns[1]}
