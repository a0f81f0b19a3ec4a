"""Undoing `format=flowed` (RFC 3676), with and without `DelSp=yes`."""

from __future__ import annotations

from reviewbot.patterns import regex

__all__ = ["unflow"]

_HUNK = regex(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")


def unflow(text: str, *, delete_space: bool) -> str:
    """Return the text with soft line breaks joined and space-stuffing removed.

    Mailers that flow a patch often forget that a context line may end in a blank; when joining lines breaks hunks
    that are whole without it, the lines are only unstuffed.
    """
    joined = _join(text, delete_space=delete_space)
    if "\n@@ -" not in text:
        return joined
    plain = "\n".join(_unstuff(line)[1] for line in text.split("\n"))
    return plain if _broken_hunks(plain) < _broken_hunks(joined) else joined


def _unstuff(line: str) -> tuple[int, str]:
    """Return how deep the line is quoted, and the line without the blank that protects its first character."""
    depth = len(line) - len(line.lstrip(">"))
    rest = line[depth:]
    if not depth:
        return 0, rest[1:] if rest.startswith(" ") else rest
    return depth, line


def _join(text: str, *, delete_space: bool) -> str:
    out: list[str] = []
    pending: list[str] = []
    pending_depth = 0
    for line in text.split("\n"):
        depth, plain = _unstuff(line)
        if pending and depth != pending_depth:
            out.append("".join(pending))
            pending = []
        content = plain[depth:].removeprefix(" ") if pending and depth else plain
        if content == "-- " or not content.endswith(" "):
            out.append("".join([*pending, content]))
            pending = []
            continue
        pending.append(content[:-1] if delete_space else content)
        pending_depth = depth
    if pending:
        out.append("".join(pending))
    return "\n".join(out)


def _broken_hunks(text: str) -> int:
    """Return how many hunks of the diff have fewer or other lines than their header says."""
    broken = old = new = 0
    for line in text.split("\n"):
        if old > 0 or new > 0:
            kind = line[:1]
            if kind not in {"", " ", "+", "-", "\\"}:
                broken += 1
                old = new = 0
            else:
                old -= kind in {"", " ", "-"}
                new -= kind in {"", " ", "+"}
                broken += max(old, new) <= 0 and min(old, new) < 0
                continue
        found = _HUNK.match(line)
        if found:
            old, new = (1 if count is None else int(count) for count in found.groups())
    return broken + (old > 0 or new > 0)
