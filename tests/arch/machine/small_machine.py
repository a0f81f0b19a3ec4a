"""A small architecture and small scenarios for the tests of the machine."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

from reviewbot.arch import Model, load_model, parse_version
from reviewbot.arch.machine import Result, Scenario, explore, load_scenarios
from reviewbot.resources import data_folder

_GENERIC = """
arch = "*"
title = "all architectures"
arches = []
releases = ["6.12"]
summary = "Nothing."
"""
_ANCHOR = """
[[fact.anchor]]
file = "arch/demo/mm/pageattr.c"
function = "{symbol}"
"""
_RUNTIME = """
[[runtime]]
name = "{name}"
versions = "6.12.."
holds = "{holds}"
{more}
text = "So it is."
[[runtime.anchor]]
file = "arch/demo/mm/pageattr.c"
function = "demo"
"""


def fact(symbol: str, **fields: object) -> str:
    """Return a fact about a function that works, splits, flushes and can fail, with these fields instead."""
    values: dict[str, object] = {
        "status": "real", "file": "arch/demo/mm/pageattr.c", "returns": "int", "may_fail": True,
        "partial_on_failure": True, "splits": "yes", "flushes": True, "sleeps": True, "alias": "both"} | fields
    errnos = '[fact.errnos]\nENOMEM = "no page"\n' if values["may_fail"] else ""
    lines = [f"{key} = {_toml(value)}" for key, value in values.items()]
    return f'[[fact]]\nsymbol = "{symbol}"\nversions = "6.12.."\n' + "\n".join(lines) + "\n" + errnos + _ANCHOR


def runtime(name: str, holds: str, more: str = "") -> str:
    """Return a name of conditions, with what it is."""
    return _RUNTIME.format(name=name, holds=holds, more=more)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, list) else f'"{value}"'


def demo_model(*entries: str) -> Model:
    """Return a model of one architecture, `demo`, with these facts and runtime names."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "arch"
        folder.mkdir()
        (folder / "_generic.toml").write_text(_GENERIC)
        head = 'arch = "demo"\ntitle = "demo"\nsummary = "One leaf."\n'
        (folder / "demo.toml").write_text(head + "".join(entries))
        return load_model((Path(name),))


def scenario(text: str, *, name: str = "planted") -> Scenario:
    """Return the scenario that this file holds."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "scenarios").mkdir()
        (Path(folder) / "scenarios" / f"{name}.toml").write_text(dedent(text))
        return load_scenarios((Path(folder),))[0]


def steps(text: str, *, pages: str = "page = 1", more: str = "", actor: str = "") -> Scenario:
    """Return a scenario with one actor that takes these steps, and what `more` says."""
    return scenario(f'title = "t"\ntext = "t"\n{more}\n[pages]\n{dedent(pages)}\n'
                    f'[[actor]]\nname = "somebody"\n{actor}\n'
                    f'steps = """\n{dedent(text)}\n"""\n')


def run(one: Scenario, *entries: str, **how: object) -> Result:
    """Return what exploring the scenario on the demo architecture gives."""
    return explore(one, demo_model(*entries), arch="demo", version=parse_version("6.12"), **how)  # type: ignore[arg-type]


@cache
def real_model() -> Model:
    """Return the program's own model."""
    return load_model((data_folder("rules"),))


@cache
def real_scenarios() -> dict[str, Scenario]:
    """Return the program's own scenarios by name."""
    return {one.name: one for one in load_scenarios((data_folder("rules"),))}


def run_real(name: str, arch: str, kernel: str, *, config: tuple[str, ...] = (), without: tuple[str, ...] = (),
             sizes: dict[str, int] | None = None) -> Result:
    """Return what exploring one of the program's scenarios gives."""
    return explore(real_scenarios()[name], real_model(), arch=arch, version=parse_version(kernel), config=config,
                   without=without, sizes=sizes)
