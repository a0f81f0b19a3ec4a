"""Whether the compiler and `resolve` say the same of a name in one file under one configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from reviewbot.kconfig import KernelConfig, Resolution, SymbolReport
from reviewbot.logic import And, Cond, Not, Var, parse_condition
from tests.kconfig.compiling import Build, Probe

__all__ = ["judged"]

_NEAR = 3  # lines between the one that names a function and its first instruction


def judged(build: Build, kernel: KernelConfig, arch: str, cells: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield one line for each cell (name, file): empty where both agree, else what each of them says."""
    values = build.config()
    kernel.prepare(sorted({name for name, _ in cells}))
    reports = [_asked(kernel, arch, values, name, start) for name, start in cells]
    sources = sorted({one.file for report in reports for one in report.definitions
                      if one.kind == "function" and one.file.endswith((".c", ".S"))})
    listed = build.listed(path.rsplit("/", 1)[0] for path in sources)
    built = [path for path in sources if _object(path) in listed]
    build.objects(built)
    for (name, start), report in zip(cells, reports, strict=True):
        said = _disagreement(build, name, report, built, build.probe(name, start), start)
        yield f"{name} from {start}: {said}" if said else ""


def _asked(kernel: KernelConfig, arch: str, values: Mapping[str, str], name: str, start: str) -> SymbolReport:
    """Return what `resolve --config` says where all that the answer depends on is as the configuration has it."""
    first = kernel.resolve(name, arches=(arch,), from_file=start)
    variables = {one for entry in first.resolution for one in entry.condition.variables()}
    if start.endswith(".c"):
        variables |= kernel.kbuild(start, arch).variables()
    fixed = And(*(_valued(one, values) for one in sorted(variables) if re.fullmatch(r"CONFIG_\w+", one)))
    return kernel.resolve(name, arches=(arch,), config=parse_condition(str(fixed)) if variables else fixed,
                          from_file=start)


def _valued(variable: str, values: Mapping[str, str]) -> Cond:
    symbol = variable.removeprefix("CONFIG_")
    module = symbol.endswith("_MODULE") and symbol not in values
    holds = values.get(symbol.removesuffix("_MODULE")) == "m" if module else symbol in values and values[symbol] != "m"
    return Var(variable) if holds else Not(Var(variable))


def _object(path: str) -> str:
    return f"{path.rsplit('.', 1)[0]}.o"


def _disagreement(build: Build, name: str, report: SymbolReport, built: Iterable[str], probe: Probe,
                  start: str) -> str:
    found = [f"{one.status} {one.defined_in}" for one in report.resolution]
    if len(report.resolution) != 1:
        return f"{found}, not one answer; {_seen(name, probe)}"
    one = report.resolution[0]
    if one.ternary.name != "YES":
        return f"{one.status} is not certain: {one.free}; {_seen(name, probe)}"
    fits = {"undeclared": _undeclared, "undefined": _undefined, "macro": _macro, "stub": _stub, "real": _real}
    wrong = fits[one.status](build, name, one, list(built), probe)
    return f"{found[0]}, but {wrong}; {_seen(name, probe)}" if wrong else ""


def _seen(name: str, probe: Probe) -> str:
    where = probe.symbols.places.get(name)
    return (f"the compiler: {'declared' if probe.declared else 'undeclared'}, macro {probe.macro}, "
            f"symbol {probe.symbols.letters.get(name)} {where or ''}, refers {probe.refers} {probe.errors[-300:]}")


def _undeclared(build: Build, name: str, one: Resolution, built: Sequence[str], probe: Probe) -> str:
    return "it compiles" if probe.declared or probe.macro else probe.errors


def _undefined(build: Build, name: str, one: Resolution, built: Sequence[str], probe: Probe) -> str:
    if not probe.declared or probe.symbols.letters.get(name) != "U":
        return "the probe has no undefined symbol"
    holders = [path for path in built if build.symbols(build.out / _object(path)).defines(name)]
    return f"{holders} define it" if holders else ""


def _macro(build: Build, name: str, one: Resolution, built: Sequence[str], probe: Probe) -> str:
    if probe.macro:
        return ""
    return _inline(build, name, one, probe)


def _stub(build: Build, name: str, one: Resolution, built: Sequence[str], probe: Probe) -> str:
    if probe.macro and not probe.declared:
        return ""
    if probe.refers:
        return "its code refers to something"
    return _real(build, name, one, built, probe)


def _real(build: Build, name: str, one: Resolution, built: Sequence[str], probe: Probe) -> str:
    path = one.defined_in.rsplit(":", 1)[0]
    if not probe.declared:
        return "it does not compile"
    if path.endswith(".h") and one.status == "real" and not probe.refers:
        return "its code does nothing"
    if path.endswith(".h") or probe.symbols.letters.get(name, "U") != "U":
        return _inline(build, name, one, probe)
    if path not in built:
        return f"Kbuild does not build {path}"
    if probe.symbols.letters.get(name) != "U":
        return "the probe has no undefined symbol"
    return "" if build.symbols(build.out / _object(path)).defines(name) else f"{path} does not define it"


def _inline(build: Build, name: str, one: Resolution, probe: Probe) -> str:
    """Return what is wrong unless the probe holds the function, from the place that was named."""
    if not probe.symbols.defines(name):
        return "the probe holds no such function"
    path, line = one.defined_in.rsplit(":", 1)
    place = probe.symbols.places.get(name)
    if place is None:
        return "the debug information does not know the function"
    same = Path(place[0]).resolve() == (build.tree / path).resolve() and 0 <= place[1] - int(line) <= _NEAR
    return "" if same else f"it comes from {place[0]}:{place[1]}"
