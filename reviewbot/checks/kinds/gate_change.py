"""Kind `gate-change`: a patch changes a condition that decides which definition callers get, or whether it acts.

Options: `api` (families), `kconfig` (Kconfig symbols whose `select` and `depends on` lines are such conditions).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from reviewbot.arch import Fact
from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.configured import has_kconfig
from reviewbot.checks.definitions import Place, definition_of, facts_of, when_it_acts
from reviewbot.checks.draft import Spot, draft_finding, table_for
from reviewbot.checks.gate_backends import asks_backends, say_shifts, shifts_between
from reviewbot.checks.guard_moves import every_call_as_before, guard_went_to_callers, reached_when
from reviewbot.checks.kconfig_selects import entry_at, hunk_sections, selected_when
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.reading import touches
from reviewbot.checks.rule import Rule
from reviewbot.checks.said_beside import added_in, explains_change, is_comment
from reviewbot.errors import BudgetError
from reviewbot.findings.types import LEVELS, Evidence, Finding
from reviewbot.kconfig.lines import is_kconfig, read_line
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Ternary, Var, difference
from reviewbot.source.types import PatchedFile, PatchState
from reviewbot.text import decode

__all__ = ["GATE_CHANGE"]

_FIELDS = frozenset({"callee", "what", "before", "after", "witness", "line", "file", "shifts"})
_DECIDES = frozenset({"select", "depends on", "imply", "def_bool", "default", "bool"})


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api", "kconfig"}))
    names_option(rule, "kconfig")


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    wanted = analysis.wanted(names_option(rule, "api"))
    nests: list[Finding] = []
    kconfig: list[Finding] = []
    for file in state.files:
        if file.path.endswith((".c", ".h")):
            nests += _definitions(rule, analysis, position, file, wanted)
            yield from _guards(rule, analysis, position, file, wanted)
            yield from _calls(rule, analysis, position, file, wanted)
        elif is_kconfig(file.path):
            kconfig += _kconfig_lines(rule, analysis, position, file)
    # That a line now stands under another condition is what the patch itself says: worth a note, and no question.
    yield from (replace(finding, level="note") for finding in _once(nests))
    yield from _once(kconfig)


def _once(findings: list[Finding]) -> Iterator[Finding]:
    """Yield one finding for each symbol and witness; the other places where the patch does the same are its evidence.

    A change that a patch makes in six Kconfig files is one decision of its author.
    """
    same: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        same.setdefault((finding.symbol, finding.config), []).append(finding)
    for found in same.values():
        first = min(found, key=lambda f: (LEVELS.index(f.level), f.side == "old", bool(own_arch(f.file)), f.file,
                                          f.line))
        others = tuple(finding.evidence[0] for finding in found if finding is not first)
        arches = tuple(sorted({arch for finding in found for arch in finding.arch})) if first.arch else ()
        yield replace(first, evidence=(*first.evidence, *others), arch=arches)


def _conditions(side: Side, path: str) -> dict[tuple[str, str], tuple[Cond, int]]:
    """Return, for each name the file defines or declares, under which `#if` nest it does, and where first."""
    facts = side.facts.get(path)
    found: dict[tuple[str, str], tuple[Cond, int]] = {}
    if facts is None:
        return found
    entries = [(f.name, "definition", f.path_condition, f.span.line) for f in facts.functions]
    entries += [(m.name, "declaration", m.path_condition, m.line) for m in facts.mentions if m.kind == "declaration"]
    entries += [(m.name, "macro", m.path_condition, m.line) for m in facts.macros]
    for name, what, condition, line in entries:
        known = found.get((name, what))
        found[name, what] = (Or(known[0], condition), known[1]) if known else (condition, line)
    return found


def _definitions(rule: Rule, analysis: Analysis, position: int, file: PatchedFile,
                 wanted: frozenset[str]) -> Iterator[Finding]:
    """Yield a finding for each declaration or definition of the family whose `#if` nest another truth table decides."""
    before = _conditions(analysis.before(position), file.old_path)
    after = _conditions(analysis.after(position), file.path)
    for key in sorted(before.keys() & after.keys()):
        name, what = key
        (old, _), (new, line) = before[key], after[key]
        witness = _witness(old, new)
        if name not in wanted or witness is None:
            continue
        yield _finding(rule, analysis, position, file, name, line,
                       {"what": f"the {what} of '{name}' is compiled", "before": _say(old), "after": _say(new),
                        "witness": _say_witness(witness)}, config=_say_witness(witness))


def _guards(rule: Rule, analysis: Analysis, position: int, file: PatchedFile,
            wanted: frozenset[str]) -> Iterator[Finding]:
    """Yield a finding for each function of the family that now acts under another condition than before."""
    before, after = analysis.before(position), analysis.after(position)
    facts = after.facts.get(file.path)
    for function in facts.functions if facts else ():
        if function.name not in wanted or not touches(file, function) or analysis.returns(function.name) == "bool":
            continue  # a question does not act: `predicate-change` looks at its answer
        fact = _own_fact(analysis, file.path, function.name)
        old_place = definition_of(analysis, before, function.name, fact)
        if old_place is None or old_place.file != file.old_path or not old_place.line:
            continue
        old = when_it_acts(analysis, before, old_place, function.name, fact)
        new_place = Place(file=file.path, line=function.span.line, text="")
        new = when_it_acts(analysis, after, new_place, function.name, fact)
        witness = _witness(old, new)
        shifts = shifts_between(analysis, _arch(file.path) or analysis.arches, old, new,
                                position=position, near=file.path) if witness else ()
        if witness is None or shifts == () or (shifts is None and _asks_another(old, new)) \
                or _took_its_place(analysis, position, file, function.name) \
                or every_call_as_before(analysis, position, function.name, old, new):
            continue
        line = next((number for number, text in added_in(file, function) if not is_comment(text)), function.span.line)
        fields = {"callee": function.name, "witness": _say_witness(witness)}
        found = _finding(rule, analysis, position, file, function.name, line,
                         {"what": f"'{function.name}' acts", "before": _say(And(_nest(before, old_place), old)),
                          "after": _say(And(function.path_condition, new)),
                          "witness": _say_witness(witness)}, config=_say_witness(witness), function=function.name)
        asks = rule.notes.get("backends" if shifts else "stops", "")
        fields["shifts"] = say_shifts(shifts or ())
        asked = replace(found, question=asks.format_map(fields)) if asks else found
        found = asked if shifts else found
        moved = guard_went_to_callers(analysis, function.name, old, new, stops=_stops(old, new, witness))
        if moved or explains_change(file, function, old, new) or not _matters(
                analysis, position, file.path, function.name, witness):
            yield replace(found, level="note")
        elif _stops(old, new, witness) or (shifts and _gives_way(old, new)):
            yield asked
        else:
            yield found if new == TRUE and not _asks_anew(file, function) else replace(found, level="note")


def _calls(rule: Rule, analysis: Analysis, position: int, file: PatchedFile,
           wanted: frozenset[str]) -> Iterator[Finding]:
    """Yield a finding for each function that now calls one of the family on other backends than it did, because the
    patch puts another question in front of the call."""
    arches = _arch(file.path) or analysis.arches
    if "backends" not in rule.notes or not asks_backends(analysis, arches, file):
        return
    before, after = analysis.before(position), analysis.after(position)
    facts = after.facts.get(file.path)
    for function in facts.functions if facts else ():
        if function.name in wanted or not touches(file, function):
            continue
        for name in sorted(wanted & set(function.calls_all)):
            old, new = (reached_when(analysis.reading.facts(side.tree, path, {name: ""}), name).get(function.name)
                        for side, path in ((before, file.old_path), (after, file.path)))
            if old is None or new is None or not _gives_way(old, new):
                continue
            shifts = shifts_between(analysis, arches, old, new, position=position, callees=frozenset({name}),
                                    near=file.path)
            if not shifts or explains_change(file, function, old, new):
                continue
            line = next((number for number, text in added_in(file, function) if not is_comment(text)),
                        function.span.line)
            told = say_shifts(shifts, acts=f"calls {name}()", stops=f"does not call {name}()")
            found = _finding(rule, analysis, position, file, name, line,
                             {"what": f"'{function.name}' calls '{name}'", "before": _say(old), "after": _say(new),
                              "witness": ""}, config="", function=function.name)
            yield replace(found, question=rule.notes["backends"].format_map({"callee": function.name, "shifts": told}))


def _nest(side: Side, place: Place) -> Cond:
    """Return the `#if` nest of the function that is defined there: outside of it callers may get another one."""
    facts = side.facts.get(place.file)
    return next((function.path_condition for function in facts.functions
                 if function.span.line <= place.line <= function.span.end_line), TRUE) if facts else TRUE


def _stops(old: Cond, new: Cond, witness: Mapping[str, bool]) -> bool:
    """Return whether the function worked in the configuration before, and does nothing there now."""
    return old.evaluate(witness) is not Ternary.NO and new.evaluate(witness) is Ternary.NO


def _gives_way(old: Cond, new: Cond) -> bool:
    """Return whether each of the two asks something that the other does not."""
    return not old.variables() <= new.variables() and not new.variables() <= old.variables()


def _asks_another(old: Cond, new: Cond) -> bool:
    """Return whether one question stands where another stood: whether they answer alike is not known, nor asked."""
    gone, come = old.variables() - new.variables(), new.variables() - old.variables()
    if len(gone) != 1 or len(come) != 1 or any(atom.startswith("CONFIG_") for atom in (*gone, *come)):
        return False
    (one,), (other,) = gone, come
    return _witness(old.replace(lambda atom: Var(other) if atom == one else None), new) is None


def _asks_anew(file: PatchedFile, function: Function) -> bool:
    """Return whether the patch adds a test to the function: then the old guard may stand there in other words."""
    lines = decode(file.after or b"").splitlines()
    return any(re.match(r"\s*(?:if|while|switch)\b|.*\?.*:", lines[number - 1]) for number in file.added
               if function.span.line <= number <= min(function.span.end_line, len(lines)))


def _matters(analysis: Analysis, position: int, path: str, name: str, witness: Mapping[str, bool]) -> bool:
    """Return whether the configuration that shows the difference can be built, and another file calls the function."""
    tree = analysis.after(position).tree
    if tree.kind == "none":
        return True
    terms = [Var(symbol) if value else Not(Var(symbol)) for symbol, value in witness.items()
             if symbol.startswith("CONFIG_")]
    arches = _arch(path) or analysis.arches
    config = analysis.configs[position + 1]
    if terms and has_kconfig(tree) and all(
            config.possible(And(*terms), arch).ternary is Ternary.NO for arch in arches):
        return False
    return any(other != path and other.endswith(".c")
               for other in analysis.files_with(position + 1, [name]).get(name, ()))


def _took_its_place(analysis: Analysis, position: int, file: PatchedFile, name: str) -> bool:
    """Return whether a function that nobody here knows is now called as one of the family was: most likely it is the
    same function under another name, so that nothing is known of when it acts.
    """
    before, after = analysis.before(position), analysis.after(position)
    old, new = ({call for f in facts.functions if f.name == name for call in f.calls_all} if facts else set()
                for facts in (before.facts.get(file.old_path), after.facts.get(file.path)))
    gone = frozenset(old - new) & analysis.family.names()
    strange = new - old - analysis.family.names() - before.wrappers.keys()
    if not gone or not strange:
        return False
    facts = analysis.reading.facts(after.tree, file.path, dict.fromkeys(strange, ""))
    arguments = {call.arguments for call in facts.calls if call.function == name} if facts else set()
    earlier = before.facts.get(file.old_path)
    return any(call.callee in gone and call.function == name and call.arguments in arguments
               for call in earlier.calls) if earlier else False


def _own_fact(analysis: Analysis, path: str, name: str) -> Fact | None:
    facts = facts_of(analysis, own_arch(path), name) if own_arch(path) else ()
    return facts[0] if facts else None


def _kconfig_lines(rule: Rule, analysis: Analysis, position: int, file: PatchedFile) -> Iterator[Finding]:
    """Yield a finding for each changed line of a Kconfig file that names one of the rule's symbols."""
    symbols = re.compile(rf"\b(?:{'|'.join(map(re.escape, names_option(rule, 'kconfig')))})\b")
    if not names_option(rule, "kconfig"):
        return
    texts = [(content or b"").decode("latin-1").splitlines() for content in (file.before, file.after)]
    if not any(symbols.search("\n".join(text)) for text in texts):
        return
    shown = [hunk_sections(analysis, position, file, old=old) for old in (True, False)]
    # A line that only moves inside its entry changes nothing.
    has = [{(_entry_of(text, number, hunks), " ".join(line.split())) for number, line in enumerate(text, 1)
            if symbols.search(line)} for text, hunks in zip(texts, shown, strict=True)]
    said: set[tuple[str, str]] = set()
    for lines, text, side, old in ((file.added, texts[1], analysis.after(position), False),
                                   (file.removed, texts[0], analysis.before(position), True)):
        for number in sorted(lines):
            line = text[number - 1] if number <= len(text) else ""
            found = symbols.search(line)
            kconfig = read_line(line)
            if not found or kconfig is None or kconfig.word not in _DECIDES:
                continue
            entry = _entry_of(text, number, shown[0 if old else 1])
            if (entry, " ".join(line.split())) in has[1 if old else 0]:
                continue
            if kconfig.word == "select" and _as_before(analysis, position, file, found[0]):
                continue
            what, was, now = f"{entry} has '{' '.join(line.split())}'", "yes" if old else "no", "no" if old else "yes"
            if kconfig.word == "select":
                gives = [selected_when(text, found[0], entry, partial(_entry_of, text, hunks=hunks))
                         for text, hunks in zip(texts, shown, strict=True)]
                if gives[0].same(gives[1]):
                    continue
                if all(given.texts for given in gives):  # one `select` that has another condition now
                    if (entry, found[0]) in said:
                        continue
                    said.add((entry, found[0]))
                    what, was, now = f"{entry} selects '{found[0]}'", gives[0].says(), gives[1].says()
            fields = {"callee": found[0], "what": what, "before": was, "after": now,
                      "witness": f"{found[0]} decides", "line": line.strip(), "file": file.path, "shifts": ""}
            spot = Spot(file=file.old_path if old else file.path, line=number, end_line=number, function="",
                        symbol=found[0], side=side, old=old)
            # A symbol that is selected or asked for is the patch's own words; one no longer needed may still be.
            dropped = old and line.split()[:2] == ["depends", "on"] and not any(
                kept == entry and re.search(rf"\b{found[0]}\b", words) for kept, words in has[1])
            yield draft_finding(rule, analysis.patched.states[position], spot, fields, evidence=(),
                                level=rule.level if dropped else "note",
                                message_id=analysis.message_id(analysis.patched.states[position].index),
                                arches=_arch(file.path), config=found[0])


