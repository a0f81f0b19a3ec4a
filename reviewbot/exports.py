"""What a package exports, loaded when it is first asked for: many runs need little of what there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["exports_of"]


def exports_of(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Return the `__getattr__` of a package: it takes each name out of the module below the package that has it.

    The function raises AttributeError for any other name, as Python expects.
    """
    def exported(name: str) -> object:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        return getattr(import_module(f"{package}.{home}"), name)

    return exported
