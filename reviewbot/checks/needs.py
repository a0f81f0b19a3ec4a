"""Which options a line of code needs: those that every kernel of an architecture with the line has set so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.configured import Shown, in_kconfig_words
from reviewbot.checks.reach import has_kconfig
from reviewbot.checks.users import users_of
from reviewbot.checks.where import Where, asked_inline
from reviewbot.kconfig import KernelConfig
from reviewbot.kconfig.guards import is_no_option, of_options
from reviewbot.logic import FALSE, And, Cond, Not, Or, Ternary, Var

__all__ = ["ORDINARY", "as_condition", "needs_of", "setting_of", "worth_saying"]

ORDINARY = frozenset({"MMU"})
"""What nearly every kernel has: that something needs it is not said."""

_MOST = 10  # so many options of one line are asked for; a line has a few


def as_condition(options: Mapping[str, str]) -> Cond:
    """Return a configuration, `{"SWIOTLB": "y"}`, as a condition."""
    return And(*({"y": Var(f"CONFIG_{name}"), "m": Var(f"CONFIG_{name}_MODULE")}.get(value, _off(name))
                 for name, value in options.items()))


def needs_of(analysis: Analysis, wheres: Sequence[Where], arch: str) -> dict[str, str]:
    """Return the options that each of the lines needs on the architecture, with their values: y, m or n."""
    found: dict[str, str] | None = None
    for where in wheres:
        own = _needs(analysis, where, arch)
        found = own if found is None else {name: value for name, value in found.items() if own.get(name) == value}
    return found or {}


def _needs(analysis: Analysis, where: Where, arch: str) -> dict[str, str]:
    for config in dict.fromkeys((analysis.configs[where.moment], analysis.configs[-1])):
        if has_kconfig(config.tree, arch):
            line = _line(analysis, config, where, arch)
            if line != FALSE and config.can(line, arch) is not Ternary.NO:
                return forced(config, arch, line)
    return {}


def _line(analysis: Analysis, config: KernelConfig, where: Where, arch: str) -> Cond:
    """Return what the configuration must be like for the line to be compiled and kept, as far as options decide."""
    parts = [where.nest, *(of_options(test) for test in where.tests),
             *(of_options(analysis.refused.built(where.moment, path, arch)) for path in where.files)]
    if where.path in where.files:
        parts += asked_inline(config, where, arch)
    line = analysis.reach.compiled(config, arch, And(*parts), where.files)
    if where.path.endswith(".h") and where.functions:
        users = users_of(analysis, where.moment, *where.functions[0])
        if users is not None and users and all(user.file.endswith(".c") for user in users):
            line = And(line, Or(*(analysis.reach.compiled(config, arch, user.nest, (user.file,)) for user in users)))
    return line


def forced(config: KernelConfig, arch: str, line: Cond) -> dict[str, str]:
    """Return the options of the condition that have one value wherever it holds on the architecture."""
    names = sorted({name.removeprefix("CONFIG_").removesuffix("_MODULE") for name in line.variables()
                    if not is_no_option(name)})
    parts = set(line.parts) if line.op == "and" else {line}
    found = {}
    for name in [name for name in names if config.knows(name, arch)][:_MOST]:
        on, module = Var(f"CONFIG_{name}"), Var(f"CONFIG_{name}_MODULE")
        if on in parts:
            found[name] = "y"
        elif Not(on) in parts and module.name not in line.variables():
            found[name] = "n"
        elif Or(on, module) in parts or config.can(And(line, _off(name)), arch) is Ternary.NO:
            found[name] = "y" if config.can(And(line, on), arch) is not Ternary.NO else "m"
        elif config.can(And(line, Or(on, module)), arch) is Ternary.NO:
            found[name] = "n"
    return found


def worth_saying(config: KernelConfig, arch: str, options: Mapping[str, str], given: Mapping[str, str], *,
                 written: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return those of the options that do not follow from the others, from `given` and from the architecture.

    What nearly every kernel has is among them only where it is `written` beside the line (`CONFIG_MMU`).
    """
    left = {name: value for name, value in options.items()
            if name not in given and (name not in ORDINARY or value != "y" or f"CONFIG_{name}" in written)}
    # Of two that follow from each other the one stays that is set, and the one with the plainer name.
    for name in sorted(left, key=lambda one: (left[one] != "n", not one[0].isdigit(), one)):
        others = {other: value for other, value in left.items() if other != name}
        otherwise = Not(_off(name)) if left[name] == "n" else _off(name)
        if config.can(And(as_condition({**given, **others}), otherwise), arch) is Ternary.NO:
            left = others
    return left


def setting_of(config: KernelConfig, shown: Shown) -> str:
    """Return when the condition of an answer holds, in one line: `SWIOTLB=y`, the options that it needs.

    Where these are not enough it is the answer's example, and says so: `for example PPC64=y`. Options that follow from
    the others are left out.
    """
    condition = of_options(shown.condition)
    needed = forced(config, shown.arch, condition)
    kept = _kept(config, shown.arch, needed)
    if kept and config.can(And(as_condition(kept), Not(condition)), shown.arch) is Ternary.NO:
        return in_kconfig_words(sorted(kept.items()))
    example = shown.answer.example
    choices = {name: value for name, value in example if value in {"y", "m", "n"}}
    kept = _kept(config, shown.arch, choices)
    said = in_kconfig_words((name, value) for name, value in example if name in kept or name not in choices)
    return said if not example or all(needed.get(name) == value for name, value in kept.items()) \
        else f"for example {said}"


def _kept(config: KernelConfig, arch: str, options: Mapping[str, str]) -> dict[str, str]:
    return worth_saying(config, arch, options, {}, written=frozenset(f"CONFIG_{name}" for name in options))


def _off(name: str) -> Cond:
    return Not(Or(Var(f"CONFIG_{name}"), Var(f"CONFIG_{name}_MODULE")))