def _as_before(analysis: Analysis, position: int, file: PatchedFile, symbol: str) -> bool:
    """Return whether the architecture always has the symbol, or never, before the patch and after it."""
    arch, state = own_arch(file.path), analysis.patched.states[position]
    if not arch or file.applies in {"fragment", "failed"} or not has_kconfig(state.after) \
            or not state.after.exists(f"arch/{arch}/Kconfig"):
        return False
    moments = (analysis.configs[position], analysis.configs[position + 1])
    if not all(config.knows(symbol, arch) for config in moments):
        return False
    return any(all(config.can(condition, arch) is Ternary.NO for config in moments)
               for condition in (Var(f"CONFIG_{symbol}"), Not(Var(f"CONFIG_{symbol}"))))


def _entry_of(text: list[str], number: int, hunks: Mapping[int, str]) -> str:
    entry = entry_at(text, number, hunks)
    return f"'{entry}'" if entry else "the file"


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, name: str, line: int,
             fields: Mapping[str, str], *, config: str, function: str = "") -> Finding:
    state: PatchState = analysis.patched.states[position]
    before = analysis.before(position)
    spot = Spot(file=file.path, line=line, end_line=line, function=function, symbol=name,
                side=analysis.after(position))
    place = definition_of(analysis, before, name, _own_fact(analysis, file.path, name))
    evidence = (Evidence(kind="source", file=place.file, line=place.line, text=place.text,
                         rev=f"before patch {state.index}"),) if place and place.line else ()
    arches = _arch(file.path)
    filled = {"callee": name, "line": "", "file": file.path, "shifts": "", **fields}
    return draft_finding(rule, state, spot, filled, evidence=evidence,
                         message_id=analysis.message_id(state.index), arches=arches, config=config,
                         table=table_for(analysis, before, name, arches or analysis.arches))


def _arch(path: str) -> tuple[str, ...]:
    return (own_arch(path),) if own_arch(path) else ()


def _witness(before: Cond, after: Cond) -> dict[str, bool] | None:
    try:
        return difference(before, after)
    except BudgetError:
        return None


def _say(condition: Cond) -> str:
    if condition == TRUE:
        return "always"
    return "never" if condition == FALSE else f"when {condition}"


def _say_witness(witness: Mapping[str, bool]) -> str:
    return " && ".join(name if value else f"!{name}" for name, value in sorted(witness.items()))


GATE_CHANGE = Kind(name="gate-change", fields=_FIELDS, changes=_run, check_options=_check,
                   notes=lambda _: ("stops", "backends"))
