"""Functions that differ in nothing but values with which variables are declared and that nothing reads."""

from __future__ import annotations

from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.reading import code_of
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile

__all__ = ["same_but_starts"]

_START = regex(r"(?<=[;{}])(?P<head> ?(?!(?:else|return|goto|case|do)\b)\w[\w ]*[ *])(?P<name>\w+) = "
               r"(?:-?\w+|ERR_PTR\(-\w+\)|\{ ?0? ?\})(?=;)")


def same_but_starts(analysis: Analysis, position: int, file: PatchedFile, was: Function, now: Function) -> bool:
    """Return whether two functions of a file differ, and only in what variables are declared with: on every path
    another value takes its place before it is read."""
    texts = code_of(file.before, was), code_of(file.after, now)
    if texts[0] == texts[1] or len({_START.sub(r"\g<head>\g<name>", text) for text in texts}) > 1:
        return False
    starts = [{hit["name"]: hit[0] for hit in _START.finditer(text)} for text in texts]
    names = {name for name in {**starts[0], **starts[1]} if starts[0].get(name) != starts[1].get(name)}
    for side, path, one, mine in ((analysis.before(position), file.old_path, was, starts[0]),
                                  (analysis.after(position), file.path, now, starts[1])):
        flow = analysis.reading.flow(side.tree, path, one.name, one.span.line)
        if flow is None or not (names & mine.keys()).issubset(flow.unread_starts()):
            return False
    return bool(names)
