"""Inline functions of headers that call a name, and the C files whose calls of these make the kernel need it."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts import functions_of
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import Use, uses_of
from reviewbot.checks.configured import needed_at
from reviewbot.logic import And, Cond
from reviewbot.values import dataclass

__all__ = ["Through", "needs_through", "through_inlines"]

_MOST_HEADERS = 6
_MOST_CALLERS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """A call in an inline function of a header, and a call of that function in a C file."""

    call: Use
    inline: str
    use: Use


def through_inlines(analysis: Analysis, moment: int, name: str, paths: tuple[str, ...]) -> Iterator[Through]:
    """Yield how C files come to need the name through the inline functions of these headers, one level deep."""
    tree = analysis.sides[moment].tree
    headers = [path for path in paths if path.endswith(".h") and (own_arch(path) or path.startswith("include/"))]
    for path in headers[:_MOST_HEADERS]:
        data = tree.read(path) or b""
        uses = uses_of(tree, name, path)
        inlines = [(use, one.name) for one in functions_of(data) if uses and one.static and one.name
                   for use in uses if one.body.line <= use.line <= one.body.end_line]
        for use, inline in inlines:
            callers = analysis.files_with(moment, (inline,))[inline]
            found = 0
            for user in (one for one in callers if one.endswith(".c")):
                for call in uses_of(tree, inline, user):
                    if found < _MOST_CALLERS:
                        found += 1
                        yield Through(call=use, inline=inline, use=call)


def needs_through(analysis: Analysis, moment: int, name: str, through: Through, arch: str) -> Cond | None:
    """Return when the compiler keeps both calls; None when that is not known, or the inline function has another
    definition on the architecture."""
    config = analysis.configs[moment]
    if sum(one.definition.kind in {"inline", "macro"} and one.definition.file != through.call.file and not one.stub
           for one in config.candidates(through.inline, arch)):
        return None
    inner = needed_at(analysis, config.tree, name, through.call.file, through.call.line, guards=True, moment=moment,
                      arch=arch)
    outer = needed_at(analysis, config.tree, through.inline, through.use.file, through.use.line, guards=True,
                      moment=moment, arch=arch)
    return None if inner is None or outer is None else And(inner, outer)
