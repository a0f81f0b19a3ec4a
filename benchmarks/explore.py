"""Measures the explorer: states and seconds by scenario and size, `--arch` and `--kernel` as one likes."""

from __future__ import annotations

import argparse
import time

from reviewbot.arch import load_model, parse_version
from reviewbot.arch.machine import explore, load_scenarios
from reviewbot.resources import data_folder

SIZES: dict[str, tuple[dict[str, int], ...]] = {
    "vunmap-hibernation": tuple({"rest": count} for count in (1, 2, 4, 8, 16)),
    "module": tuple({"text": count} for count in (1, 2, 4, 8)),
    "hypervisor-buffer": tuple({"buffer": count} for count in (1, 2, 4, 8)),
    "direct-map-crowd": tuple({"text": count} for count in (1, 2, 4, 6)),
}


def main() -> None:
    """Print a table with one line for each scenario and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arch", default="x86")
    parser.add_argument("--kernel", default="6.12")
    options = parser.parse_args()
    folders = (data_folder("rules"),)
    model, scenarios = load_model(folders), load_scenarios(folders)
    print(f"| {options.arch} {options.kernel} | pages | outcome | states | deepest | seconds | states a second |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: |")
    for scenario in scenarios:
        for size in SIZES.get(scenario.name, ({},)):
            began = time.perf_counter()
            # without its assumptions taken away in turn: one search, so that states and seconds belong together
            result = explore(scenario, model, arch=options.arch, version=parse_version(options.kernel), sizes=size,
                             test_assumptions=False)
            spent = time.perf_counter() - began
            if result.outcome != "absent":
                pages = ", ".join(f"{name}={count}" for name, count in size.items()) or "as written"
                print(f"| {scenario.name} | {pages} | {result.outcome} | {result.states} | {result.depth} "
                      f"| {spent:.2f} | {result.states / spent:.0f} |")


if __name__ == "__main__":
    main()
