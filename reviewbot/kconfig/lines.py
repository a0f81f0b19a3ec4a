"""Single lines of Kconfig files, where a patch shows lines and no parser can have the file."""

from __future__ import annotations

import re

__all__ = ["entry_named", "is_kconfig", "selected"]

_ENTRY = re.compile(r"[ \t]*(?:menu)?config[ \t]+(\w+)[ \t]*(?:#.*)?")
_SELECT = re.compile(r"[ \t]+select[ \t]+(\w+)(?:[ \t]+if[ \t]+([^#]+?))?[ \t]*(?:#.*)?")


def is_kconfig(path: str) -> bool:
    """Return whether a file of that name holds Kconfig."""
    return path.rsplit("/", 1)[-1].startswith("Kconfig")


def entry_named(line: str) -> str:
    """Return the symbol whose entry the line `config X` or `menuconfig X` begins, empty for any other line."""
    found = _ENTRY.fullmatch(line)
    return found[1] if found else ""


def selected(line: str) -> tuple[str, str] | None:
    """Return the symbol that the line selects and the condition behind its `if` (empty: always), None for others."""
    found = _SELECT.fullmatch(line)
    return (found[1], found[2] or "") if found else None
