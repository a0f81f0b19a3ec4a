"""Claims that a function does nothing where an option is off, held against the condition under which it acts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.definitions import definition_of, facts_of, when_it_acts
from reviewbot.findings.types import Claim, Evidence
from reviewbot.logic import FALSE, TRUE
from reviewbot.patterns import regex
from reviewbot.text import clip

__all__ = ["guard_claims"]

_LONGEST = 300
_DOES_NOTHING = regex(
    r"\b(\w+)\(\)\s+(?:will\s+|would\s+)?(?:bails?\s+out|refuses?|does\s+nothing|do\s+nothing|(?:is|be)\s+a\s+no-?op)\b"
    r"[^.;]{0,60}?\b(?:when|if|unless)\s+(?:CONFIG_)?([A-Z][A-Z0-9_]{3,60})\s+is\s+"
    r"(disabled|off|unset|not\s+(?:set|enabled)|enabled|set|on)\b")
_OFF = frozenset({"disabled", "off", "unset"})


def guard_claims(analysis: Analysis, patch: int, sentence: str) -> Iterator[Claim]:
    """Yield whether the function does nothing, on the architecture that the sentence names, where the option is off.

    As it stood before the series: a changelog speaks of what it found. Where the condition does not hang on the option
    nothing is said.
    """
    for said in _DOES_NOTHING.finditer(sentence):
        name, option, state = said[1], said[2].lower(), " ".join(said[3].lower().split())
        off = state in _OFF or state.startswith("not ")
        if re.search(r"\bunless\b", said[0]):
            off = not off
        arches = [arch for arch in analysis.arches if re.search(rf"\b{arch}\b", sentence, re.IGNORECASE)]
        if name not in analysis.family.names() or len(arches) != 1 or not off:
            continue
        before = analysis.before(0)
        fact = next(iter(facts_of(analysis, arches[0], name)), None)
        place = definition_of(analysis, before, name, fact) if fact is not None else None
        acts = when_it_acts(analysis, before, place, name, fact) if place and place.line else TRUE
        about = {one: False for one in acts.variables() if option in one.lower()}
        left = acts.assume(about)
        if not place or not about or left == TRUE:
            continue
        text = f"{name}() of {arches[0]} acts when {acts}" + (
            "" if left == FALSE else f": also without {said[2]}, when {left}")
        shown = Evidence(kind="source", file=place.file, line=place.line, text=text, rev="before the series")
        yield Claim(patch=patch, text=clip(" ".join(said[0].split()), _LONGEST), kind="only-config", because=(shown,),
                    verdict="holds" if left == FALSE else "contradicted")
        return
