"""Regular expressions that are compiled when they are first used: a run needs one in five of the several hundred that
the modules name, and compiling them all costs more than loading the modules."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

__all__ = ["regex"]


class _Waiting:
    """Stands for a compiled expression: whatever is asked of it is asked of the compiled one, and kept here, so that
    the next use costs what it costs there."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        """Take what `re.compile` takes, and compile nothing yet."""
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._text, self._flags), name)  # `re` keeps the compiled one as well
        setattr(self, name, found)
        return found


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what `re.compile` returns for this expression, for a name of a module: its methods and attributes are
    those of the compiled expression, which is made with the first of them that is used.

    A mistake in the expression raises `re.error` only then. The functions of `re` do not take what this returns.
    """
    return cast("re.Pattern[AnyStr]", _Waiting(text, flags))
