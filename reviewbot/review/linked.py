"""What a module can call of the family: a function of the kernel itself without an export leaves it unlinked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.needs import as_condition
from reviewbot.checks.where import Where
from reviewbot.findings.types import Effect
from reviewbot.logic import FALSE, And, Not, Ternary

__all__ = ["as_linked", "is_unlinked"]

_UNLINKED = "is not exported, so that the module does not link"


def as_linked(analysis: Analysis, where: Where | None, arch: str, effect: Effect, options: Mapping[str, str]) -> Effect:
    """Return what the call comes to in a module: nothing where its function is exported nowhere.

    `options` are those of the row; where they do not make the file part of a module the effect stays as it is.
    """
    file = effect.resolves_to.rpartition(":")[0]
    if where is None or "m" not in options.values() or not file.endswith(".c") or not effect.symbol:
        return effect
    config = analysis.configs[where.moment]
    callers = [path for path in where.files if path.endswith(".c")] or [where.path]
    alone = config.modular(callers[-1], arch)
    if alone == FALSE or config.modular(file, arch) != FALSE \
            or config.can(And(as_condition(options), Not(alone)), arch) is not Ternary.NO \
            or _may_be_exported(analysis, where.moment, arch, effect.symbol):
        return effect
    return replace(effect, does=f"{effect.symbol}() {_UNLINKED}",
                   may_fail=False, errnos=(), on_failure="cannot-fail", known=True, acts=None, only=None, flushes=None,
                   splits="", anywhere=None)


def is_unlinked(effect: Effect) -> bool:
    """Return whether the call keeps the module that makes it from being linked."""
    return effect.does.endswith(_UNLINKED)


def _may_be_exported(analysis: Analysis, moment: int, arch: str, name: str) -> bool:
    export = re.compile(rb"EXPORT_\w*SYMBOL\w*\(\s*%s\s*[,)]|EXPORT_SYMBOL\w*\(\s*\w*##" % re.escape(name.encode()))
    tree = analysis.sides[moment].tree
    paths = [path for path in analysis.files_with(moment, (name,))[name] if own_arch(path) in {"", arch}]
    return not paths or any(export.search(tree.read(path) or b"") for path in paths)
