#!/usr/bin/env python3
"""Holds the cost of reviews against limits that do not depend on the machine: ratios within one run.

    benchmarks/ratios.py --tree DIR [--patches 20] [--against PYTHONPATH] [SERIES.mbox ...]

The unit is the start of the program (`review --help`). Reported are the processor time of a review of one patch, of
`--patches` patches on distinct files and of twice as many, all made for the tree with an empty cache, and of a second
review of the same series, each beside its limit. `--against` names the folder of another version of the program: each
SERIES is then reviewed by both in turn, with an empty cache and once more, and their sums are compared. The quickest
run counts; children's processor time is counted in.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from review import RUN, make_series

from reviewbot.source import open_tree

LIMITS = {"one patch": 8.0, "many patches": 60.0, "twice as many": 2.4, "again": 0.5, "against": 1.0,
          "against, again": 0.5}
"""What may not be exceeded: the first two in starts of the program, the others in what is named beside them."""


def main() -> None:
    """Print the ratios; the exit status is 1 where a limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--patches", type=int, default=20)
    parser.add_argument("--against", type=Path)
    parser.add_argument("series", type=Path, nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reviewbot-benchmark-") as name:
        bench = Bench(Path(name), options.tree)
        if options.against is not None:
            bench.compare(options.series, options.against)
        else:
            bench.grow(options.patches)
    sys.exit(bench.over)


class Bench:
    """Runs of the program on one tree, with a bytecode folder of their own and an empty cache."""

    def __init__(self, folder: Path, tree: Path) -> None:
        """Take a folder for what the runs leave, and the tree."""
        self.folder, self.tree, self.over = folder, tree, False

    def cost(self, *arguments: str, code: Path | None = None, runs: int = 3, cold: bool = True) -> tuple[float, float]:
        """Return processor seconds, of children too, and the peak in MB of the quickest of some runs.

        With `cold` each of them has an empty cache.
        """
        used = self.folder / "used.json"
        kept = {"PYTHONPYCACHEPREFIX": str(self.folder / "bytecode"), "XDG_CACHE_HOME": str(self.folder / "cache"),
                "PYTHONPATH": str(code or Path(__file__).resolve().parents[1])}
        given = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | kept
        found = []
        for _ in range(runs):
            if cold:
                shutil.rmtree(self.folder / "cache", ignore_errors=True)
            subprocess.run([sys.executable, "-P", "-c", RUN, str(used), *arguments], env=given, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            said = json.loads(used.read_text())
            found.append((said["own"] + said["others"], said["peak"]))
        return min(found)

    def review(self, series: Path, *, code: Path | None = None, runs: int = 3, cold: bool = True
               ) -> tuple[float, float]:
        """Return the cost of a review."""
        return self.cost("review", str(series), "--tree", str(self.tree), "--no-network", "--no-progress", "--format",
                         "json", "-o", f"json={self.folder / 'report.json'}", code=code, runs=runs, cold=cold)

    def grow(self, count: int) -> None:
        """Print what more patches cost, and a second look at the same ones."""
        unit, _ = self.cost("review", "--help", runs=4)
        one, many, twice = (self.review(self.made(number)) for number in (1, count, 2 * count))
        self.tell("one patch", one[0] / unit, f"{one[0]:.2f} s, {one[1]:.0f} MB")
        self.tell("many patches", many[0] / unit, f"{count} patches: {many[0]:.2f} s, {many[1]:.0f} MB")
        self.tell("twice as many", twice[0] / many[0], f"{2 * count} patches: {twice[0]:.2f} s, {twice[1]:.0f} MB")
        self.review(self.made(count), runs=1)
        again = self.review(self.made(count), cold=False)
        self.tell("again", again[0] / many[0], f"{again[0]:.2f} s")

    def compare(self, series: list[Path], code: Path) -> None:
        """Print the cost of each series here and with the program in the folder `code`, run in turn."""
        here = there = again = 0.0
        for one in series:
            now, peak = self.review(one, runs=2)
            warm, _ = self.review(one, runs=1, cold=False)
            then, was = self.review(one, code=code, runs=2)
            here, there, again = here + now, there + then, again + warm
            print(f"{one.stem:40} {now:7.2f} s {peak:5.0f} MB   again {warm:7.2f} s   {then:7.2f} s {was:5.0f} MB   "
                  f"{now / then:5.2f} {warm / then:5.2f}", flush=True)
        if series:
            self.tell("against", here / there, f"{here:.1f} s to {there:.1f} s")
            self.tell("against, again", again / there, f"{again:.1f} s to {there:.1f} s")

    def made(self, count: int) -> Path:
        """Return a series of so many patches for the tree."""
        path = self.folder / f"{count}.mbox"
        if not path.exists():
            path.write_text(make_series(open_tree(self.tree), count), encoding="utf-8")
        return path

    def tell(self, name: str, ratio: float, seconds: str) -> None:
        """Print one ratio beside its limit."""
        over = ratio > LIMITS[name]
        self.over |= over
        print(f"{name:16} {ratio:6.2f} of at most {LIMITS[name]:5.2f}   {'OVER' if over else 'ok':4}   ({seconds})",
              flush=True)


if __name__ == "__main__":
    main()
