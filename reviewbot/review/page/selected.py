"""Events out of Kconfig lines: a question that was always answered alike, and what is done where it no longer is."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts import functions_of, squash_c
from reviewbot.cfacts.types import Call
from reviewbot.checks.arches import own_arch
from reviewbot.checks.configured import has_kconfig, nest_at
from reviewbot.kconfig.lines import is_kconfig, selected
from reviewbot.logic import FALSE, And, Cond, Not, Ternary, Var
from reviewbot.patterns import regex
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import Reader
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode, quote_names

__all__ = ["opened_questions"]

_NEVER = regex(r"\{ ?return (?:false|0); ?\}")
_MOST_OPTIONS = 8
_MOST_FILES = 24


def opened_questions(reader: Reader) -> Iterator[Event]:
    """Yield, for each symbol that an architecture selects now and nobody could have there before, the question whose
    answer was always no without it, and the calls of the family that are made where it is yes."""
    analysis = reader.analysis
    for position, state in analysis.states():
        if (reader.patches is not None and state.index not in reader.patches) or not has_kconfig(state.after):
            continue
        opened = [(file, arch, one) for file in state.files if is_kconfig(file.path) and file.whole
                  and (arch := own_arch(file.path)) in analysis.arches for one in list(_selected(file))[:_MOST_OPTIONS]
                  if analysis.configs[position].can(Var(f"CONFIG_{one[0]}"), arch) is Ternary.NO]
        analysis.files_with(position + 1, (f"CONFIG_{symbol}" for _, _, (symbol, _) in opened))
        for file, arch, one in opened:
            yield from _events(reader, (position, state.index), file, arch, one)


def _selected(file: PatchedFile) -> Iterator[tuple[str, int]]:
    lines = decode(file.after or b"").splitlines()
    for number in sorted(file.added):
        given = selected(lines[number - 1]) if number <= len(lines) else None
        if given is not None and not given[1]:
            yield given[0], number


def _events(reader: Reader, moment: tuple[int, int], file: PatchedFile, arch: str, one: tuple[str, int]
            ) -> Iterator[Event]:
    symbol, line = one
    for name in sorted(set(_questions(reader, moment[0], arch, symbol))):
        calls = list(_asking(reader, moment[0], arch, name))
        callees = sorted({call.callee for call in calls})
        if not callees or len(callees) > len(reader.rules.promises):
            continue
        who = quote_names([f"{one}()" for one in dict.fromkeys(call.function for call in calls)], most=3)
        what = quote_names([f"{one}()" for one in callees], most=3)
        verb = "calls" if len({call.function for call in calls}) == 1 else "call"
        yield Event(
            kind="protection", key=("opened", str(moment[1]), file.path, name), verdict="different", arch=(arch,),
            config="", gist=f"{name}() is no longer always false: where it is true {who} {verb} {what}", reason="",
            patch=moment[1], file=file.path, line=line, functions=(), symbols=frozenset(), consequence="changed",
            reach="distribution", certainty=reader.certainty(moment[1], file.path), because=())


def _questions(reader: Reader, position: int, arch: str, symbol: str) -> Iterator[str]:
    """Yield the functions of headers that are `return false` without the option, and something else with it."""
    option = f"CONFIG_{symbol}"
    tree = reader.analysis.after(position).tree
    for path in reader.analysis.files_with(position + 1, (option,))[option][:_MOST_FILES]:
        if not path.endswith(".h") or own_arch(path) not in {"", arch}:
            continue
        data = tree.read(path) or b""
        lines = data.split(b"\n")
        for one in functions_of(data):
            body = squash_c(b"\n".join(lines[one.body.line - 1:one.body.end_line]))
            if one.returns == "bool" and _NEVER.fullmatch(body) and _is_out(nest_at(tree, path, one.span.line), option):
                yield one.name


def _is_out(nest: Cond, option: str) -> bool:
    return option in nest.variables() and nest.assume({option: True}) == FALSE


def _asking(reader: Reader, position: int, arch: str, name: str) -> Iterator[Call]:
    """Yield the calls of the family in common code that are made only where the question is answered with yes."""
    analysis = reader.analysis
    tree = analysis.after(position).tree
    for path in analysis.files_with(position + 1, (name,))[name][:_MOST_FILES]:
        if not path.endswith(".c") or own_arch(path) or analysis.never_builds(path, arch):
            continue
        facts = analysis.reading.facts(tree, path, analysis.workers)
        for call in facts.calls if facts else ():
            asked = And(*(guard.condition for guard in call.guards))
            atoms = [one for one in asked.variables() if one.startswith(f"{name}(")]
            if call.callee in analysis.primitives and atoms and And(asked, *(Not(Var(one)) for one in atoms)) == FALSE:
                yield call
