"""What clang reads: a program on its own, since libclang's Python module is the distribution's.

On standard input a JSON object: `names` and `commands`, each {"file", "arguments"}; the working folder is where the
compiler would run. On standard output one JSON object a file: {"file", "errors", "calls": [[line, column, callee,
function], ...]}. A place is where the call stands in the file; in the expansion of a macro's body, the macro's name.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from ctypes import byref, c_uint

from clang.cindex import Cursor, CursorKind, Index, SourceLocation, c_object_p, conf

_WRAPPING = (CursorKind.UNEXPOSED_EXPR, CursorKind.PAREN_EXPR)


def _place(location: SourceLocation) -> tuple[int, int]:
    """Return line and column: for a macro's argument where it is written, for its body where the macro is used."""
    file, line, column, offset = c_object_p(), c_uint(), c_uint(), c_uint()
    conf.lib.clang_getFileLocation(location, byref(file), byref(line), byref(column), byref(offset))
    return line.value, column.value


def _callee(call: Cursor) -> Cursor | None:
    """Return the reference to the function that is called, None where it is called through a pointer."""
    inner = next(call.get_children(), None)
    while inner is not None and inner.kind in _WRAPPING:
        inner = next(inner.get_children(), None)
    return inner if inner is not None and inner.kind == CursorKind.DECL_REF_EXPR else None


def _calls(top: Cursor, names: frozenset[str]) -> Iterator[tuple[int, int, str, str]]:
    for cursor in top.walk_preorder():
        if cursor.kind == CursorKind.CALL_EXPR:
            callee = _callee(cursor)
            if callee is not None and callee.spelling in names and callee.referenced.kind == CursorKind.FUNCTION_DECL:
                yield (*_place(callee.location), callee.spelling, top.spelling)


def main() -> None:
    """Read every file that standard input names."""
    asked = json.load(sys.stdin)
    names = frozenset(asked["names"])
    index = Index.create()
    for command in asked["commands"]:
        unit = index.parse(command["file"], args=command["arguments"])
        calls = {call for top in unit.cursor.get_children()
                 if top.location.file is not None and top.location.file.name == command["file"]
                 for call in _calls(top, names)}
        errors = [str(one) for one in unit.diagnostics if one.severity >= 3]
        sys.stdout.write(json.dumps({"file": command["file"], "errors": errors[:3], "calls": sorted(calls)}) + "\n")


if __name__ == "__main__":
    main()
