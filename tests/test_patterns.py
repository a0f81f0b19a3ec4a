"""Expressions that wait to be compiled, and all those that the program names."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module

import pytest

import reviewbot
from reviewbot.patterns import regex


def test_does_what_the_compiled_one_does() -> None:
    """It finds, replaces and tells its groups like the expression that `re` compiles, for text and for bytes."""
    word = regex(r"(?P<first>[a-z])\w*", re.IGNORECASE)
    assert [found["first"] for found in word.finditer("Some words")] == ["S", "w"]
    assert word.sub("-", "a b") == "- -"
    assert (word.pattern, word.flags & re.IGNORECASE, word.groups) == (r"(?P<first>[a-z])\w*", re.IGNORECASE, 1)
    assert regex(rb"\d+").findall(b"1 22") == [b"1", b"22"]


def test_what_is_not_there_is_said() -> None:
    """An attribute that no expression has is an AttributeError, as it would be with a compiled one."""
    with pytest.raises(AttributeError):
        _ = regex("a").nothing  # type: ignore[attr-defined]


def test_nothing_is_compiled_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """To name an expression compiles nothing; to use it twice compiles it once."""
    made: list[object] = []
    compiled = re.compile
    monkeypatch.setattr(re, "compile", lambda *given: made.append(given) or compiled(*given))
    one = regex("a+")
    assert not made
    assert one.match("aa")
    assert one.match("a")
    assert len(made) == 1


def test_every_expression_of_the_program_is_one() -> None:
    """Each expression that a module names can be compiled: a mistake in one would else show when it is first used."""
    seen = 0
    for module in pkgutil.walk_packages(reviewbot.__path__, "reviewbot."):
        if module.name.endswith("__main__"):
            continue
        for value in vars(import_module(module.name)).values():
            if type(value) is type(regex("")):
                seen += value.groups >= 0
    assert seen > 500
