"""The same finding on several architectures is one finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from reviewbot.findings.types import Finding
from reviewbot.text import quote_names

__all__ = ["over_architectures"]

_MOST = 12
_HERE = "\0"


def over_architectures(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with those joined that say the same of one line for one architecture each.

    The sentence then names all of them: `on arm64, powerpc and riscv`, and `arch/{arm64,powerpc,riscv}/` for paths.
    """
    groups: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        groups.setdefault(_key(finding) or number, []).append(finding)
    done = []
    for group in groups.values():
        once = len({finding.arch for finding in group}) == len(group) > 1
        done += [_joined(group)] if once else group
    return done


def _key(finding: Finding) -> object:
    """Return what is equal for findings that can be told at once, None for one that cannot."""
    if len(finding.arch) != 1:
        return None
    texts = tuple(_anywhere(text, finding.arch[0]) for text in _texts(finding))
    if any(re.search(rf"\b{finding.arch[0]}\b", text) for text in texts):
        return None  # the name stands for something else as well
    return replace(finding, arch=(), message=texts[0], question=texts[1], gist=texts[2], evidence=(), table=(),
                   says=(), notes=()), finding.notes


def _texts(finding: Finding) -> tuple[str, str, str]:
    return finding.message, finding.question, finding.gist


def _anywhere(text: str, arch: str) -> str:
    return re.sub(rf"(?<=\bon ){arch}\b(?!/)|(?<=\barch/){arch}(?=/)", _HERE, text)


def _joined(group: Sequence[Finding]) -> Finding:
    arches = tuple(sorted({finding.arch[0] for finding in group}))
    first = group[0]

    def said(text: str) -> str:
        text = _anywhere(text, first.arch[0]).replace(f"arch/{_HERE}/", f"arch/{{{','.join(arches)}}}/")
        return text.replace(_HERE, quote_names(arches, most=_MOST))

    return replace(first, arch=arches, message=said(first.message), question=said(first.question),
                   gist=said(first.gist), says=tuple(dict.fromkeys(one for finding in group for one in finding.says)),
                   evidence=tuple(dict.fromkeys(one for finding in group for one in finding.evidence)),
                   table=tuple(dict.fromkeys(row for finding in group for row in finding.table)))
