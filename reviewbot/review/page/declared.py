"""What a series says anew of functions of the family where no code of theirs changes: that they are declared, or no
longer, and whether their result has to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reviewbot.cfacts.headers import without_checks
from reviewbot.cfacts.types import FileFacts
from reviewbot.checks.analysis import Analysis
from reviewbot.review.page.reader import Reader
from reviewbot.review.unseen import Unseen
from reviewbot.text import quote_names, squash

__all__ = ["is_declaration", "say_declared"]

_MOST = 3
_CHECK = "__must_check"
_SAID = {"adds": "now declares", "removes": "no longer declares", "changes": "changes the declaration of"}


def is_declaration(one: Unseen) -> bool:
    """Return whether a changed line declares a function of the family and no more: it can be told as it is."""
    return one.kind == "names" and one.what == f"the declaration of {one.name}()"


def say_declared(reader: Reader, declared: Sequence[Unseen]) -> str:
    """Return the sentences for a page that tells of no call: which declarations come, go or change, and which functions
    have or lose __must_check; empty where there are none."""
    sentences, only_checks = [], set()
    for position, state in reader.analysis.states():
        for file in state.files:
            before, after = (side.facts.get(path) for side, path in (
                (reader.analysis.before(position), file.old_path), (reader.analysis.after(position), file.path)))
            if before is None or after is None or (reader.patches is not None and state.index not in reader.patches):
                continue
            old, new = _heads(reader.analysis, before), _heads(reader.analysis, after)
            both = sorted(old.keys() & new.keys())
            for names, said in (([name for name in both if _CHECK in new[name] and _CHECK not in old[name]], "now"),
                                ([name for name in both if _CHECK in old[name] and _CHECK not in new[name]],
                                 "no longer")):
                sentences += [_checked(names, file.path, said)] if names else []
                only_checks |= {(state.index, file.path, name) for name in names
                                if without_checks(old[name]) == without_checks(new[name])}
    for path in dict.fromkeys(one.file for one in declared):
        parts = []
        for how, said in _SAID.items():
            names = [f"{one.name}()" for one in declared if (one.file, one.how) == (path, how)
                     and (one.patch, path, one.name) not in only_checks]
            parts += [f"{said} {quote_names(list(dict.fromkeys(names)), most=_MOST)}"] if names else []
        sentences += [f"{path} {quote_names(parts)}."] if parts else []
    return " ".join(dict.fromkeys(sentences))


def _checked(names: Iterable[str], path: str, said: str) -> str:
    told = [f"{name}()" for name in names]
    return f"{quote_names(told, most=_MOST)} of {path} {'is' if len(told) == 1 else 'are'} {said} {_CHECK}."


def _heads(analysis: Analysis, facts: FileFacts) -> dict[str, str]:
    """Return the heads of the family's functions of a file, of each once: as it is defined, else as it is declared."""
    family = analysis.family.names()
    found: dict[str, set[str]] = {}
    for one in facts.functions:
        found.setdefault(one.name, set()).add(squash(one.signature))
    for mention in facts.mentions:
        if mention.kind == "declaration":
            found.setdefault(mention.name, set()).add(squash(mention.text))
    return {name: next(iter(heads)) for name, heads in found.items() if len(heads) == 1 and name in family}
