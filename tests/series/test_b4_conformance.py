"""Our series beside those of b4 0.16, offline: the same version, order, gaps, cover, base and trailers.

b4_differences.toml lists where we differ on purpose; each entry is proven here.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Callable
from pathlib import Path

import b4
import liblore.utils
import pytest
from mail_maker import DOE, JANE, Box, diff, patch_body

from reviewbot.mail import read_source
from reviewbot.series import Series, choose_series, find_series

LISTED = {entry["name"]: entry for entry in tomllib.loads(
    (Path(__file__).parent / "b4_differences.toml").read_text())["difference"]}
BASE = "---\nbase-commit: 1234567890abcdef1234567890abcdef12345678\nchange-id: 20250303-widgets-0123456789ab\n"


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(b4, "can_network", False)
    monkeypatch.setattr(b4, "MAIN_CONFIG", dict(b4.DEFAULT_CONFIG))
    monkeypatch.setattr(b4, "USER_CONFIG", {"name": "Nobody", "email": "nobody@example.org"})
    logging.getLogger("b4").setLevel(logging.CRITICAL)


def b4_mailbox(data: bytes) -> b4.LoreMailbox:
    mailbox = b4.LoreMailbox()
    for message in liblore.utils.split_and_dedupe(data):
        mailbox.add_message(message)
    return mailbox


def b4_series(data: bytes, version: int | None = None) -> b4.LoreSeries:
    series = b4_mailbox(data).get_series(version, codereview_trailers=False)
    assert series is not None
    return series


def shape(series: Series) -> dict[str, object]:
    present = {patch.index: patch.message_id for patch in series.patches}
    return {"version": series.version, "order": [present.get(at) for at in range(1, series.total + 1)],
            "cover": series.cover.message_id if series.cover else None, "base": series.base_commit,
            "change": series.change_id, "complete": not series.missing}


def b4_shape(series: b4.LoreSeries) -> dict[str, object]:
    return {"version": series.revision, "order": [one.msgid if one else None for one in series.patches[1:]],
            "cover": series.patches[0].msgid if series.has_cover else None, "base": series.base_commit or "",
            "change": series.change_id or "", "complete": series.complete}


def given(series: Series) -> dict[str, set[tuple[str, str]]]:
    parts = [*series.patches, *([series.cover] if series.cover else [])]
    return {part.message_id: {(trailer.name.lower(), trailer.value.lower()) for trailer in part.trailers
                              if trailer.via and trailer.matches} for part in parts}


def b4_given(series: b4.LoreSeries) -> dict[str, set[tuple[str, str]]]:
    return {one.msgid: {(trailer.lname, trailer.value.lower()) for trailer in one.followup_trailers}
            for one in series.patches if one is not None}


def written(series: Series) -> list[list[tuple[str, str]]]:
    return [[(trailer.name.lower(), trailer.value.lower().partition(" #")[0]) for trailer in patch.trailers
             if not trailer.via] for patch in series.patches]


def b4_written(series: b4.LoreSeries) -> list[list[tuple[str, str]]]:
    return [[(trailer.lname, trailer.value.lower()) for trailer in b4.LoreMessage.get_body_parts(one.body)[2]]
            for one in series.patches[1:] if one is not None]


def reply(box: Box, to: str, body: str, *, key: str = "r", author: str = DOE, headers: str = "") -> Box:
    return box.add("Re: [PATCH 1/2] widgets: map part 1", body, key=key, to=to, author=author, headers=headers)


def without(box: Box, key: str) -> Box:
    box.mails = [mail for mail in box.mails if f"Message-ID: <{key}@" not in mail]
    return box


THREADS: dict[str, Callable[[], Box]] = {
    "cover and patches": lambda: Box().series("a", 3),
    "no cover": lambda: Box().series("a", 3, cover=""),
    "single patch": lambda: Box().add("[PATCH v4] widgets: fix", patch_body(), key="p"),
    "base and change-id in the cover": lambda: Box().series("a", 2, tail=BASE),
    "base in the first patch": lambda: Box().series("a", 2, cover="", tail=BASE),
    "a gap": lambda: without(Box().series("a", 4), "a-3"),
    "an absent cover": lambda: without(Box().series("a", 3), "a-0"),
    "a number beyond the total": lambda: Box().series("a", 2).add(
        "[PATCH 3/2] more", patch_body(), key="a-3", to="a-0"),
    "version in the patches only": lambda: Box(mails=[mail.replace("[PATCH v2 0/2]", "[PATCH 0/2]")
                                                      for mail in Box().series("a", 2, version=2).mails]),
    "a naked cover": lambda: Box(mails=[mail.replace("[PATCH 0/2] ", "") for mail in Box().series("a", 2).mails]),
    "two versions": lambda: Box().series("a", 2).series("b", 3, version=2, to="a-0"),
    "a partial reroll": lambda: Box().series("a", 3).add(
        "[PATCH v2 2/3] widgets: map part 2", patch_body("Better.", path="mm/widget2.c"), key="n", to="a-2"),
    "RFC and resend": lambda: Box().series("a", 2, prefix="RFC RESEND PATCH"),
    "a review": lambda: reply(Box().series("a", 2), "a-1", "> Part 1.\nReviewed-by: John Doe <john@example.com>\n"),
    "a review by name": lambda: reply(Box().series("a", 2), "a-1", "Acked-by: John Doe <jd@kernel.example>\n"),
    "a review for somebody else": lambda: reply(Box().series("a", 2), "a-1", "Acked-by: A Person <a@example.net>\n"),
    "a review of all": lambda: reply(Box().series("a", 2), "a-0", "Tested-by: John Doe <john+kernel@example.com>\n"),
    "a review below a question": lambda: reply(reply(Box().series("a", 2), "a-2", "Why?\n", key="q"), "q",
                                               "Ok.\n\nReviewed-by: John Doe <john@linux.example.com>\n"),
    "a wrapped trailer": lambda: reply(Box().series("a", 2), "a-1", "Reviewed-by: John Doe\n<john@example.com>\n"),
    "a signature": lambda: reply(Box().series("a", 2), "a-1", "No.\n-- \nAcked-by: John Doe <john@example.com>\n"),
    "a Fixes line in a reply": lambda: reply(Box().series("a", 2), "a-1", 'Fixes: 1234567890ab ("widgets: add")\n'),
    "trailers in the commit": lambda: Box().add("[PATCH] x", patch_body(
        trailers=f'Fixes: 1234567890ab ("widgets: add")\nLink: https://example.org/x\nReviewed-by: {DOE}\n'
                 f"Signed-off-by: {JANE}\n"), key="p"),
}


@pytest.mark.parametrize("name", sorted(THREADS))
def test_the_series_is_the_one_b4_finds(name: str) -> None:
    """Version, order, gaps, cover, base, change-id and all trailers are those of b4."""
    data = THREADS[name]().bytes()
    ours, theirs = choose_series(find_series(read_source(data))), b4_series(data)
    assert shape(ours) == b4_shape(theirs)
    assert given(ours) == b4_given(theirs)
    assert written(ours) == b4_written(theirs)


def newest_is_the_last_sent() -> tuple[str, str]:
    box = Box().series("a", 2, version=2).add("[PATCH] gadgets: off", patch_body(path="mm/g.c"), key="n", to="a-2",
                                              author=DOE)
    return str(b4_series(box.bytes()).revision), str(choose_series(find_series(read_source(box.bytes()))).version)


def robots_send_commits() -> tuple[str, str]:
    box = Box().add("[PATCH] widgets: fix", patch_body(), key="p").add(
        "[tip: x86/mm] widgets: fix", patch_body(), key="t", to="p", author=DOE)
    found = find_series(read_source(box.bytes()))
    robot = next(role for role in found.roles if role.message_id == "t@example.org")
    count = sum(one is not None for series in b4_mailbox(box.bytes()).series.values() for one in series.patches)
    return ("additional patch" if count == 2 else "ignored"), robot.role


def _follow_up(box: Box, patch: str = "a-1", version: int | None = None) -> tuple[set[str], set[str]]:
    """Return the names of the trailers that b4 and we count for a patch."""
    data = box.bytes()
    key = f"{patch}@example.org"
    ours = choose_series(find_series(read_source(data)))
    return ({name for name, _ in b4_given(b4_series(data, version))[key]}, {name for name, _ in given(ours)[key]})


def trailers_in_between() -> tuple[str, str]:
    box = reply(Box().series("a", 2), "a-1", "Acked-by: A Person <a@example.net>\n", key="q")
    theirs, ours = _follow_up(reply(box, "q", "Reviewed-by: John Doe <john@example.com>\n"))
    return ("counted" if "acked-by" in theirs else "mismatch"), ("counted" if "acked-by" in ours else "mismatch")


def trailers_of_a_proposal() -> tuple[str, str]:
    theirs, ours = _follow_up(reply(Box().series("a", 2), "a-1", f"So?\n\nSigned-off-by: {DOE}\n\n{diff()}"))
    return ("Signed-off-by" if theirs else "none"), ("Signed-off-by" if ours else "none")


def any_name_with_an_address() -> tuple[str, str]:
    theirs, ours = _follow_up(reply(Box().series("a", 2), "a-1", "Organisation: John Doe <john@example.com>\n"))
    return ("Organisation" if theirs else "none"), ("Organisation" if ours else "none")


def unchanged_since_the_last_version() -> tuple[str, str]:
    box = reply(Box().series("a", 1), "a-1", "Reviewed-by: John Doe <john@example.com>\n").series("b", 1, version=2)
    theirs, ours = _follow_up(box, "b-1")
    return ("carried over" if theirs else "on the old version"), ("carried over" if ours else "on the old version")


def comments_behind_trailers() -> tuple[str, str]:
    data = Box().add("[PATCH] x", patch_body(trailers=f"Cc: stable@vger.kernel.org # 5.10+\nSigned-off-by: {JANE}\n"),
                     key="p").bytes()
    theirs = b4.LoreMessage.get_body_parts(b4_series(data).patches[1].body)[2][0].value
    return theirs, choose_series(find_series(read_source(data))).patches[0].trailers[0].value


def author_behind_a_list() -> tuple[str, str]:
    box = reply(Box().series("a", 2), "a-1", "Reviewed-by: J. M. Doe <john@example.com>\n",
                author="'John Doe' via widgets <widgets@example.net>", headers=f"X-Original-From: {DOE}\n")
    theirs, ours = _follow_up(box)
    return ("counted" if theirs else "mismatch"), ("counted" if ours else "mismatch")


def spelling_of_the_prerequisite_base() -> tuple[str, str]:
    data = Box().series("a", 2, tail="\nprerequisite-base-commit: fedcba9876543210\n").bytes()
    ours = choose_series(find_series(read_source(data))).prerequisite_base_commit
    return b4_series(data).prereq_base_commit or "none", ours


def broken_threading() -> tuple[str, str]:
    box = Box().series("a", 2).add("Re: [PATCH 1/2] widgets: map part 1", "Acked-by: John Doe <john@example.com>\n",
                                   key="r", to="gone", author=DOE, references="a-1@example.org> <gone")
    theirs, ours = _follow_up(box)
    return ("counted" if theirs else "none"), ("counted" if ours else "none")


DIFFERENCES = (newest_is_the_last_sent, robots_send_commits, trailers_in_between, trailers_of_a_proposal,
               any_name_with_an_address, unchanged_since_the_last_version, comments_behind_trailers,
               author_behind_a_list, spelling_of_the_prerequisite_base, broken_threading)


@pytest.mark.parametrize("prove", DIFFERENCES, ids=lambda prove: prove.__name__.replace("_", "-"))
def test_each_listed_difference_is_real(prove: Callable[[], tuple[str, str]]) -> None:
    """What the list says of b4 and of us is what happens."""
    entry = LISTED[prove.__name__.replace("_", "-")]
    assert prove() == (entry["b4"], entry["ours"])


def test_every_difference_is_proven() -> None:
    """The list and the proofs name the same differences."""
    assert sorted(LISTED) == sorted(prove.__name__.replace("_", "-") for prove in DIFFERENCES)


@pytest.mark.threads
def test_real_threads_are_read_as_b4_reads_them(threads_folder: Path) -> None:
    """On every real thread with one series in it, shape and trailers are those of b4 for the same version."""
    compared = 0
    for path in sorted(threads_folder.glob("*.mbox")):
        found = find_series(read_source(path))
        if len([series for series in found.series if not series.below]) != 1:
            continue
        ours = choose_series(found)
        data = path.read_bytes()
        if len(found.series) == 1:
            assert b4_series(data).revision == ours.version, path.name
        theirs = b4_series(data, ours.version)
        assert shape(ours) == b4_shape(theirs), path.name
        assert given(ours) == b4_given(theirs), path.name
        assert written(ours) == b4_written(theirs), path.name
        compared += 1
    assert compared > 0
