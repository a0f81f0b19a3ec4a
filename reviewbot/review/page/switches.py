"""A condition in the words of whoever boots the kernel: options and parameters of the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.arch import Runtime
from reviewbot.logic import And, Cond, Not, Var
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Setting", "once_configured", "say_condition", "under"]

_CONFIG = "CONFIG_"
_PROMPTLESS = ("ARCH_HAS_", "ARCH_WANT", "ARCH_SUPPORTS_", "ARCH_USE", "HAVE_", "GENERIC_")
_MOST_TERMS = 3
_OPTION = regex(r"(?:[A-Z]|\d+[A-Z])\w*=[ymn]")
_EXAMPLE = regex(r" with ((?:[A-Z]|\d+[A-Z])\w*=[ymn](?:(?:, | and | )(?:[A-Z]|\d+[A-Z])\w*=[ymn])*)(?=[ :.,]|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A condition in words, and what it takes: `options` of the configuration, `parameters` of the command line."""

    text: str
    options: frozenset[str]
    parameters: frozenset[str]


def say_condition(condition: Cond, runtimes: Sequence[Runtime]) -> Setting | None:
    """Return the condition in words, None where some part of it has none; `runtimes` are the architecture's."""
    known = {runtime.name: runtime for runtime in runtimes}
    terms = condition.parts if condition.op == "or" else (condition,)
    said = [_say_term(term, known) for term in terms]
    if len(said) > _MOST_TERMS or any(one is None for one in said):
        return None
    found = [one for one in said if one is not None]
    return Setting(text=" or ".join(dict.fromkeys(one.text for one in found)),
                   options=frozenset().union(*(one.options for one in found)),
                   parameters=frozenset().union(*(one.parameters for one in found)))


def _say_term(term: Cond, known: dict[str, Runtime]) -> Setting | None:
    if term.op == "true":
        return Setting(text="", options=frozenset(), parameters=frozenset())
    parts = term.parts if term.op == "and" else (term,)
    words: dict[str, None] = {}
    options: set[str] = set()
    parameters: set[str] = set()
    implied: set[str] = set()
    for part in parts:
        if part.op not in {"var", "not"} or (part.op == "not" and part.parts[0].op != "var"):
            return None
        name, wanted = (part.name, True) if part.op == "var" else (part.parts[0].name, False)
        if name.startswith(_CONFIG):
            option = name.removeprefix(_CONFIG)
            if option.endswith("_MODULE") and not wanted:
                return None
            value = "m" if option.endswith("_MODULE") else "y" if wanted else "n"
            option = option.removesuffix("_MODULE")
            options.add(option)
            if not option.startswith(_PROMPTLESS):
                words[f"{option}={value}"] = None
            continue
        runtime = _switch(name, known)
        word = _parameter(runtime, wanted=wanted) if runtime else ""
        if not word or runtime is None:
            return None
        words[word] = None
        parameters.add(word)
        implied |= {f"{required}=y" for required in re.findall(r"[A-Z]\w+", runtime.requires)} if wanted else set()
    order = sorted((word for word in words if word not in implied), key=lambda word: "!=" in word)
    return Setting(text=", ".join(order), options=frozenset(options),
                   parameters=frozenset(parameters))


def _switch(name: str, known: dict[str, Runtime]) -> Runtime | None:
    """Return what the kernel's command line sets for the C name, also through a name that only repeats another."""
    bare = name.removesuffix("()")
    for _ in range(4):
        runtime = known.get(bare)
        if runtime is None or runtime.parameters:
            return runtime
        bare = runtime.holds
    return None


def _parameter(runtime: Runtime, *, wanted: bool) -> str:
    """Return `rodata=full` or `rodata!=full`: the one word that makes it so, or that must not stand there."""
    making = [word for word, value in runtime.parameters if value is wanted]
    breaking = [word for word, value in runtime.parameters if value is not wanted]
    if len(making) == 1:
        return making[0]
    if len(breaking) == 1:
        return breaking[0].replace("=", "!=", 1)
    return " or ".join(making)


def once_configured(message: str, config: str, condition: str = "") -> tuple[str, str]:
    """Return the sentence about a broken build without the example of a configuration that it has, and the shorter of
    both: where the condition has more options, the example alone shows that it breaks, and so it does where it has an
    option of the whole `condition` that the words leave out."""
    example = _EXAMPLE.search(message)
    if example is None:
        return message, config
    options = _OPTION.findall(example[1])
    left_out = any(one not in config.split(", ") and re.search(rf"\bCONFIG_{one.partition('=')[0]}\b", condition)
                   for one in options)
    said = ", ".join(options) if left_out or len(options) < len(re.findall(r"=", config)) else config
    return message[:example.start()] + message[example.end():], said


def under(config: tuple[tuple[str, str], ...]) -> Cond:
    """Return a cell's configuration as a condition."""
    return And(*(Not(Var(_CONFIG + name)) if value == "n" else Var(f"{_CONFIG}{name}_MODULE") if value == "m"
                 else Var(_CONFIG + name) for name, value in config))
