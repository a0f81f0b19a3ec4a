"""Whose configuration decides about a condition in an architecture's code: not its own alone where others build it."""

from __future__ import annotations

import pytest

from reviewbot.checks.kinds.dead_gate import _is_shared
from reviewbot.source import MemoryTree


@pytest.mark.parametrize(("path", "makefile", "shared"), [
    ("arch/arm/xen/enlighten.c", ("arch/arm64/xen/Makefile", "xen-arm-y += $(addprefix ../../arm/xen/, enlighten.o)"),
     True),
    ("arch/arm/xen/enlighten.c", ("arch/arm64/xen/Kbuild", "obj-y += ../../arm/xen/enlighten.o"), True),
    ("arch/arm/xen/enlighten.c", ("arch/arm64/xen/Makefile", "obj-y += enlighten.o"), False),
    ("arch/arm/mm/init.c", ("arch/arm64/xen/Makefile", "obj-y += ../../arm/xen/enlighten.o"), False),
    ("arch/arm/xen/enlighten.h", ("arch/arm64/xen/Makefile", "obj-y += ../../arm/xen/enlighten.o"), False),
    ("arch/x86/lib/csum_64.c", ("arch/x86/um/Makefile", "subarch-y = ../lib/csum_64.o\n"), True),
    ("arch/x86/lib/copy_64.c", ("arch/x86/um/Makefile", "subarch-y = ../lib/csum_64.o\n"), False),
])
def test_code_that_another_architecture_builds(path: str, makefile: tuple[str, str], shared: bool) -> None:
    """The Makefile of another architecture, in the folder of that name, takes the file; headers are not asked about."""
    tree = MemoryTree({path: "", makefile[0]: makefile[1]})
    assert _is_shared(tree, path, ("arm", "arm64", "x86")) is shared
