"""Kind `missing-header`: a patch after which some architecture is asked for an `<asm/...>` header that it lacks.

An include that is new, that an `#if` kept away until now, or whose header the patch removes. Neither the architecture's
own folder has it then, nor does Kbuild make it out of asm-generic. A new include in a file of the architecture itself
is a question: who wrote it has built it, so the header may come with what the series builds on, or was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.asm_headers import asm_includes, is_an_architectures, is_made
from reviewbot.checks.changed_names import is_kernel_code
from reviewbot.checks.configured import Shown, concerned, example_evidence, has_kconfig
from reviewbot.checks.draft import Spot, draft_finding, kconfig_spot, lower
from reviewbot.checks.gated_headers import changed_kconfig, family_headers, is_seen_whole
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.needs import setting_of
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.kconfig.sightings import Event
from reviewbot.logic import FALSE, TRUE, And, Ternary
from reviewbot.patterns import regex
from reviewbot.source.types import Tree
from reviewbot.values import dataclass

__all__ = ["MISSING_HEADER"]

_KBUILD = ("Makefile", "Kbuild")
_FIELDS = frozenset({"header", "user", "place", "arches", "config", "lacking"})
_MADE = regex(r"^\s*(?:generated-y|syscall-y|generic-y|mandatory-y)\b|\.h\b.*:", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """An include that the patch brings about, where it stands, and the place in the patch that does so."""

    user: str
    event: Event
    line: int
    spot: Spot
    arches: tuple[str, ...]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    if not has_kconfig(analysis.patched.states[position].after):
        return
    said: set[tuple[str, str]] = set()
    for asked in _asked(analysis, position):
        for arch in asked.arches:
            if (asked.event.name, arch) in said or not is_seen_whole(analysis, position + 1, asked.event.name[4:]):
                continue
            shown = _lacking(analysis, position, asked, arch)
            if shown is not None:
                said.add((asked.event.name, arch))
                yield _finding(rule, analysis, position, asked, shown)


def _asked(analysis: Analysis, position: int) -> Iterator[_Asked]:
    """Yield the includes of `<asm/...>` headers that a changed Kconfig line lets through, then those that are new."""
    state, tree = analysis.patched.states[position], analysis.sides[position + 1].tree
    before, after = analysis.before(position), analysis.after(position)
    headers = family_headers(analysis, tree)
    for line in changed_kconfig(state):
        options = {f"CONFIG_{symbol}" for symbol in line.symbols}
        for path in headers:
            for number, event in asm_includes(tree, path):
                hit = sorted(options & set(event.condition.variables()))
                if hit:
                    yield _Asked(user=path, event=event, line=number, arches=concerned(analysis, tree, line.file),
                                 spot=kconfig_spot(analysis, position, line, hit[0].removeprefix("CONFIG_")))
    gone = {file.old_path.split("/include/", 1)[1]: file for file in state.files
            if file.after is None and "/include/asm/" in file.old_path and own_arch(file.old_path)}
    for file in state.files:
        if not file.whole or not is_kernel_code(file.path) or file.after is None:
            continue
        if file.path.endswith(".c") or file.path in headers:
            for number, event in asm_includes(tree, file.path):
                if number in file.added:
                    spot = Spot(file=file.path, line=number, end_line=number, function="", symbol=event.name,
                                side=after)
                    yield _Asked(user=file.path, event=event, line=number, spot=spot,
                                 arches=concerned(analysis, tree, file.path))
    for path in headers if gone else ():
        for number, event in asm_includes(tree, path):
            if event.name in gone:
                lost = gone[event.name].old_path
                spot = Spot(file=lost, line=1, end_line=1, function="", symbol=event.name, side=before, old=True)
                yield _Asked(user=path, event=event, line=number, spot=spot, arches=concerned(analysis, tree, lost))


def _lacking(analysis: Analysis, position: int, asked: _Asked, arch: str) -> Shown | None:
    """Return a configuration that reads the include on an architecture without such a header, and that was not so."""
    before, after = analysis.configs[position], analysis.configs[position + 1]
    name = asked.event.name
    if after.find_header(name, arch) is not None or is_made(after.tree, name[4:], arch) \
            or not (is_an_architectures(after.tree, name, analysis.model.arches) or (
                _is_own(asked, arch) and not _is_named_by_kbuild(after.tree, name, arch))):
        return None
    condition = asked.event.condition if asked.event.condition == TRUE else \
        after.simplified(asked.event.condition, arch)
    if asked.user.endswith(".c"):
        condition = And(condition, after.kbuild(asked.user, arch))
    answer = after.possible(condition, arch)
    if condition == FALSE or answer.ternary is not Ternary.YES:
        return None
    old = next((event for _, event in asm_includes(before.tree, asked.user) if event.name == name), None)
    if old is not None and before.find_header(name, arch) is None and before.possible(
            old.condition, arch).ternary is not Ternary.NO:
        return None
    return Shown(arch=arch, condition=condition, answer=answer)


def _is_own(asked: _Asked, arch: str) -> bool:
    """Return whether a C file of the architecture itself asks for the header."""
    return not asked.spot.old and asked.spot.file == asked.user and own_arch(asked.user) == arch


def _is_named_by_kbuild(tree: Tree, name: str, arch: str) -> bool:
    """Return whether a Makefile of the architecture names a header that none has, as it does when it makes it."""
    bare = name.rpartition("/")[2]
    words = re.findall(r"\w+", bare.removesuffix(".h"))
    held = tree.search((max(words, key=len),), prefixes=(f"arch/{arch}/",), suffixes=_KBUILD) if words else ()
    return any(bare.encode() in (tree.read(path) or b"") for path in held)


def _finding(rule: Rule, analysis: Analysis, position: int, asked: _Asked, shown: Shown) -> Finding:
    state = analysis.patched.states[position]
    rev = f"after patch {state.index}"
    fields = {"header": asked.event.name, "user": asked.user, "place": f"{asked.user}:{asked.line}",
              "arches": shown.arch, "config": setting_of(analysis.configs[position + 1], shown),
              "lacking": f"arch/{shown.arch}/include/{asked.event.name}"}
    evidence = Evidence(kind="source", file=asked.user, line=asked.line, rev=rev,
                        text=f"#include <{asked.event.name}>" + (f" when {asked.event.condition}"
                                                                 if asked.event.condition != TRUE else ""))
    return draft_finding(rule, state, asked.spot, fields, message_id=analysis.message_id(state.index),
                         evidence=(evidence, example_evidence(shown, rev)), arches=(shown.arch,),
                         config=str(shown.condition), says=(asked.event.name, shown.arch),
                         level=lower(rule.level, "question") if _is_own(asked, shown.arch) else None)


MISSING_HEADER = Kind(name="missing-header", fields=_FIELDS, changes=_run, check_options=_check)
