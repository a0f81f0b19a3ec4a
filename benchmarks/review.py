#!/usr/bin/env python3
"""Prints what a review of a series costs: our own time beside that of git and of the other programs that we start.

    benchmarks/review.py --tree DIR [--patches 1,5,20]

The series is made for the tree (a git repository or an unpacked kernel): each patch changes one file that calls the
family, drops a check there and adds a function with two calls. Every row is a whole run as a user starts it, with the
start of Python; the quickest of three. `own` is the processor time of our process, `others` that of its children.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from reviewbot.source import Tree, open_tree

CALL = re.compile(r"^(\t+)(?:if \()?(set_memory_\w+\([^;{}]*?\))\)?(?:\s*\{)?;?$", re.MULTILINE)
FOLDERS = ("arch", "drivers", "kernel", "mm", "net", "sound")
RUN = """
import json, resource, sys, time
from reviewbot.cli import main
started = time.perf_counter()
try:
    main(sys.argv[2:])
except SystemExit:
    pass
own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as out:
    json.dump({"own": own.ru_utime + own.ru_stime, "others": others.ru_utime + others.ru_stime,
               "peak": own.ru_maxrss / 1024}, out)
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--patches", default="1,5,20")
    options = parser.parse_args()
    tree = open_tree(options.tree)
    print(f"{'patches':>8} {'wall':>9} {'own':>9} {'others':>9} {'peak':>9}   of which ingest, apply, analyse")
    with tempfile.TemporaryDirectory(prefix="reviewbot-benchmark-") as folder:
        for count in (int(text) for text in options.patches.split(",")):
            series = Path(folder) / f"{count}.mbox"
            series.write_text(make_series(tree, count), encoding="utf-8")
            print(min(row(series, options.tree, Path(folder)) for _ in range(3)), flush=True)


def row(series: Path, tree: Path, folder: Path) -> str:
    """Return one line of the table; lines compare by wall time."""
    used, report = folder / "used.json", folder / "report.json"
    command = [sys.executable, "-c", RUN, str(used), "review", str(series), "--tree", str(tree), "--no-network",
               "--no-progress", "--timings", "--format", "json", "-o", f"json={report}"]
    done = subprocess.run(["/usr/bin/env", "time", "-f", "%e", *command], capture_output=True, text=True, check=True)
    wall = float(done.stderr.strip().splitlines()[-1])
    cost, said = json.loads(used.read_text()), json.loads(report.read_text())
    timing = said["timing_ms"]
    return (f"{len(said['series']['patches']):8} {wall:7.2f} s {cost['own']:7.2f} s {cost['others']:7.2f} s "
            f"{cost['peak']:6.0f} MB   {timing['ingest']} ms, {timing['apply']} ms, {timing['analyse']} ms")


def make_series(tree: Tree, count: int) -> str:
    """Return a series of so many patches, each for another file of the tree, as an mbox."""
    names = ["set_memory_ro", "set_memory_rw", "set_memory_uc", "set_memory_wb"]
    mails: list[str] = []
    for path in tree.search(names, prefixes=FOLDERS, suffixes=(".c",)):
        before = (tree.read(path) or b"").decode("latin-1")
        found = CALL.search(before)
        if found is None or len(mails) == count:
            continue
        number = len(mails) + 1
        after = (before[:found.start()] + f"{found[1]}{found[2]};\n" + before[found.start():]
                 + f"\nint benchmark_{number}(unsigned long addr)\n{{\n\tif (set_memory_ro(addr, 1))\n"
                   "\t\treturn -EIO;\n\tset_memory_x(addr, 1);\n\treturn 0;\n}\n")
        diff = "".join(difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True),
                                            f"a/{path}", f"b/{path}"))
        mails.append(f"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: A Person <a@example.org>\n"
                     f"Date: Mon, 2 Dec 2024 10:00:{number:02} +0000\nMessage-ID: <{count}-{number}@example.org>\n"
                     f"Subject: [PATCH {number}/{count}] {path}: change mappings twice\n\nOne more.\n\n"
                     f"Signed-off-by: A Person <a@example.org>\n---\ndiff --git a/{path} b/{path}\n{diff}-- \n2.39\n\n")
    return "".join(mails)


if __name__ == "__main__":
    main()
