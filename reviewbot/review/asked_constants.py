"""What a changed function answers for the constants that a caller hands to it: a new case is none of the others."""

from __future__ import annotations

import re

from reviewbot.cfacts import body_text, functions_with
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.meanings import meaning
from reviewbot.logic import Var
from reviewbot.patterns import regex

__all__ = ["answers_as_before"]

_CONSTANT = regex(r"[A-Z][A-Z0-9_]*")
_MOST = 8  # constants that one caller asks for


def answers_as_before(analysis: Analysis, position: int, data: bytes, user: str, asked: str, definer: str) -> bool:
    """Return whether a function of the file `data` asks another one, which the patch changes in the file `definer`,
    only for constants for which that answers what it answered before, as far as its body tells."""
    called = re.compile(rf"(?<![\w.>]){re.escape(asked)}\s*\(([^()]*)\)?")
    given = {hit.strip() for one in functions_with(data, frozenset({asked})) if one.name == user
             for hit in called.findall(body_text(data, one))}
    if not given or len(given) > _MOST or not all(map(_CONSTANT.fullmatch, given)):
        return False
    mine = own_arch(definer)
    for arch in (mine,) if mine else analysis.arches:
        for constant in sorted(given):
            question = Var(f"{asked}({constant})")
            was, now = (meaning(analysis.configs[moment], question, arch) for moment in (position, position + 1))
            if was is None or was != now or was == question:
                return False
    return True
