"""Which patches cannot be for a Linux kernel tree at all."""

from __future__ import annotations

from collections.abc import Iterable

from reviewbot.series.paths import KERNEL_FOLDERS

__all__ = ["is_foreign"]

_FILES = frozenset((
    ".clang-format", ".clippy.toml", ".cocciconfig", ".editorconfig", ".get_maintainer.ignore", ".gitattributes",
    ".gitignore", ".mailmap", ".pylintrc", ".rustfmt.toml", "COPYING", "CREDITS", "Kbuild", "Kconfig", "MAINTAINERS",
    "Makefile", "README", "REPORTING-BUGS",
))
# Other projects have an include/ and an arch/ too, with other folders in them.
_INCLUDE = frozenset((
    "acpi", "asm-generic", "clocksource", "config", "crypto", "cxl", "drm", "dt-bindings", "generated", "hyperv",
    "keys", "kunit", "kvm", "linux", "math-emu", "media", "memory", "misc", "net", "pcmcia", "ras", "rdma", "rv",
    "scsi", "soc", "sound", "target", "trace", "uapi", "ufs", "vdso", "video", "xen",
))
# Projects whose patches go to the kernel's lists under a prefix of their own, and whose paths look like the kernel's.
_PROJECTS = ("kvm-unit-tests", "qemu", "iproute2", "xfsprogs", "xfstests", "fstests", "blktests", "btrfs-progs",
             "kvmtool", "u-boot", "opensbi", "dwarves", "pahole", "trace-cmd", "libtracefs", "libtraceevent", "b4",
             "ltp", "ndctl", "mdadm", "util-linux", "ethtool", "nft", "e2fsprogs", "f2fs-tools", "man-pages", "edk2")


def is_foreign(paths: Iterable[str], prefixes: Iterable[str]) -> bool:
    """Return whether no file of a series can be in a kernel tree, by its paths or by the project its subject names."""
    words = [word.lower() for word in prefixes]
    if any(word == project or word.startswith(f"{project}-") for word in words for project in _PROJECTS):
        return True
    names = tuple(paths)
    return bool(names) and not any(_fits(path) for path in names)


def _fits(path: str) -> bool:
    first, slash, rest = path.partition("/")
    if not slash:
        return first in _FILES
    if first == "include":
        return rest.partition("/")[0] in _INCLUDE
    return first in KERNEL_FOLDERS
