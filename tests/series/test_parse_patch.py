"""One mail to one patch: who wrote it, what it says, what hangs below it."""

from __future__ import annotations

from mail_maker import DOE, JANE, Box, diff, patch_body

from reviewbot.mail import read_source
from reviewbot.series import Patch, parse_patch


def patch(body: str, subject: str = "[PATCH] widgets: fix", headers: str = "") -> Patch:
    return parse_patch(read_source(Box().add(subject, body, key="p", headers=headers).bytes()).messages[0])


def test_message_notes_and_trailers_are_told_apart() -> None:
    """The commit message ends at ---; what stands behind it up to the diff is for the reader only."""
    found = patch(patch_body("First paragraph.\n\nSecond: not a trailer.", notes="v2: better\n\n",
                             trailers=f'Fixes: 1234567890ab ("widgets: add")\nCc: stable@vger.kernel.org # 5.10+\n'
                                      f"Signed-off-by: {JANE}\n"))
    assert found.changelog == "First paragraph.\n\nSecond: not a trailer."
    assert found.notes.startswith("v2: better\n\n mm/widget.c | 2 +-")
    assert [trailer.name for trailer in found.trailers] == ["Fixes", "Cc", "Signed-off-by"]
    assert found.trailers[1].value == "stable@vger.kernel.org # 5.10+"


def test_trailers_in_two_paragraphs_all_count() -> None:
    """Fixes and Signed-off-by are often a blank line apart."""
    found = patch(patch_body("Text.\n\nFixes: 1234567890ab (\"widgets:\nadd\")"))
    assert [trailer.name for trailer in found.trailers] == ["Fixes", "Signed-off-by"]
    assert found.trailers[0].value == '1234567890ab ("widgets: add")'
    assert found.changelog == "Text."


def test_a_note_of_a_maintainer_between_trailers_is_no_text() -> None:
    """[jane: fixed it] stands among the trailers."""
    found = patch(patch_body("Text.", trailers=f"Signed-off-by: {DOE}\n[jane: fixed it]\nSigned-off-by: {JANE}\n"))
    assert [trailer.value for trailer in found.trailers] == [DOE, JANE]
    assert found.changelog == "Text."


def test_in_body_headers_win_over_the_mail() -> None:
    """git am takes From, Subject and Date from the top of the text, and so do we."""
    found = patch(patch_body(top=f"From: {DOE}\nSubject: [PATCH] widgets: other\n\n"))
    assert (str(found.author), found.subject) == (DOE, "widgets: other")
    assert patch(patch_body("From: the manual\nwe know")).changelog.startswith("From: the manual")


def test_what_stands_above_scissors_is_talk() -> None:
    """-- >8 -- and the habit of a second header block below --- start the commit message."""
    for cut in ("-- >8 --\n", "8<-----------\n", f"---\nSubject: widgets: fix\nFrom: {JANE}\n\n"):
        found = patch(f"> Please send it.\n\nHere it is.\n\n{cut}{patch_body()}")
        assert found.changelog == "Widgets lose their errors."
        assert "Here it is." in found.notes
        assert len(found.files) == 1


def test_an_attached_patch_brings_its_own_header() -> None:
    """The file that git format-patch wrote, attached below a line of talk."""
    attached = f"From {'1' * 40} Mon Sep 17 00:00:00 2001\nFrom: {DOE}\nSubject: [PATCH] widgets: fix\n\n{patch_body()}"
    body = ("--b\nContent-Type: text/plain\n\n\n--b\nContent-Type: text/x-patch; name=a.patch\n"
            f"Content-Disposition: attachment\n\n{attached}\n--b--\n")
    found = patch(body, headers="Content-Type: multipart/mixed; boundary=b\n")
    assert (str(found.author), found.changelog) == (DOE, "Widgets lose their errors.")


def test_a_mail_without_a_diff_gives_a_patch_without_files() -> None:
    """The notice says so; nothing is raised."""
    found = patch("Only words.\n")
    assert found.files == ()
    assert "there is no diff in the mail" in found.warnings


def test_a_bare_diff_gets_a_subject() -> None:
    """Without a mail around it the first file names the change."""
    found = parse_patch(read_source(diff().encode()).messages[0])
    assert found.subject == "change mm/widget.c"
