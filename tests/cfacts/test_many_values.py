"""Where many values are followed through one function, each costs what touches it."""

from __future__ import annotations

import pytest

from reviewbot.cfacts.facts import read_file
from reviewbot.cfacts.outcome import Flow
from reviewbot.kconfig.sightings import SourceText

MACRO = b"#define TWICE(a) do { \\\n\tdemo(a); \\\n\tdemo(a); \\\n} while (0)\n\nint demo(int a);\n"


def steps_for(count: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many operations are looked at for a function of so many calls."""
    steps, step = 0, Flow.step

    def counted(self, op, names):  # type: ignore[no-untyped-def]
        nonlocal steps
        steps += 1
        return step(self, op, names)

    with monkeypatch.context() as patch:
        patch.setattr(Flow, "step", counted)
        calls = "".join(f"\tint ret{i} = demo(a);\n" for i in range(count))
        data = f"int f(int a)\n{{\n{calls}\treturn ret0;\n}}\n".encode()
        facts = read_file("mm/f.c", data, names=frozenset({"demo"}), returns={"demo": "int"})
    assert [call.use for call in facts.calls] == ["returned"] + ["unread"] * (count - 1)
    return steps


def test_a_call_costs_what_its_value_touches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as many calls in a row look at twice as many operations."""
    assert steps_for(80, monkeypatch) <= 2.2 * steps_for(40, monkeypatch)


def test_a_value_that_is_written_again_is_found_behind_other_calls() -> None:
    """What stands between a write and the next one changes nothing."""
    data = b"int f(int a)\n{\n\tint x = demo(a);\n\tother(a);\n\tx = 1;\n\treturn x;\n}\n"
    assert [call.use for call in read_file("mm/f.c", data, names=frozenset({"demo"}), returns={"demo": "int"}).calls
            ] == ["overwritten"]


def test_lines_that_continue_a_macro_are_no_declarations() -> None:
    """The lines of a macro belong to it however many they are, and the line after the last one does not."""
    text = SourceText("mm/f.c", MACRO)
    starts = [0, *(place + 1 for place, byte in enumerate(MACRO) if byte == 10)][:-1]
    assert [text.continues_directive(start) for start in reversed(starts)] == [False, False, True, True, True, False]
    assert [text.continues_directive(start) for start in starts] == [False, True, True, True, False, False]
    assert [seen.line for seen in text.sightings("demo")] == [6]


def test_a_call_that_no_bracket_ends_has_no_arguments() -> None:
    """Calls that are never closed keep little of what follows them."""
    data = b"int f(int a)\n{\n\tdemo(a, " + b"demo(a, " * 2000 + b"\n}\n"
    facts = read_file("mm/f.c", data, names=frozenset({"demo"}), returns={"demo": "int"})
    assert len(facts.calls) == 2001
    assert max(len(call.statement) for call in facts.calls) <= 4100
