"""The kernel's own `conf` is the judge of every example configuration."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewbot.kconfig import KernelConfig
from reviewbot.logic import Ternary, parse_condition
from reviewbot.source import open_tree

pytestmark = pytest.mark.kernel

QUESTIONS = (
    "HIBERNATION && DEBUG_PAGEALLOC",
    "DEBUG_PAGEALLOC && !HIBERNATION && !SWAP",
    "KFENCE && !DEBUG_PAGEALLOC && MODULES && !STRICT_MODULE_RWX",
    "SECRETMEM && !HIBERNATION",
    "EXT4_FS=m && !BLOCK",
    "EXT4_FS=m && KPROBES && BPF_JIT",
    "!MMU",
    "ARCH_HAS_SET_DIRECT_MAP && !PRINTK",
    "PAGE_POISONING && !DEBUG_KERNEL",
)
ARCHES = ("x86", "arm64", "riscv", "s390", "powerpc", "arm", "sparc")


@pytest.fixture(scope="module")
def conf(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str, dict[str, str]], dict[str, str]]:
    """Return a function that gives what `make olddefconfig` makes of some symbols."""
    missing = [tool for tool in ("make", "gcc", "flex", "bison") if not shutil.which(tool)]
    if missing:
        pytest.skip(f"the kernel's conf needs {', '.join(missing)}")
    folders: dict[Path, Path] = {}

    def run(tree: Path, arch: str, symbols: dict[str, str]) -> dict[str, str]:
        out = folders.setdefault(tree, tmp_path_factory.mktemp(f"conf-{tree.name}"))
        lines = [f"# CONFIG_{name} is not set" if value == "n" else f"CONFIG_{name}={value}"
                 for name, value in symbols.items()]
        (out / ".config").write_text("\n".join(lines) + "\n")
        subprocess.run(["make", "-s", "-C", str(tree), f"O={out}", f"ARCH={arch}", "olddefconfig"], check=True,
                       capture_output=True, timeout=600)
        return dict(re.findall(r"^CONFIG_(\w+)=(.*)$", (out / ".config").read_text(), re.MULTILINE))

    return run


def _holds(name: str, made: dict[str, str]) -> bool:
    symbol = name.removeprefix("CONFIG_")
    if symbol.endswith("_MODULE"):
        return made.get(symbol.removesuffix("_MODULE")) == "m"
    return made.get(symbol) == "y"


@pytest.mark.parametrize("version", ["5.10", "6.12", "7.3"])
@pytest.mark.parametrize("arch", ARCHES)
def test_conf_accepts_every_example(version: str, arch: str, kernel_tree: Callable[[str], Path],
                                    conf: Callable[[Path, str, dict[str, str]], dict[str, str]]) -> None:
    """What we call possible stays switched on when the kernel's own configurator completes the example."""
    tree = kernel_tree(version)
    kernel = KernelConfig(open_tree(tree))
    wrong = []
    for text in QUESTIONS:
        condition = parse_condition(text)
        answer = kernel.possible(condition, arch)
        if answer.ternary is not Ternary.YES:
            continue
        made = conf(tree, arch, dict(answer.example))
        if condition.evaluate({name: _holds(name, made) for name in condition.variables()}) is not Ternary.YES:
            wrong.append((text, answer.example))
    assert wrong == []
