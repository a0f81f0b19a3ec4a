"""Packages whose names are loaded when they are first asked for."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

LAZY = ("mail", "source", "cfacts", "kconfig", "arch", "contracts", "checks", "review", "review.page", "report")


@pytest.mark.parametrize("package", LAZY)
def test_every_exported_name_is_there_and_no_other(package: str) -> None:
    """Each name of `__all__` comes out of the module that has it; another one is an AttributeError that says where."""
    loaded = importlib.import_module(f"reviewbot.{package}")
    assert all(getattr(loaded, name) is not None for name in loaded.__all__)
    with pytest.raises(AttributeError, match=rf"'reviewbot\.{package}' has no attribute 'demo'"):
        loaded.demo  # noqa: B018 - that it is asked for is the point


@pytest.mark.parametrize("package", LAZY)
def test_no_exported_name_is_that_of_a_module(package: str) -> None:
    """A name that is also a module's would be the module as soon as that is loaded, whatever the package exports."""
    loaded = importlib.import_module(f"reviewbot.{package}")
    modules = {found.name for found in pkgutil.iter_modules(loaded.__path__)}
    late = set(getattr(loaded, "_HOMES", ()))
    assert not late & modules
