"""What subjects say."""

from __future__ import annotations

import pytest

from reviewbot.series import parse_subject


@pytest.mark.parametrize(("text", "version", "index", "total", "title"), [
    ("[PATCH] mm: fix", 1, 1, 1, "mm: fix"),
    ("[PATCHv3 02/12] mm: fix", 3, 2, 12, "mm: fix"),
    ("[RFC PATCH net-next v2 3/4] net: fix", 2, 3, 4, "net: fix"),
    ("[RFC][PATCH 1/3] x", 1, 1, 3, "x"),
    ("[PATCH V2 6/5] x", 2, 6, 6, "x"),
    ("[v4,07/10] x", 4, 7, 10, "x"),
    ("[PATCH [RESEND] v2 1/2] x", 2, 1, 2, "x"),
    ("[PATCH v3.1 1/2] x", 3, 1, 2, "x"),
    ("[PATCH 0/0] x", 1, 0, 0, "x"),
    ("[PATCH 99999/2] x", 1, 1, 1, "x"),
    ("[PATCH1/3] x", 1, 1, 3, "x"),
    ("[PATCH-1/3] x", 1, 1, 3, "x"),
    ("[PATCH#2/3] x", 1, 2, 3, "x"),
    ("[PATCHv21/3] x", 2, 1, 3, "x"),
    ("[PATCH_v2_1/3] x", 2, 1, 3, "x"),
    ("[PATCH v2-1/3] x", 2, 1, 3, "x"),
    ("[PATCH 1 of 3] x", 1, 1, 3, "x"),
    ("[PATCH 1 / 3] x", 1, 1, 3, "x"),
    ("[PATCH v 2 1/3] x", 2, 1, 3, "x"),
    ("[PATCH version 2 1/3] x", 2, 1, 3, "x"),
    ("[PATCH -mm -v2] x", 2, 1, 1, "x"),
    ("[RFC3/7] x", 1, 3, 7, "x"),
    ("(PATCH v2 1/3) x", 2, 1, 3, "x"),
    ("PATCH 1/3: x", 1, 1, 3, "x"),
    ("[PATCH 1/3 x", 1, 1, 3, "x"),
    ("[PATCH 5.10/6.1 1/3] x", 1, 1, 3, "x"),
    ("[PATCH for-4.9/5.0 1/2] x", 1, 1, 2, "x"),
    ("[BUG] v5.10 fails 1/3 of boots", 1, 1, 1, "v5.10 fails 1/3 of boots"),
    ("patch: fix the build", 1, 1, 1, "patch: fix the build"),
    ("[PATCH", 1, 1, 1, "[PATCH"),
    ("", 1, 1, 1, ""),
])
def test_numbers_and_titles(text: str, version: int, index: int, total: int, title: str) -> None:
    """Version, counter and title of submissions as people write them."""
    subject = parse_subject(text)
    assert (subject.version, subject.index, subject.total, subject.title) == (version, index, total, title)


@pytest.mark.parametrize("text", ["Re: [PATCH] x", "RE: Re: [PATCH] x", "AW: [PATCH] x", "Re[2]: [PATCH] x",
                                  "Fwd: [PATCH] x", "答复: [PATCH] x", "bla: [PATCH] x", "[bot] Re: [PATCH] x"])
def test_reply_marks(text: str) -> None:
    """Reply marks in the languages of the lists are seen and taken off."""
    subject = parse_subject(text)
    assert (subject.reply, subject.title) == (True, "x")


@pytest.mark.parametrize("text", ["[PATCH] re: x", "x86: fix", "[PATCH] net: Re: x", "ref: fix", "mm: fix"])
def test_subsystems_are_no_reply_marks(text: str) -> None:
    """A short word and a colon is a subsystem unless a bracket follows it at once."""
    assert not parse_subject(text).reply


def test_other_words_are_kept() -> None:
    """Tree names, RFC and RESEND stay available."""
    subject = parse_subject("[PATCH RFC RESEND bpf-next 5.10 v2 1/2] x")
    assert subject.prefixes == ("RFC", "RESEND", "bpf-next", "5.10")
    assert (subject.rfc, subject.resend, subject.tree) == (True, True, ("5.10",))


def test_glued_words_say_the_same_as_single_ones() -> None:
    """RFC/PATCH is a request for comments, and a tree's name with a slash or an underscore stays whole."""
    assert parse_subject("[RFC/PATCH 1/3] x").rfc
    assert parse_subject("[PATCH/RFC v2 1/3] x").rfc
    assert parse_subject("[PATCH sched_ext/for-6.12 1/3] x").prefixes == ("sched_ext/for-6.12",)
