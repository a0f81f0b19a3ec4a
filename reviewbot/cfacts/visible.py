"""Which of several definitions of a name a file can mean: linkage, headers, architectures, separate programs."""

from __future__ import annotations

from reviewbot.logic import TRUE, Cond, Var
from reviewbot.values import dataclass

__all__ = ["Place", "arch_condition", "arch_of", "choose", "may_see"]

# The Kconfig symbol of an architecture is its folder's name in capitals, but for these.
_SYMBOLS = {"powerpc": "CONFIG_PPC", "sh": "CONFIG_SUPERH", "um": "CONFIG_UML"}
_PROGRAMS = ("tools", "scripts", "samples", "Documentation", "usr")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a definition stands; `local`: only this file can use it (a static function or macro of a .c file)."""

    path: str
    local: bool


def arch_of(path: str) -> str:
    """Return the architecture whose code a file is, empty for code of all."""
    parts = path.split("/")
    if len(parts) > 2 and parts[0] == "arch":
        return parts[1]
    if len(parts) > 3 and parts[:2] == ["tools", "arch"]:
        return parts[2]
    return ""


def arch_condition(path: str) -> Cond:
    """Return the condition under which a file of an architecture is used at all."""
    arch = arch_of(path)
    return Var(_SYMBOLS.get(arch, f"CONFIG_{arch.upper()}")) if arch else TRUE


def _program(path: str) -> str:
    """Return the program that a file becomes part of: the kernel (empty), a tool, or what unpacks the kernel."""
    parts = path.split("/")
    if parts[0] in _PROGRAMS:
        return "/".join(parts[:2])
    if len(parts) > 4 and parts[0] == "arch" and parts[2] == "boot":
        return "/".join(parts[:4])
    return ""


def may_see(user: str, place: Place) -> bool:
    """Return whether code in the file `user` can mean what is defined at `place`."""
    if place.path == user:
        return True
    if place.local or _program(place.path) != _program(user):
        return False
    ours, theirs = arch_of(user), arch_of(place.path)
    return not theirs or not ours or ours == theirs or (ours == "um" and theirs == "x86")


def choose(user: str, places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Return the definitions that code in `user` can mean: its own, else all of those that are visible.

    Of inline functions that several headers define, the one in the nearest folder is meant.
    """
    own = tuple(place for place in places if place.path == user)
    if own:
        return own
    seen = [place for place in places if may_see(user, place)]
    headers = [place for place in seen if place.path.endswith(".h")]
    if len({_home(place.path) for place in headers}) > 1:
        nearest = max(_shared(user, place.path) for place in headers)
        seen = [place for place in seen if place not in headers or _shared(user, place.path) == nearest]
    return tuple(seen)


def _home(path: str) -> str:
    """Return the folder of a header; headers below an `include` folder belong together."""
    return "include" if "/include/" in f"/{path}" else path.rpartition("/")[0]


def _shared(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count
