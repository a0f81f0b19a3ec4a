"""What is switched on: reads `--config`, and answers conditions with it and with the model's runtime names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from reviewbot.arch.model import Model
from reviewbot.arch.types import Fact, KernelVersion, Runtime
from reviewbot.errors import UsageError
from reviewbot.logic import FALSE, Cond, Not, Ternary, Var, parse_condition
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Setting", "read_setting"]

_ITEM = regex(r"(!?)\s*([A-Za-z_]\w*)\s*(?:=\s*(\w+))?")
_YES, _NO = {"y", "m", "on", "1", "yes"}, {"n", "off", "0", "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One architecture, release and configuration. `given` are the names somebody set; `asked` collects those used.

    `instead` are facts that stand for the model's: by name, and by the last argument where that says which way (None:
    with any).
    """

    model: Model
    arch: str
    version: KernelVersion
    given: dict[str, bool]
    runtimes: dict[str, Runtime]
    asked: dict[str, bool] = field(default_factory=dict)
    instead: Mapping[tuple[str, int | None], Fact] = field(default_factory=dict)

    def knows(self, name: str) -> bool:
        """Return whether the name in a condition has a meaning here: it was set, or the model says what it is."""
        return name in self.given or name in self.runtimes

    def truth(self, cond: Cond) -> Ternary:
        """Return what the condition is; names that nobody set and the model does not know stay open."""
        return cond.evaluate({name: value for name in sorted(cond.variables())
                              if (value := self._value(name, ())) is not None})

    def _value(self, name: str, above: tuple[str, ...]) -> bool | None:
        value = self.given.get(name)
        if value is None and name in self.runtimes and name not in above:
            cond = parse_condition(self.runtimes[name].holds)
            inner = {part: found for part in sorted(cond.variables())
                     if (found := self._value(part, (*above, name))) is not None}
            answer = cond.evaluate(inner)
            value = None if answer is Ternary.UNKNOWN else answer is Ternary.YES
        if value is not None:
            self.asked[name] = value
        return value

    def contradiction(self) -> str:
        """Return why no kernel can have this configuration; empty when the model knows nothing against it."""
        for name in sorted(self.given):
            entry = self.runtimes.get(name)
            if (self.given[name] and entry and entry.requires
                    and self.truth(parse_condition(entry.requires)) is Ternary.NO):
                when = f"in {self.version}" if parse_condition(entry.requires) == FALSE else f"without {entry.requires}"
                return f"{entry.name} cannot be had on {self.arch} {when}"
        return ""

    def fact(self, symbol: str, argument: int | None = None) -> Fact | None:
        """Return the definition that this configuration gets: the first that is not refuted; None: no fact."""
        other = self.instead.get((symbol, argument)) or self.instead.get((symbol, None))
        if other is not None:
            return other
        for fact in self.model.fact(self.arch, symbol, self.version):
            if not fact.condition or self.truth(parse_condition(fact.condition)) is not Ternary.NO:
                return fact
        return None

    def refusal(self, fact: Fact) -> str:
        """Return why the function does nothing here, in the model's words; empty when it does its work.

        `guard` says it where the fact has one; else those entries of `noop_when` that are conditions over known names
        (`!can_set_direct_map(): returns 0`) or begin with `always`.
        """
        if fact.status == "stub":
            return fact.noop_when[0] if fact.noop_when else "a stub that does nothing"
        if fact.guard:
            if self.truth(parse_condition(fact.guard)) is not Ternary.NO:
                return ""
            return fact.noop_when[0] if fact.noop_when else f"not under {fact.guard}"
        for text in fact.noop_when:
            if self.truth(self.guard_of(text)) is Ternary.NO:
                return text
        return ""

    def guard_of(self, text: str) -> Cond:
        """Return under which condition an entry of `noop_when` lets the function work; TRUE for prose."""
        head = text.partition(":")[0].strip()
        if head == "always":
            return FALSE
        try:
            cond = parse_condition(head.replace("()", ""))
        except UsageError:
            return Not(FALSE)
        return Not(cond) if all(self.knows(name) for name in cond.variables()) else Not(FALSE)


def read_setting(model: Model, arch: str, version: KernelVersion, given: Iterable[str],
                 defaults: Iterable[str] = ()) -> Setting:
    """Return the setting that these texts make: `DEBUG_PAGEALLOC && !rodata_full`, `KFENCE=y,rodata=off`.

    A text names Kconfig symbols, runtime names of the model and words of the kernel's command line; what `given` says
    goes over `defaults`. Raises UsageError for an unknown name, an unknown architecture, for `||`, and for `&&` with
    nothing on one side.
    """
    model.arch(arch)  # raises for an architecture that it does not know
    runtimes = {_name(entry.name): entry for entry in model.runtimes(arch, version)}
    values: dict[str, bool] = {}
    for texts in (given, defaults):
        said: dict[str, bool] = {}
        for text in texts:
            parts = text.split("&&")
            if len(parts) > 1 and not all(map(str.strip, parts)):
                raise UsageError("something is missing before or behind a '&&'", where=text,
                                 hint="write it as in 'KFENCE && !rodata_full'")
            for item in (item for part in parts for item in part.split(",") if item.strip()):
                said |= _read_item(item.strip(), runtimes)
        values |= {name: value for name, value in said.items() if name not in values}
    for name in sorted(values):
        if values[name] and name in runtimes and runtimes[name].requires:
            needed = parse_condition(runtimes[name].requires)
            for part in needed.parts if needed.op == "and" else (needed,):
                if part.op == "var":
                    values.setdefault(part.name, True)
    return Setting(model=model, arch=arch, version=version, given=values, runtimes=runtimes)


def _read_item(item: str, runtimes: dict[str, Runtime]) -> dict[str, bool]:
    by_parameter = {name: value for name, entry in runtimes.items() for word, value in entry.parameters if word == item}
    if by_parameter:
        return by_parameter
    found = _ITEM.fullmatch(item)
    if not found or (found[3] and (found[1] or found[3] not in _YES | _NO)):
        raise UsageError(f"cannot read '{item}' of the configuration",
                         hint="write it as in 'DEBUG_PAGEALLOC=y,rodata=off' or 'DEBUG_PAGEALLOC && !rodata_full'")
    name = _name(found[2])
    if not name.startswith("CONFIG_") and name not in runtimes:
        known = sorted({*(n for n in runtimes if not n.startswith("CONFIG_")),
                        *(word for entry in runtimes.values() for word, _ in entry.parameters)})
        raise UsageError(f"nothing here is named '{found[2]}'",
                         hint=f"there is {', '.join(known)}, and Kconfig symbols")
    return {name: found[1] != "!" and found[3] not in _NO}


def _name(text: str) -> str:
    """Return the name as conditions have it: Kconfig symbols with CONFIG_."""
    cond = parse_condition(text)
    return cond.name if cond == Var(cond.name) else text
