"""Feeds randomly damaged kernel files to the C reader: none may crash it, hang it or make it grow.

    python benchmarks/mutations.py --tree ~/.cache/reviewbot/kernels/6.12 --count 20000

Lines are cut, swapped, doubled and torn; braces, brackets, quotes, comment marks and #if lines are put in and taken
out. Prints one table: how many, the slowest, how many Skips, how many mentions were left unaccounted, memory.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from reviewbot.cfacts import Family, account, load_family, read_file
from reviewbot.resources import data_folder

STRAYS = ("{", "}", "(", ")", '"', "'", "/*", "*/", "\\", "#if X", "#else", "#endif", ";", "else", "case 1:", "\x00",
          "goto out;", "#define Y \\", "({", "})", "while (1)", "do", "\xff", "?", "[", "=", "#")


def cut(lines: list[str], dice: random.Random) -> None:
    start = dice.randrange(len(lines))
    del lines[start:start + dice.randint(1, 20)]


def swap(lines: list[str], dice: random.Random) -> None:
    first, second = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]


def double(lines: list[str], dice: random.Random) -> None:
    start = dice.randrange(len(lines))
    lines[start:start] = lines[start:start + dice.randint(1, 10)]


def tear(lines: list[str], dice: random.Random) -> None:
    place = dice.randrange(len(lines))
    at = dice.randint(0, len(lines[place]))
    lines[place] = lines[place][:at]


def stray(lines: list[str], dice: random.Random) -> None:
    place = dice.randrange(len(lines))
    at = dice.randint(0, len(lines[place]))
    lines[place] = lines[place][:at] + dice.choice(STRAYS) + lines[place][at:]


def drop_character(lines: list[str], dice: random.Random) -> None:
    places = [number for number, line in enumerate(lines) if any(mark in line for mark in "{}()\"")]
    if places:
        place = dice.choice(places)
        at = dice.choice([index for index, char in enumerate(lines[place]) if char in "{}()\""])
        lines[place] = lines[place][:at] + lines[place][at + 1:]


DAMAGES: tuple[Callable[[list[str], random.Random], None], ...] = (cut, swap, double, tear, stray, stray,
                                                                   drop_character, drop_character)


def damaged(text: str, dice: random.Random) -> bytes:
    """Return the text with one to six damages, half of them near a mention of the family."""
    lines = text.split("\n")
    near = [number for number, line in enumerate(lines) if "set_memory" in line or "set_pages" in line]
    for _ in range(dice.randint(1, 6)):
        if near and dice.random() < 0.5:
            place = dice.choice(near)
            start, end = max(0, place - 12), min(len(lines), place + 12)
            window = lines[start:end] or [""]
            dice.choice(DAMAGES)(window, dice)
            lines[start:end] = window
        else:
            dice.choice(DAMAGES)(lines, dice)
        lines = lines or [""]
    return "\n".join(lines).encode("latin-1", "replace")


def candidates(tree: Path, family: Family) -> list[tuple[str, str]]:
    """Return (path, text) of the tree's C files that mention the family."""
    names = [name.encode() for name in sorted(family.names("core"))]
    found = []
    for folder in ("arch", "drivers", "include", "kernel", "mm"):
        for path in sorted((tree / folder).rglob("*.[ch]")):
            data = path.read_bytes()
            if len(data) < 400_000 and any(name in data for name in names):
                found.append((str(path.relative_to(tree)), data.decode("latin-1")))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    family = load_family((data_folder("rules") / "api",))
    names = family.names()
    files = candidates(options.tree, family)
    dice = random.Random(options.seed)
    slowest, slowest_at, skips, lost, crashes = 0.0, "", 0, 0, 0
    memory = 0
    start = time.perf_counter()
    for number in range(options.count):
        path, text = files[dice.randrange(len(files))]
        data = damaged(text, dice)
        before = time.perf_counter()
        try:
            facts = read_file(path, data, names=family)
            lost += len(account(path, data, facts, names=names))
        except Exception as error:  # noqa: BLE001 - that nothing escapes is what is measured
            crashes += 1
            print(f"CRASH seed {options.seed} number {number} {path}: {type(error).__name__}: {error}")
            Path(f"crash-{number}.c").write_bytes(data)
            continue
        took = time.perf_counter() - before
        skips += len(facts.skips)
        if took > slowest:
            slowest, slowest_at = took, f"{path} (number {number})"
        if number == options.count // 10:
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    total = time.perf_counter() - start
    print(f"{'mutations':<28}{options.count:>10}\n{'files they came from':<28}{len(files):>10}\n"
          f"{'crashes':<28}{crashes:>10}\n{'skips':<28}{skips:>10}\n{'mentions unaccounted':<28}{lost:>10}\n"
          f"{'slowest file, ms':<28}{slowest * 1000:>10.0f}  {slowest_at}\n"
          f"{'mean, ms':<28}{total / options.count * 1000:>10.1f}\n{'peak memory growth, kB':<28}{grown:>10}")
    return 1 if crashes else 0


if __name__ == "__main__":
    sys.exit(main())
