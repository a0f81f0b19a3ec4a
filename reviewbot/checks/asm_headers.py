"""The `<asm/...>` headers that a file includes, and which architectures have them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reviewbot.checks.changed_names import text_of
from reviewbot.kconfig.sightings import Event
from reviewbot.patterns import regex
from reviewbot.source.types import Tree
from reviewbot.text import decode

__all__ = ["asm_includes", "is_an_architectures", "is_made"]

_ASM_INCLUDE = regex(r"[ \t]*#[ \t]*include[ \t]*<asm/")


def asm_includes(tree: Tree, path: str) -> Iterator[tuple[int, Event]]:
    """Yield the includes of `<asm/x.h>` in a file, with their lines."""
    data = tree.read(path)
    if data is None or b"<asm/" not in data:
        return
    text = text_of(path, data)
    events = [event for event in text.events() if event.kind == "include" and event.name.startswith("asm/")]
    lines = [number for number, line in enumerate(decode(data).splitlines(), 1)
             if "<asm/" in line and _ASM_INCLUDE.match(line)]
    if len(events) == len(lines):
        yield from zip(lines, events, strict=True)


def is_made(tree: Tree, name: str, arch: str) -> bool:
    """Return whether a Makefile of the architecture makes the header `asm/NAME` while it builds."""
    for path in (f"arch/{arch}/include/asm/Kbuild", f"arch/{arch}/include/uapi/asm/Kbuild", f"arch/{arch}/Makefile",
                 f"arch/{arch}/tools/Makefile", f"arch/{arch}/kernel/syscalls/Makefile", f"arch/{arch}/Kbuild"):
        if re.search(rf"(?<![\w-]){re.escape(name)}(?!\w)", decode(tree.read(path) or b"")):
            return True
    return False


def is_an_architectures(tree: Tree, name: str, arches: Iterable[str]) -> bool:
    """Return whether some architecture has the header `name`: one that nobody has is made while the kernel is built."""
    return any(tree.exists(f"arch/{arch}/include/{name}") for arch in arches)
