"""Scenario files that nobody meant load or give one clear line, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_machine import fact, run

from reviewbot.arch.machine import Scenario, load_scenarios
from reviewbot.arch.machine.language import read_steps
from reviewbot.errors import DataError, ReviewbotError

WORDS = st.sampled_from([
    "set_memory_ro", "kernel_page_present", "page", "rest", "(", ")", ",", "0", "1", "=", "err", "if", "!", "goto",
    "out", "out:", "end", "read", "write", "run", "vmap", "alloc", "free", "leak", "map", "rw", "rx", "unmap", "flush",
    "expect", "absent", "for", "in", ":", "assume", "luck", "either", "freeze", "rest", "mutex_lock", "spin_unlock",
    "or", "+", "\0", "é"])
LINES = st.lists(st.lists(WORDS, max_size=9).map(" ".join), max_size=6)
PLAIN = st.none() | st.booleans() | st.integers(-2, 20) | st.sampled_from(["", "x", "5.10..", "page", "atomic"])
INNER = st.sampled_from(["name", "text", "count", "steps", "free", "page", "starts_leaf", "context", "of_pages"])
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(INNER, inner, max_size=3),
                      max_leaves=6)
KEYS = ["title", "text", "versions", "leaf", "config", "needs", "pages", "assumption", "actor"]


def written(value: object) -> str:
    """Return the value as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {written(inner)}" for key, inner in value.items() if inner is not None) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(written(inner) for inner in value if inner is not None) + "]"
    return str(value) if isinstance(value, int) else f'"{value}"'


@settings(max_examples=150)
@given(LINES)
def test_any_lines_are_steps_or_one_error(lines: list[str]) -> None:
    """The language answers with steps or with a DataError that names the place."""
    try:
        steps, labels = read_steps(lines, {"page": (0,), "rest": (1, 2)}, ("page", "rest[0]", "rest[1]"),
                                   {"luck": True}, "x.toml")
    except DataError as problem:
        said = problem.where
    else:
        said = "x.toml"
        assert all(0 <= at <= len(steps) for at in labels.values())
    assert said == "x.toml"


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1))
def test_any_file_loads_or_gives_one_error(tmp_path: Path, data: dict[str, object]) -> None:
    """Values of every wrong type, in every key."""
    (tmp_path / "scenarios").mkdir(exist_ok=True)
    good: dict[str, object] = {"title": "t", "text": "t", "pages": {"page": 1},
                               "actor": [{"name": "a", "steps": "end"}]}
    text = "".join(f"{key} = {written(value)}\n" for key, value in (good | data).items() if value is not None)
    (tmp_path / "scenarios" / "x.toml").write_text(text)
    said = ""
    try:
        loaded = load_scenarios((tmp_path,))
        assert isinstance(loaded[0], Scenario)
        run(loaded[0], fact("set_memory_ro"), most_states=500)
    except ReviewbotError as problem:
        said = str(problem)
    assert "\n" not in said


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a = ", b"[" * 5000, b"title = 1", b""])
def test_a_file_that_is_no_scenario_is_one_line(tmp_path: Path, content: bytes) -> None:
    """Bytes that are no text, no TOML, or no scenario."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "x.toml").write_bytes(content)
    with pytest.raises(DataError, match=r"^x\.toml"):
        load_scenarios((tmp_path,))
