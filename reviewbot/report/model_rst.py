"""The architecture model as a page in reStructuredText, in the form of the kernel's Documentation/."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reviewbot.arch.page import ArchPage, Section
from reviewbot.arch.types import KernelVersion
from reviewbot.patterns import regex
from reviewbot.report.model_words import SaidBefore, say_backend, say_behaviour, say_setting, say_switch
from reviewbot.text import squash, visible

__all__ = ["render_model_rst"]

_MARKS = regex(r"([\\*`|_])")
_BEFORE = " '\"([{<-/:"
_BEHIND = " '\")]}>-/:.,;!?\\"
_NAME = regex(r"(?<!\w)(?:[A-Za-z_][\w*]*\((?:\.\.\.|[A-Z]\w*)?\)|CONFIG_\w+|[A-Z][A-Z0-9]*_[A-Z0-9_]+)")


def render_model_rst(pages: Sequence[ArchPage], *, version: KernelVersion) -> str:
    """Return the pages of several architectures in one release as one document; the same model gives the same bytes."""
    lines = [".. SPDX-License-Identifier: GPL-2.0-or-later", "",
             *_heading("Changing kernel memory mappings, by architecture", "=", above=True),
             *_paragraph(f"What set_memory_*(), set_direct_map_*() and __kernel_map_pages() do on each architecture in "
                         f"Linux {version}: when they can fail, what a failure leaves behind, whether they split a "
                         "large leaf, flush the TLB or sleep. A function that stands in no list of an architecture is "
                         "not declared there."),
             ".. contents::", "   :local:", "   :depth: 1", ""]
    for page in pages:
        lines += _architecture(page)
    return visible("\n".join(lines).rstrip("\n") + "\n")


def _architecture(page: ArchPage) -> Iterator[str]:
    yield from _heading(page.title, "=")
    yield from _paragraph(page.summary)
    said: SaidBefore = {}
    for section in page.sections:
        if section.behaviours or section.stubs:
            yield from _section(section, said)
    if page.statements:
        yield from _heading("The direct map as a whole", "-")
        for statement in page.statements:
            yield from _item(statement.text)
        yield ""
    entries = [(one.name, say_switch(one)) for one in page.switches] + \
        [(one.name, say_setting(one)) for one in page.runtimes]
    if entries:
        yield from _heading("Switches and names in conditions", "-")
        for name, told in entries:
            yield from _defined(_code(name), [f"{label}: {_marked(text)}" for label, text in told])
        yield ""
    if page.backends.rows:
        yield from _heading("What it can run on", "-")
        for row in page.backends.rows:
            yield from _defined(_marked(row.title), [f"{label}: {_marked(text)}"
                                                     for label, text in say_backend(page.backends, row)])
        yield ""


def _section(section: Section, said: SaidBefore) -> Iterator[str]:
    yield from _heading(section.title, "-")
    for behaviour in section.behaviours:
        told = []
        for line in say_behaviour(behaviour, said):
            like = f" (as of {_code(line.like + '()')})" if line.like else ""
            told.append(f"{line.label}: {_marked('; '.join(line.texts))}{like}")
        yield from _defined(", ".join(_code(f"{name}()") for name in behaviour.symbols), told)
    for condition, names in section.stubs:
        when = f" when {_code(condition)}" if condition else ""
        yield from _paragraph(f"Stubs that do nothing{when}: {', '.join(_code(f'{name}()') for name in names)}.",
                              marked=True)
    yield ""


def _heading(text: str, under: str, *, above: bool = False) -> list[str]:
    title = _marked(squash(text))
    rule = under * max(3, len(title))
    return [*([rule] if above else []), title, rule, ""]


def _paragraph(text: str, *, marked: bool = False) -> list[str]:
    return [*_wrapped(text if marked else _marked(text), "", ""), ""]


def _item(text: str) -> list[str]:
    return _wrapped(_marked(text), "- ", "  ")


def _defined(term: str, told: Iterable[str]) -> Iterator[str]:
    yield term  # in one line, however long: a second one would end the list
    for text in told:
        yield from _wrapped(text, "  - ", "    ")
    yield ""


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    """Return the text in lines of about 80 columns; a literal stays on one line."""
    lines, line = [], first
    for word in re.findall(r"``[^`]*``\S*|\S+", text):
        if len(line) + len(word) + 1 > 80 and line.strip(" -"):
            lines.append(line.rstrip())
            line = rest
        line += f"{word} "
    return [*lines, line.rstrip()]


def _marked(text: str) -> str:
    """Return the text with names as literals and everything else safe from being read as markup."""
    out, at = [], 0
    plain = squash(text)
    for found in _NAME.finditer(plain):
        # A literal must not touch a word: an escaped blank parts the two and is not shown.
        apart = found.start() > at and plain[found.start() - 1] not in _BEFORE
        out += [_MARKS.sub(r"\\\1", plain[at:found.start()]), "\\ " if apart else "", _code(found[0])]
        at = found.end()
        if at < len(plain) and plain[at] not in _BEHIND:
            out.append("\\ ")
    return "".join((*out, _MARKS.sub(r"\\\1", plain[at:])))


def _code(text: str) -> str:
    return f"``{squash(text).replace('`', '')}``"
