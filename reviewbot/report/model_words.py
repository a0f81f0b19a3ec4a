"""What a person is told about a function of the architecture model: labels and texts, for the terminal and the page."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.arch.backends import Answer, Backend, Backends
from reviewbot.arch.check import Check
from reviewbot.arch.page import Behaviour
from reviewbot.arch.types import Runtime, Switch, VersionRange
from reviewbot.values import dataclass

__all__ = ["Line", "SaidBefore", "say_backend", "say_behaviour", "say_found", "say_setting", "say_switch", "say_yes"]

_LONG = 60  # characters; a shorter text is repeated rather than pointed at
_ALIAS = {"vmalloc": "the mapping at the given address only", "linear": "the direct map",
          "both": "the given mapping and its alias in the direct map", "none": "no mapping"}
_CONTENTS = {"kept": "", "lost": "What stood in the page cannot be read afterwards.", "unknown": ""}
_VMALLOC = {"yes": "", "no": "An address of vmalloc space will not do: the pages must lie together in the linear map.",
            "unknown": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trait:
    """One thing about a function: its label, what is said about it, and the same in two words."""

    label: str
    texts: tuple[str, ...]
    short: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What stands behind a label; `like` names the function of which the same was already said in full."""

    label: str
    texts: tuple[str, ...]
    like: str = ""


SaidBefore = dict[_Trait, str]
"""What was said, and of which function first; one page uses one."""


def say_behaviour(behaviour: Behaviour, said: SaidBefore) -> Iterator[Line]:
    """Yield what a maintainer asks about a function, in that order; what was said of another one is only pointed at."""
    for trait in _traits(behaviour):
        first = said.setdefault(trait, behaviour.symbols[0])
        if first != behaviour.symbols[0] and trait.label != "note" and sum(map(len, trait.texts)) > _LONG:
            yield Line(label=trait.label, texts=(trait.short,) if trait.short else (), like=first)
        else:
            yield Line(label=trait.label, texts=trait.texts)


def _traits(behaviour: Behaviour) -> Iterator[_Trait]:
    fact = behaviour.fact
    yield _Trait(label="is", texts=(_kind(behaviour),))
    if fact.errnos:
        yield _Trait(label="fails", texts=tuple(f"{name}: {reason}" for name, reason in fact.errnos),
                    short=" ".join(name for name, _ in fact.errnos))
    else:
        yield _Trait(label="fails", texts=("never" if fact.may_fail is False else "not known",))
    if fact.drops:
        yield _Trait(label="drops", texts=(f"the result of {', '.join(fact.drops)}",))
    if fact.partial_on_failure:
        yield _Trait(label="half done", texts=("a failure can leave a part of the range changed",))
    if fact.splits != "no":
        words = {"yes": "large leaves", "cannot": "cannot", "unknown": "not known"}[fact.splits]
        told = f"{words}; {fact.split_alloc}" if fact.split_alloc else words
        yield _Trait(label="splits", texts=(told,), short=words)
    if fact.noop_when:
        yield _Trait(label="no-op", texts=fact.noop_when)
    yield _Trait(label="changes", texts=(_ALIAS.get(fact.alias, "not known"),))
    flushes = {True: "yes", False: "no", None: "not known"}[fact.flushes]
    yield _Trait(label="flushes", texts=(f"{flushes}; {fact.flush_how}" if fact.flush_how else flushes,), short=flushes)
    sleeps = {True: "may sleep", False: "does not sleep", None: "not known whether it sleeps"}[fact.sleeps]
    if fact.boot:
        sleeps = f"boot alone (__init); {sleeps}"
    yield _Trait(label="context", texts=(f"{sleeps}; takes {fact.locks}" if fact.locks else sleeps,), short=sleeps)
    for symbols, text in behaviour.notes:
        everybody = symbols == behaviour.symbols
        yield _Trait(label="note", texts=(text if everybody else f"{', '.join(symbols)}: {text}",))


def _kind(behaviour: Behaviour) -> str:
    fact = behaviour.fact
    what = "a macro" if fact.status == "macro" else "a function"
    check = ", __must_check" if fact.must_check else ""
    when = f", with {fact.condition}" if fact.condition else ""
    return f"{what} that returns {fact.returns}{check}, in {fact.defined_in}{when}"


def say_switch(switch: Switch) -> tuple[tuple[str, str], ...]:
    """Return what is known of a runtime switch as (label, text)."""
    return ("default", switch.default), ("decides", switch.decides), ("since", _say_span(switch.versions))


def say_setting(runtime: Runtime) -> tuple[tuple[str, str], ...]:
    """Return what a name in a condition stands for as (label, text)."""
    holds = {"": "never by itself", "0": "never by itself", "1": "always"}.get(runtime.holds, f"with {runtime.holds}")
    told = [("means", runtime.text), ("is true", holds)]
    told += [("set by", ", ".join(f"{word} ({'true' if value else 'false'})" for word, value in runtime.parameters))]
    told += [("needs", runtime.requires)]
    return tuple((label, text) for label, text in told if text)


def say_backend(known: Backends, row: Backend) -> tuple[tuple[str, str], ...]:
    """Return what a kernel on this backend is told and what a conversion does there, as (label, text)."""
    told = [("is", row.text), ("needs", row.requires)]
    for label, chosen in (("asked, yes", [a for a in known.answers if row.name in a.yes]),
                          ("asked, no", [a for a in known.answers if row.name in a.no]),
                          ("depends", [a for a in known.answers if row.name not in (*a.yes, *a.no)])):
        told.append((label, ", ".join(_say_question(known, answer) for answer in chosen)))
    for entry in known.conversions:
        if row.name in entry.backends:
            words = [_CONTENTS[entry.contents], _VMALLOC[entry.vmalloc]]
            told += [("a conversion", f"{entry.does}{' ' if any(words) else ''}{' '.join(filter(None, words))}"),
                     ("may refuse", entry.refuses)]
    told += [("runs", f"what needs {entry.needs}: {entry.text}")
             for entry in known.callers if row.name in entry.backends]
    return tuple((label, text) for label, text in told if text)


def _say_question(known: Backends, answer: Answer) -> str:
    """Return the call; `f(...)` is any other one where some are answered by themselves."""
    head = answer.asks.partition("(")[0]
    others = any(other.asks.startswith(f"{head}(") for other in known.answers if other is not answer)
    return f"any other {answer.asks}" if answer.asks.endswith("(...)") and others else answer.asks


def _say_span(versions: VersionRange) -> str:
    """Return the first release of a range; the oldest known one may be much later than the true first."""
    return f"{versions.first} or earlier" if str(versions.first) == "5.10" else str(versions.first)


def say_yes(value: object) -> str:
    """Return `yes`, `no`, or `?` for what nobody knows."""
    return "?" if value is None else "yes" if value else "no"


def say_found(check: Check) -> str:
    """Return where in a tree an anchor stands, or that it does not."""
    place = f"{check.file}:{check.line}" if check.line else check.file
    function = f" {check.function}" if check.function else ""
    return f"{place}{function}" if check.outcome == "holds" else f"{check.outcome}: {place}{function}; {check.why}"
