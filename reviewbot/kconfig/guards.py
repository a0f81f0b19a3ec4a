"""What the tests in front of a point say about the configuration: guards in code, joined to the other conditions."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from reviewbot.cfacts.before import LineGuards
from reviewbot.logic import FALSE, TRUE, Cond, Var, without
from reviewbot.patterns import regex
from reviewbot.source.types import Tree

__all__ = ["Guards", "asks_calls", "is_no_option", "of_options", "told"]

_OPTION = regex(r"CONFIG_\w+")
_ASKED = regex(r"([A-Za-z_]\w*)\(([^()]*(?:\([^()]*\)[^()]*)*)\)")

_MOST_FILES = 16  # whose analysed functions are kept


class Guards:
    """The tests that dominate the lines of C files, each line read once; the trees around a patch share one."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._known: dict[tuple[str, str, int], tuple[Cond, ...]] = {}
        self._files: dict[tuple[str, str], LineGuards] = {}

    def before(self, tree: Tree, path: str, line: int) -> tuple[Cond, ...]:
        """Return the conditions of the tests in the same function that let the 1-based line of a C file run."""
        content = tree.content_id(path) if path.endswith((".c", ".h")) else None
        if content is None:
            return ()
        key = (path, content, line)
        known = self._known.get(key)
        if known is None:
            tests = self._file(tree, path, content)
            known = self._known[key] = tuple(guard.condition for guard in tests.guards(line))
        return known

    def _file(self, tree: Tree, path: str, content: str) -> LineGuards:
        tests = self._files.pop((path, content), None) or LineGuards(tree.read(path) or b"")
        if len(self._files) >= _MOST_FILES:
            del self._files[next(iter(self._files))]
        self._files[path, content] = tests
        return tests


def told(guard: Cond, truth: Callable[[str], Cond | None]) -> Cond:
    """Return a guard with each call in it replaced by `truth(name)`, None for one that is not known.

    `if (debug_pagealloc_enabled())` is false where a header's stub returns false. What a call with arguments asks
    besides options is about these arguments, and is named by the call.
    """
    if not asks_calls(guard):
        return guard

    def replaced(variable: str) -> Cond | None:
        called = _ASKED.fullmatch(variable)
        answer = truth(called[1]) if called else None
        if answer is None or called is None or not called[2]:
            return answer
        options = {name for name in answer.variables() if not is_no_option(name)}
        if not options and answer not in {TRUE, FALSE}:
            return None  # nothing that a configuration decides
        return answer.replace(lambda name: None if name in options else Var(f"{variable}: {name}"))

    return guard.replace(replaced)


@lru_cache(maxsize=1 << 14)
def asks_calls(guard: Cond) -> bool:
    """Return whether a guard calls anything; the same guards stand before every call behind them."""
    return any(_ASKED.fullmatch(variable) for variable in guard.variables())


def is_no_option(variable: str) -> bool:
    """Return whether a variable of a condition is anything but an option of Kconfig."""
    return not _OPTION.fullmatch(variable)


@lru_cache(maxsize=1 << 14)
def of_options(condition: Cond) -> Cond:
    """Return what a condition needs of the options: whatever else it asks is taken to let it through."""
    return without(condition, is_no_option)
