"""How long the questions about configurations take on a kernel tree, with nothing kept from an earlier run.

    python benchmarks/resolve.py --tree ~/.cache/reviewbot/kernels/6.12 --arch x86 --arch arm64

For each architecture: the first question of a run (it reads the Kconfig files), later questions (the slowest),
and which definition a name gets (the first name searches the tree). Times in seconds; the limits are 15 and 0.2.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from reviewbot.kconfig import KernelConfig
from reviewbot.logic import parse_condition
from reviewbot.source import open_tree

FIRST = "HIBERNATION && DEBUG_PAGEALLOC"
LATER = ("KFENCE && !DEBUG_PAGEALLOC", "SECRETMEM && !HIBERNATION", "EXT4_FS=m && BPF_JIT", "!MMU", "DRM=m && PCI",
         "ARCH_HAS_SET_DIRECT_MAP && !STRICT_MODULE_RWX", "NO_SUCH_SYMBOL", "KVM && !SMP", "MODULES && KEXEC_CORE")
NAMES = ("set_memory_ro", "set_memory_rox", "set_direct_map_invalid_noflush", "__kernel_map_pages")
LIMIT_FIRST, LIMIT_LATER = 15.0, 0.2


def timed(action: Callable[[], object]) -> float:
    """Return the wall time of the action in seconds."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main() -> int:
    """Print the table; 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--arch", action="append", default=[])
    options = parser.parse_args()
    tree = open_tree(options.tree)
    worst_first = worst_later = 0.0
    print(f"{'':12}{'first':>8}{'later':>8}{'names':>8}")
    for arch in options.arch or KernelConfig(tree).arches():
        kernel = KernelConfig(tree)
        first = timed(lambda: kernel.possible(parse_condition(FIRST), arch))  # noqa: B023 - called at once
        later = max(timed(lambda: kernel.possible(parse_condition(text), arch)) for text in LATER)  # noqa: B023
        kernel.prepare(NAMES)
        names = max(timed(lambda: kernel.resolve(name, arches=[arch])) for name in NAMES)  # noqa: B023
        worst_first, worst_later = max(worst_first, first), max(worst_later, later)
        print(f"{arch:12}{first:8.2f}{later:8.3f}{names:8.2f}", flush=True)
    print(f"{'worst':12}{worst_first:8.2f}{worst_later:8.3f}")
    return int(worst_first > LIMIT_FIRST or worst_later > LIMIT_LATER)


if __name__ == "__main__":
    sys.exit(main())
