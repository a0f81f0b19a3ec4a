"""One mail to one patch: who wrote it, what it says, what hangs below it."""

from __future__ import annotations

import pytest
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
    both = diff() + diff().replace("widget", "gadget")
    assert parse_patch(read_source(both.encode()).messages[0]).subject == "change 2 files, first mm/widget.c"


TIP = f"""The following commit has been merged into the x86/mm branch of tip:

Commit-ID:     {'0' * 40}
Gitweb:        https://git.example.org/tip/{'0' * 40}
Author:        {DOE}
AuthorDate:    Mon, 03 Mar 2025 10:00:00
Committer:     Keeper <keeper@example.org>

widgets: fix the map

Widgets lose their errors.

Signed-off-by: {DOE}
---
{diff()}"""
MM = f"""The patch titled
     Subject: widgets: fix the map
has been added to the -mm mm-unstable branch.  Its filename is
     widgets-fix-the-map.patch

------------------------------------------------------
From: {DOE}
Subject: widgets: fix the map
Date: Mon, 3 Mar 2025 10:00:00 +0100

Widgets lose their errors.

Signed-off-by: {DOE}
---

{diff()}"""
STABLE = f"""This is a note to let you know that I've just added the patch titled

    widgets: fix the map

to the 6.1-stable tree which can be found at:
    https://git.example.org/

>From {'1' * 40} Mon Sep 17 00:00:00 2001
From: {DOE}
Date: Mon, 3 Mar 2025 10:00:00 +0100
Subject: widgets: fix the map

Widgets lose their errors.

Signed-off-by: {DOE}
---
{diff()}"""
COMMITS = f"""Gitweb:     https://git.example.org/c/{'2' * 40}
Commit:     {'2' * 40}
Parent:     {'3' * 40}
Author:     {DOE}
AuthorDate: Mon Mar 3 10:00:00 2025 +0100

    widgets: fix the map

    Widgets lose their errors.

    Signed-off-by: {DOE}
---
{diff()}"""


@pytest.mark.parametrize(("subject", "body"), [
    ("[tip: x86/mm] widgets: fix the map", TIP), ("+ widgets-fix-the-map.patch added to mm-unstable branch", MM),
    ('Patch "widgets: fix the map" has been added to the 6.1-stable tree', STABLE), ("widgets: fix the map", COMMITS),
], ids=["tip", "mm", "stable", "list-of-commits"])
def test_a_notice_is_read_as_the_commit_it_carries(subject: str, body: str) -> None:
    """Who wrote the commit and what it says stands inside; what the robot says about it is no part of its message."""
    found = patch(body, subject=subject)
    assert (str(found.author), found.subject) == (DOE, "widgets: fix the map")
    assert found.changelog.strip().startswith("Widgets lose their errors.")
    assert "branch" not in found.changelog
    assert "Gitweb" not in found.changelog
    assert [file.path for file in found.files] == ["mm/widget.c"]


def test_a_clear_signed_patch_is_read_without_its_escapes() -> None:
    """OpenPGP puts `- ` before every line that begins with a dash."""
    escaped = patch_body().replace("\n-", "\n- -")
    found = patch(f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{escaped}")
    assert [line.kind for line in found.files[0].hunks[0].lines] == [" ", "-", "+", " "]
    assert not found.unread


def test_quoted_printable_text_without_its_header_is_decoded() -> None:
    """A list that rebuilds mails may drop the header; C code itself has an equals sign with a blank behind it."""
    body = diff(new="ret =3D widget_map(page,=\n page);")
    found = patch(body)
    assert "ret = widget_map(page, page);" in [line.text.strip() for line in found.files[0].hunks[0].lines]
    assert patch(diff(new='ret = map("=3D");')).files[0].hunks[0].lines[2].text == '\tret = map("=3D");'


def test_what_could_not_be_read_is_named() -> None:
    """A hunk that ends too early is no silent gap, and a context diff is called what it is."""
    cut = patch(patch_body().replace("@@ -10,3 +10,3 @@", "@@ -10,9 +10,9 @@"))
    assert cut.unread == ("mm/widget.c: hunk 1 is damaged: it is shorter than its header says",)
    context = patch("*** a/mm/x.c\n--- b/mm/x.c\n***************\n*** 1,2 ****\n! a\n--- 1,2 ----\n! b\n")
    assert context.unread == ("a context diff (diff -c) is not read",)
