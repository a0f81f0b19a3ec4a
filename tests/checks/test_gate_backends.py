"""Which changed lines are asked for backends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from reviewbot.checks.gate_backends import asks_backends


def test_a_line_that_is_not_there_asks_nothing() -> None:
    """A damaged diff may take line 0 from a file without content."""
    answer = SimpleNamespace(asks="may_split()")
    model = SimpleNamespace(backends_of=lambda _arch, _version: SimpleNamespace(answers=(answer,)))
    analysis = cast("Any", SimpleNamespace(model=model, version=None))
    file = cast("Any", SimpleNamespace(before=None, removed={0}, after=b"if (may_split())\n", added={0, 1}))
    assert not asks_backends(analysis, ("arm64",), file)
