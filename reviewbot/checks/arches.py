"""Which architectures a line belongs to, and which Kconfig symbols are certain on each."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any, cast

from reviewbot.kconfig.lines import entry_named, selected
from reviewbot.source import OverlayTree, tree_below
from reviewbot.source.types import Tree

__all__ = ["arch_values", "arches_present", "identity", "own_arch"]

_ARCH_SYMBOLS = {
    "alpha": "ALPHA", "arc": "ARC", "arm": "ARM", "arm64": "ARM64", "csky": "CSKY", "hexagon": "HEXAGON",
    "loongarch": "LOONGARCH", "m68k": "M68K", "microblaze": "MICROBLAZE", "mips": "MIPS", "nios2": "NIOS2",
    "openrisc": "OPENRISC", "parisc": "PARISC", "powerpc": "PPC", "riscv": "RISCV", "s390": "S390", "sh": "SUPERH",
    "sparc": "SPARC", "um": "UML", "x86": "X86", "xtensa": "XTENSA",
}
_STARTS = (
    ("X86_", "x86"), ("PPC32", "powerpc"), ("PPC64", "powerpc"), ("PPC_", "powerpc"), ("S390_", "s390"),
    ("ARM64_", "arm64"), ("RISCV_", "riscv"), ("LOONGARCH_", "loongarch"), ("SPARC32", "sparc"), ("SPARC64", "sparc"),
    ("MIPS_", "mips"), ("PARISC_", "parisc"), ("M68K_", "m68k"), ("XTENSA_", "xtensa"), ("AMD_MEM_ENCRYPT", "x86"),
    ("INTEL_TDX_", "x86"), ("KVM_INTEL", "x86"), ("KVM_AMD", "x86"), ("XEN_PV", "x86"),
)
"""How symbols begin that only one architecture has."""
_PROMPTLESS = ("ARCH_HAS_SET_MEMORY", "ARCH_HAS_SET_DIRECT_MAP", "ARCH_HAS_MEM_ENCRYPT", "ARCH_HAS_CPA")
"""Symbols that nobody can choose: an architecture selects them or does not have them."""


@lru_cache(maxsize=1 << 14)
def own_arch(path: str) -> str:
    """Return the architecture that a path belongs to (`arm64` for `arch/arm64/mm/init.c`), empty for generic code."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "arch" else ""


def arches_present(tree: Tree, arches: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the architectures that the tree has; all of them for a tree without any `arch/` folder."""
    present = tuple(arch for arch in arches if tree.exists(f"arch/{arch}"))
    return present or arches


def identity(variable: str, arch: str) -> bool | None:
    """Return whether a symbol is set as its name alone tells: one that is named after an architecture belongs to it.

    None for a symbol of no architecture, and for a part of its own one: `CONFIG_X86_64` may be set on x86.
    """
    name = variable.removeprefix("CONFIG_")
    if not variable.startswith("CONFIG_"):
        return None
    for owner, symbol in _ARCH_SYMBOLS.items():
        if name == symbol:
            return owner == arch
    found = next((owner for start, owner in _STARTS if name.startswith(start)), None)
    return None if found in {None, arch} else False


def _identity(arch: str) -> dict[str, bool]:
    """Return the symbols that name architectures: true for this one, false for all others."""
    return {f"CONFIG_{symbol}": name == arch for name, symbol in _ARCH_SYMBOLS.items()}


@lru_cache(maxsize=256)
def _selected(data: bytes, owner: str) -> Mapping[str, bool]:
    """Return the symbols that a Kconfig file selects, and whether the entry `owner` does so without condition."""
    found: dict[str, bool] = {}
    entry = ""
    for line in data.decode("latin-1").splitlines():
        chosen = selected(line)
        entry = entry_named(line) or entry
        if chosen:
            found[chosen[0]] = found.get(chosen[0], False) or (entry == owner and not chosen[1])
    return found


@lru_cache(maxsize=8)
def _selecting(tree: Any) -> tuple[str, ...]:
    """Return the Kconfig files of a `Tree`'s architectures that name one of the symbols that only a select sets."""
    found: tuple[str, ...] = tree.search(_PROMPTLESS, prefixes=("arch",), suffixes=("Kconfig",))
    return found


def _selecting_now(tree: Tree, arch: str) -> list[str]:
    """Return the same for one architecture, also where patches lie on top of the tree that was searched."""
    base = tree_below(tree)
    found = set(_selecting(cast(Hashable, base)))
    if isinstance(tree, OverlayTree):
        found |= tree.files.keys()
    return sorted(path for path in found if path.startswith(f"arch/{arch}/") and path.endswith("/Kconfig"))


def arch_values(tree: Tree, arch: str) -> dict[str, bool]:
    """Return the symbols that are certain on the architecture: its name, and what its Kconfig always or never selects.

    A symbol that is selected under a condition, or by another entry than the architecture's own, stays open.
    """
    values = _identity(arch)
    if not tree.exists(f"arch/{arch}/Kconfig"):
        return values
    selected: dict[str, bool] = {}
    for path in _selecting_now(tree, arch):
        for symbol, surely in _selected(tree.read(path) or b"", _ARCH_SYMBOLS.get(arch, arch.upper())).items():
            selected[symbol] = selected.get(symbol, False) or surely
    for symbol in _PROMPTLESS:
        values[f"CONFIG_{symbol}_MODULE"] = False
        if symbol not in selected:
            values[f"CONFIG_{symbol}"] = False
        elif selected[symbol]:
            values[f"CONFIG_{symbol}"] = True
    return values
