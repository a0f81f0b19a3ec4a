"""Who uses a function: the places in the kernel's code that name it besides its definition and declarations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from reviewbot.cfacts import functions_with
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import text_of
from reviewbot.checks.user import User
from reviewbot.kconfig.guards import of_options
from reviewbot.logic import TRUE, Ternary
from reviewbot.text import places_of

__all__ = ["nobody_calls", "users_of"]

_MOST_FILES = 24
_DEEPEST = 3
_DEFINES = frozenset({"function", "inline", "macro"})


def nobody_calls(analysis: Analysis, moment: int, path: str, name: str, arch: str) -> bool:
    """Return whether a function of generic code has callers, and none that the architecture can build.

    What is exported, named by a macro or handed on may be called from anywhere.
    """
    key = (moment, path, name, arch)
    if key not in analysis.idle:
        analysis.idle[key] = _is_idle(analysis, moment, path, name, arch, ())
    return analysis.idle[key]


def _is_idle(analysis: Analysis, moment: int, path: str, name: str, arch: str, inside: tuple[str, ...]) -> bool:
    if own_arch(path) or len(inside) > _DEEPEST:
        return False
    elsewhere = False
    for user in users_of(analysis, moment, path, name) or ():
        if user.file == path and user.function in {name, *inside}:
            continue  # who calls itself is called by somebody else, if at all
        if own_arch(user.file) in {"", arch} and analysis.reach.can(
                analysis.configs[moment], arch, of_options(user.nest), (user.file,)) is not Ternary.NO and (
                user.file != path or not user.function
                or not _is_idle(analysis, moment, path, user.function, arch, (*inside, name))):
            return False
        elsewhere = True
    return elsewhere


def users_of(analysis: Analysis, moment: int, path: str, name: str) -> tuple[User, ...] | None:
    """Return every place that uses the function of this name in this file, then or at the end of the series.

    None where there may be others: it is exported, has several definitions, or is named by too many files; and where
    nobody looks for them, far from what the series changes.
    """
    key = (moment, path, name)
    if key not in analysis.users:
        analysis.users[key] = _users(analysis, moment, path, name)
    return analysis.users[key]


def _users(analysis: Analysis, moment: int, path: str, name: str) -> tuple[User, ...] | None:
    found: list[User] = []
    for at in dict.fromkeys((moment, len(analysis.configs) - 1)):
        tree = analysis.configs[at].tree
        alone = path.endswith(".c") and any(one.static for one in text_of(path, tree.read(path) or b"").sightings(name))
        if not alone and name not in analysis.callers:
            return None
        paths = (path,) if alone else analysis.files_with(at, analysis.callers)[name]
        if len(paths) > _MOST_FILES:
            return None
        for one in paths:
            there = _in_file(tree.read(one) or b"", one, path, name)
            if there is None:
                return None
            found += there
    for state in analysis.patched.states:
        for file in state.files:
            shown = b"" if file.whole or file.path == path else file.after or b""
            if next(places_of(name.encode(), shown), None) is not None:
                there = _in_file(shown, file.path, path, name)
                if there is None:
                    return None
                found += (User(file=one.file, nest=TRUE, function="") for one in there)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=256)  # a file that no patch touches is the same at every moment
def _in_file(data: bytes, file: str, home: str, name: str) -> tuple[User, ...] | None:
    """Return the places of a file that use the function defined in the file `home`, None when others may do so."""
    text = text_of(file, data)
    sightings = text.sightings(name)
    if any(one.kind == "export" for one in sightings):
        return None
    definitions = [one for one in sightings if one.kind in _DEFINES]
    if own_arch(home) and own_arch(file) not in {"", own_arch(home)}:
        return ()  # the function of another architecture
    if file != home and any(one.static and file.endswith(".c") for one in definitions):
        return ()  # its own function of the same name
    if file != home and any(not one.stub for one in definitions):
        return None
    lines = {one.line for one in sightings}
    places = [at for at in places_of(name.encode(), text.text) if text.lines.line(at) not in lines
              and not text.text[max(0, at - 2):at].endswith((b".", b"->"))]
    around = list(_functions(data, name)) if places and file == home else []
    return tuple(User(file=file, nest=text.conditions.at_offset(at), function=next(
        (one for one, first, last in around if first <= text.lines.line(at) <= last), "")) for at in places)


def _functions(data: bytes, name: str) -> Iterator[tuple[str, int, int]]:
    for one in functions_with(data, frozenset({name})):
        yield one.name, one.body.line, one.body.end_line
