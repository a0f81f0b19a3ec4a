#!/usr/bin/env python3
"""Prints one table: what a scan of a kernel tree costs beside other ways to search it.

    benchmarks/scan.py --tree DIR [--ast-grep PROGRAM] [--coccinelle] [--repeat N]

All rows are measured in one run with a warm page cache. "ours" is the command as a user starts it, with the start of
Python. One file is changed in a copy of the tree made of hard links, so that the tree itself stays as it is. Programs
that are not installed are left out with a line.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from reviewbot.cfacts.family import load_family
from reviewbot.resources import data_folder
from reviewbot.source.answers import FolderStates
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.wordshelf import Shelf, TreeWords

NAMES = sorted(load_family((data_folder("rules") / "api",)).names("core"))
SOME = [name for name in NAMES if name.startswith("set_memory_")]


def timed(command: list[str], *, environment: dict[str, str] | None = None) -> tuple[float, float, int]:
    """Return wall seconds, processor seconds and the largest resident size in MB of one command and its children."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, own = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime
    return wall, cpu, own.ru_maxrss >> 10


def best(command: list[str], *, repeat: int, before: Callable[[], None] | None = None,
         environment: dict[str, str] | None = None) -> tuple[float, float, int]:
    """Return the quickest of some runs; `before` puts things in place for each of them."""
    runs = []
    for _ in range(repeat):
        if before is not None:
            before()
        runs.append(timed(command, environment=environment))
    return min(runs)


def show(what: str, figures: tuple[float, float, int]) -> None:
    wall, cpu, size = figures
    print(f"{what:<58} {wall:8.2f} s {cpu:8.2f} s {size:6d} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--ast-grep", default="ast-grep")
    parser.add_argument("--coccinelle", action="store_true", help="also spatch --dir, which takes about a minute")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    tree = options.tree.resolve()
    subprocess.run(["tar", "cf", "/dev/null", "--exclude=.git", str(tree)], check=False, stderr=subprocess.DEVNULL)
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
    print(f"{'':<58} {'wall':>10} {'processor':>10} {'peak':>9}")
    others(tree, options)
    with tempfile.TemporaryDirectory(prefix="reviewbot-benchmark-") as folder:
        ours(tree, Path(folder), options.repeat)
        growth(tree, Path(folder), options.repeat)


def others(tree: Path, options: argparse.Namespace) -> None:
    """Measure what a person would use instead."""
    if not shutil.which("rg"):
        print("rg is not installed: left out")
    else:
        pattern = "|".join(NAMES)
        show("rg -w, the family's names", best(["rg", "-w", pattern, str(tree)], repeat=options.repeat))
        show("rg, the names as regular expressions with a common start", best(
            ["rg", r"set_memory_\w+|set_direct_map_\w+|set_pages_\w+", str(tree)], repeat=options.repeat))
        if shutil.which(options.ast_grep):
            kinds = ",".join("{pattern: '" + name + "($$$)'}" for name in NAMES)
            rule = "{id: x, language: c, rule: {any: [" + kinds + "]}}"
            script = (f"rg -lw -g '*.[ch]' '{pattern}' '{tree}' | xargs {options.ast_grep} scan --json=stream "
                      f"--inline-rules \"{rule}\"")
            show("rg, then ast-grep on the files found", best(["sh", "-c", script], repeat=options.repeat))
        else:
            print("ast-grep is not installed: left out")
    if not options.coccinelle or not shutil.which("spatch"):
        print("coccinelle: left out" + ("" if options.coccinelle else " (ask with --coccinelle)"))
        return
    with tempfile.NamedTemporaryFile("w", suffix=".cocci") as file:
        file.write("@r@\nexpression list es;\n@@\n(\n" + "\n|\n".join(f"* {name}(es);" for name in SOME) + "\n)\n")
        file.flush()
        show("coccinelle --dir, explicit names", timed(
            ["spatch", "--jobs", str(os.cpu_count()), "--sp-file", file.name, "--dir", str(tree)]))


def command(tree: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "reviewbot", "scan", "--tree", str(tree), "--format", "jsonl", "--no-progress", *more]


def ours(tree: Path, folder: Path, repeat: int) -> None:
    """Measure our own runs: without an index, with one, and after one file changed."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    show("ours, --no-cache", best(command(tree, "--no-cache"), repeat=repeat, environment=environment))
    show("ours, first run that makes the index", best(
        command(tree), repeat=repeat, environment=environment,
        before=lambda: shutil.rmtree(folder / "cache", ignore_errors=True)))
    show("ours, with index", best(command(tree), repeat=repeat, environment=environment))
    copy = folder / "tree"
    shutil.copytree(tree, copy, symlinks=True, copy_function=os.link if _same_device(tree, folder) else shutil.copy2)
    timed(command(copy), environment=environment)
    file = copy / "arch/x86/mm/pat/set_memory.c"
    if not file.is_file():
        file = next(path for path in sorted(copy.rglob("*.c")))
    text = file.read_bytes()
    number = iter(range(1000))

    def change() -> None:
        file.unlink()  # a hard link: the tree's own file stays as it is
        file.write_bytes(text + b"\n/* change %d */\n" % next(number))
        past = time.time() - 60
        os.utime(file, (past + len(text) % 7, past))

    show(f"ours, after {file.relative_to(copy)} changed", best(
        command(copy), repeat=repeat, environment=environment, before=change))
    ahead = [sys.executable, "-m", "reviewbot", "index", "--tree", str(tree), "--no-progress"]
    show("ours, index, built anew", best(ahead, repeat=1, environment=environment,
                                         before=lambda: shutil.rmtree(folder / "cache", ignore_errors=True)))
    size = sum(file.stat().st_size for file in (folder / "cache").rglob("*") if file.is_file())
    show(f"ours, index, again ({size >> 20} MB are kept)", best(ahead, repeat=repeat, environment=environment))
    looked_up(tree, folder / "cache" / "reviewbot" / "words")
    show("ours, --with-wrappers, first run", best(
        command(tree, "--with-wrappers"), repeat=1, environment=environment,
        before=lambda: shutil.rmtree(folder / "cache", ignore_errors=True)))
    show("ours, --with-wrappers, with index", best(command(tree, "--with-wrappers"), repeat=repeat,
                                                   environment=environment))


def looked_up(tree: Path, shelf: Path) -> None:
    """Measure what it costs to look up where twenty names stand, in a tree whose words are written down."""
    opened = DirectoryTree(tree)
    states = FolderStates(opened.root, time.time_ns())
    words = TreeWords(Shelf(shelf), opened.place, states=states)
    found = words.narrow(NAMES[:20], (), (".c", ".h")) or ()  # the first question looks at every folder
    started = time.process_time()
    words.narrow(NAMES[20:40] or NAMES[:20], (), (".c", ".h"))
    took = (time.process_time() - started) * 1000
    print(f"ours, 20 names looked up: {took:.1f} ms ({len(found)} files may hold one of the first 20)", flush=True)


def _same_device(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def growth(tree: Path, folder: Path, repeat: int) -> None:
    """Measure how the cost grows with the part of the tree that is searched."""
    print()
    parts: list[list[str]] = [["kernel"], ["mm", "kernel"], ["arch"], ["arch", "drivers/gpu"], ["arch", "drivers"]]
    for part in parts:
        if not all((tree / name).is_dir() for name in part):
            continue
        count = sum(1 for name in part for path in (tree / name).rglob("*.[ch]"))
        environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "none")}
        show(f"ours, --no-cache, {' '.join(part)}: {count} files", best(
            command(tree, "--no-cache", *part), repeat=repeat, environment=environment))


if __name__ == "__main__":
    main()
