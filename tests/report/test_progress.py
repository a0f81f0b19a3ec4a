"""The progress line appears only when it helps."""

from __future__ import annotations

import io

from reviewbot.report import ProgressDisplay

CAPABLE = {"TERM": "xterm"}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_nothing_in_the_first_second() -> None:
    """Short work leaves no trace; long work shows its stage."""
    stream, clock = Terminal(), Clock()
    with ProgressDisplay(stream, clock=clock, environ=CAPABLE) as report:
        report("apply", 1, 4)
        assert stream.getvalue() == ""
        clock.now = 1.5
        report("analyse", 2, 4)
        report("render", 1, 0)
    assert "analyse" in stream.getvalue() or "render" in stream.getvalue()


def test_nothing_without_a_terminal_or_a_wish() -> None:
    """A pipe gets nothing, and neither does a terminal with --no-progress."""
    clock = Clock()
    pipe, unwanted = io.StringIO(), Terminal()
    with ProgressDisplay(pipe, clock=clock, environ=CAPABLE) as first, \
            ProgressDisplay(unwanted, wanted=False, clock=clock, environ=CAPABLE) as second:
        clock.now = 9.0
        first("analyse", 1, 2)
        second("analyse", 1, 2)
    assert pipe.getvalue() == unwanted.getvalue() == ""


def test_nothing_where_control_sequences_are_shown_as_text() -> None:
    """A terminal that calls itself dumb gets no line, nor does M-x compile of Emacs; its terminal emulator does."""
    drawn = []
    for environ in ({"TERM": "dumb"}, {"TERM": "xterm", "INSIDE_EMACS": "28.2,compile"},
                    {"TERM": "dumb-emacs-ansi", "INSIDE_EMACS": "28.2,comint"},
                    {"TERM": "eterm-color", "INSIDE_EMACS": "28.2,term:0.96"}):
        stream, clock = Terminal(), Clock()
        with ProgressDisplay(stream, clock=clock, environ=environ) as report:
            clock.now = 2.0
            report("analyse", 1, 4)
        drawn.append(bool(stream.getvalue()))
    assert drawn == [False, False, False, True]
