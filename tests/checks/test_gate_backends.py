"""Which changed lines are asked for backends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from reviewbot.arch import load_model, parse_version
from reviewbot.cfacts.conditions import parse_c_condition
from reviewbot.checks.gate_backends import asks_backends, gates_between
from reviewbot.resources import data_folder


def test_a_line_that_is_not_there_asks_nothing() -> None:
    """A damaged diff may take line 0 from a file without content."""
    answer = SimpleNamespace(asks="may_split()")
    model = SimpleNamespace(backends_of=lambda _arch, _version: SimpleNamespace(answers=(answer,)))
    analysis = cast("Any", SimpleNamespace(model=model, version=None))
    file = cast("Any", SimpleNamespace(before=None, removed={0}, after=b"if (may_split())\n", added={0, 1}))
    assert not asks_backends(analysis, ("arm64",), file)


@pytest.mark.parametrize(("always", "titles"), [(False, ["SME host"]), (True, [])])
def test_a_platform_that_the_code_never_runs_on_is_none(*, always: bool, titles: list[str]) -> None:
    """What is built with an option alone that only guests of one hypervisor use runs on no host."""
    model, version = load_model((data_folder("rules"),)), parse_version("6.12")
    reach = SimpleNamespace(never=lambda _cond, _arch, _paths: always)
    analysis = cast("Any", SimpleNamespace(model=model, version=version, reach=reach, redefinitions_of=lambda _: ()))
    old, new = (parse_c_condition(f"cc_platform_has(CC_ATTR_{name})".encode())
                for name in ("MEM_ENCRYPT", "GUEST_MEM_ENCRYPT"))
    found = gates_between(analysis, ("x86",), old, new, near="arch/x86/hyperv/demo.c")
    assert found is not None
    assert [shift.backend.title for shift in found.known] == titles
