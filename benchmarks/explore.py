"""Measures the explorer: states, processor seconds, and how many times quicker it is than the plain search.

`--arch` and `--kernel` as one likes. The exit status is 1 where the sums are less than `LIMIT` apart, or where the two
searches do not see the same.
"""

from __future__ import annotations

import argparse
import sys
import time

import plain_search

from reviewbot.arch import KernelVersion, Model, load_model, parse_version
from reviewbot.arch.machine import Result, Scenario, explore, load_scenarios
from reviewbot.arch.machine.build import build
from reviewbot.resources import data_folder

LIMIT = 5.0
"""The plain search must cost at least so many times what the explorer costs, over all that is measured here."""
SIZES: dict[str, tuple[dict[str, int], ...]] = {
    "vunmap-hibernation": tuple({"rest": count} for count in (1, 2, 4, 8, 16)),
    "module": tuple({"text": count} for count in (1, 2, 4, 8)),
    "hypervisor-buffer": tuple({"buffer": count} for count in (1, 2, 4, 8)),
    "direct-map-crowd": tuple({"text": count} for count in (1, 2, 4, 6)),
}


def measure(scenario: Scenario, model: Model, arch: str, version: KernelVersion,
            size: dict[str, int]) -> tuple[Result, float, float, bool]:
    """Return what exploring gives, its processor seconds, those of the plain search, and whether they saw the same."""
    # without its assumptions taken away in turn: one search, so that states and seconds belong together
    began = time.process_time()
    result = explore(scenario, model, arch=arch, version=version, sizes=size, test_assumptions=False)
    between = time.process_time()
    machine = build(scenario, model, arch, version, config=(), without=(), sizes=size)
    states, length = plain_search.search(machine) if machine.start is not None else (0, 0)
    return (result, between - began, time.process_time() - between,
            (result.states, len(result.events)) == (states, length))


def main() -> None:
    """Print a table with one line for each scenario and size, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arch", default="x86")
    parser.add_argument("--kernel", default="6.12")
    options = parser.parse_args()
    folders, version = (data_folder("rules"),), parse_version(options.kernel)
    model = load_model(folders)
    print(f"| {options.arch} {options.kernel} | pages | outcome | states | deepest | seconds | plain search | times |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |")
    packed, plain, same = 0.0, 0.0, True
    for scenario in load_scenarios(folders):
        for size in SIZES.get(scenario.name, ({},)):
            result, spent, old, equal = measure(scenario, model, options.arch, version, size)
            if result.outcome == "absent":
                continue
            packed, plain, same = packed + spent, plain + old, same and equal
            pages = ", ".join(f"{name}={count}" for name, count in size.items()) or "as written"
            print(f"| {scenario.name} | {pages} | {result.outcome} | {result.states} | {result.depth} "
                  f"| {spent:.3f} | {old:.3f} | {old / spent:.1f} |")
    print(f"| all | | {'equal' if same else 'NOT EQUAL'} | | | {packed:.3f} | {plain:.3f} | {plain / packed:.1f} |")
    sys.exit(not same or plain < LIMIT * packed)


if __name__ == "__main__":
    main()
