"""Forms in which patches come beside mails and plain diffs: read where that is certain, and named where it is not."""

from __future__ import annotations

import pytest

from reviewbot.errors import MailError
from reviewbot.mail import read_source
from reviewbot.mail.graph import without_graph
from reviewbot.mail.unread_forms import unread_form
from reviewbot.series import Series, find_series
from reviewbot.series.choose import choose_series

DIFF = """\
diff --git a/mm/one.c b/mm/one.c
index 1111111..2222222 100644
--- a/mm/one.c
+++ b/mm/one.c
@@ -1,4 +1,4 @@
 /*
  * commit 1234567 did this
-int b;
+int c = a;
 int d;
"""
TOLD = "On Monday Ada wrote:\n"


def mail(subject: str, body: str, key: str, above: str = "") -> str:
    answers = f"In-Reply-To: <{above}@x>\n" if above else ""
    return (f"From: Ada <ada@example.org>\nDate: Mon, 3 Mar 2025 10:00:00 +0000\nTo: list@example.org\n"
            f"Subject: {subject}\nMessage-ID: <{key}@x>\n{answers}\n{body}\n")


def only(text: str) -> Series:
    (series,) = find_series(read_source(text.encode())).series
    return series


def refusal(text: str) -> str:
    with pytest.raises(MailError) as caught:
        choose_series(find_series(read_source(text.encode())))
    return str(caught.value)


def commit(number: str, title: str, *, left: str, mark: str = "*", edges: str = "") -> str:
    lines = [f"Author: Ada <a@b.example>\nDate:   Mon Mar {number} 10:00:00 2025 +0000\n\n    {title}\n    \n\n{DIFF}"]
    drawn = "".join(f"{left}{line}\n" for line in "".join(lines).split("\n")[:-1])
    return f"{left.replace('|', mark, 1) if edges == '' else edges}commit {number * 40}\n{drawn}"


def test_a_graph_beside_a_log() -> None:
    """`git log --graph -p` is the log; a comment in a hunk that looks like a commit of the graph is code."""
    text = commit("4", "mm: second", left="| ") + "| \n" + commit("3", "mm: first", left="  ", edges="* ")
    assert [patch.subject for patch in only(text).patches] == ["mm: first", "mm: second"]
    assert all(patch.files[0].hunks[0].lines[1].text == " * commit 1234567 did this" for patch in only(text).patches)


def test_a_graph_of_two_branches() -> None:
    """A merge widens the graph; what stands beside it keeps its first column."""
    text = (f"*   commit {'5' * 40}\n|\\  Merge: 4444444 3333333\n| | Author: Ada <a@b.example>\n"
            "| | Date:   Tue Mar 4 10:00:00 2025 +0000\n| | \n| |     Merge it\n| | \n"
            + commit("4", "mm: side", left="| | ", edges="| * ") + "| | \n"
            + commit("3", "mm: main", left="|/  ", edges="* | ").replace("|/  diff", "|   diff") + "| \n")
    assert {patch.subject for patch in only(text).patches} == {"mm: side", "mm: main"}


def test_what_is_no_graph_stays() -> None:
    """A text that only begins like one is not touched."""
    for text in (b"* 1234567 is a commit\nwords\n", b"* a list\n* of things\n", b"*", b""):
        assert without_graph(text) == text


def test_a_folder_of_mmdf() -> None:
    """MMDF puts a line of four control characters before and behind each mail."""
    parts = [mail(f"[PATCH {number}/2] mm: step {number}", f"Text.\n---\n{DIFF}", str(number)) for number in (1, 2)]
    text = "".join(f"\1\1\1\1\n{part}\1\1\1\1\n" for part in parts)
    assert [patch.index for patch in only(text).patches] == [1, 2]


def test_mails_with_no_line_between_them() -> None:
    """`cat *.eml` puts one mail behind the other; the input says that it was taken apart."""
    text = "".join(mail(f"[PATCH {number}/2] mm: step {number}", f"Text.\n---\n{DIFF}", str(number))
                   for number in (1, 2))
    assert [patch.index for patch in only(text).patches] == [1, 2]
    assert "2 mails stand in it with no line between them" in read_source(text.encode()).warnings[0]


@pytest.mark.parametrize("between", ["", "\n", "%%%%\n"])
def test_mails_that_end_with_the_line_of_a_version(between: str) -> None:
    """The last line of git's mails is the program's version, and the next mail may begin right behind it."""
    text = between.join(mail(f"[PATCH {number}/2] mm: step {number}", f"Text.\n---\n{DIFF}-- \n2.39.5\n", str(number))
                        .rstrip("\n") + "\n" for number in (1, 2))
    assert [patch.index for patch in only(text).patches] == [1, 2]


def test_a_forwarded_mail_is_one_mail() -> None:
    """Headers that somebody quotes, or that have no id of their own, begin no mail."""
    inner = mail("[PATCH] mm: inner", DIFF, "1").replace("Message-ID: <1@x>\n", "")
    assert len(read_source(mail("[PATCH] mm: outer", f"See:\n\n{inner}", "2").encode()).messages) == 1


@pytest.mark.parametrize("body", [
    " /*\n[-int b;-]{+int c = a;+}\n int d;\n", " /*\n~\n-int b;\n+int c = a;\n~\n int d;\n~\n",
    " /*\nint bint c = a;\n int d;\n"])
def test_a_word_diff_is_named(body: str) -> None:
    """A diff of words does not say what whole lines were: it is no damage that could be mended."""
    diff = DIFF.partition("@@")[0] + "@@ -1,3 +1,3 @@\n" + body
    assert unread_form(diff) == "a word diff (--word-diff, --color-words)"
    assert "a word diff (--word-diff, --color-words), which is not read" in refusal(diff)
    assert "word diff" in refusal(mail("mm: x", f"Text.\n---\n{diff}", "1"))
    log = f"commit {'1' * 40}\nAuthor: Ada <a@b.example>\nDate:   Mon Mar 3 10:00:00 2025 +0000\n\n    mm: x\n\n{diff}"
    assert "word diff" in refusal(log)


def test_an_ordinary_diff_has_no_other_form() -> None:
    """Markers of words in code, a quoted hunk header and damage stay what they are."""
    assert unread_form(DIFF) == ""
    assert unread_form(DIFF.replace("int c = a;", 'char *c = "[-x-]{+y+}";')) == ""
    assert unread_form("words\n@@ -1 +1 @@\n") == ""


def test_other_forms_are_named() -> None:
    """Context diffs, diffs without context and packed files are told apart, with what to do."""
    context = "*** a/x.c\n--- b/x.c\n***************\n*** 1,2 ****\n- a\n  b\n--- 1 ----\n"
    assert "is a context diff (diff -c), which is not read" in refusal(context)
    assert "is a diff without context" in refusal("diff -r a/x.c b/x.c\n1d0\n< int a;\n")
    for start, name in ((b"\xfd7zXZ\0", "an xz file"), (b"(\xb5/\xfd", "a zstd file"), (b"PK\x03\x04", "a zip archive"),
                        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"), (b"BZh9", "a bzip2 file")):
        with pytest.raises(MailError, match=name):
            read_source(start + b"\0" * 20)


def test_an_answer_alone_is_named() -> None:
    """Of an answer that quotes a patch it is said that the patch is not there."""
    quoted = "".join(f"> {line}\n" for line in DIFF.split("\n"))
    text = mail("Re: [PATCH 1/2] mm: x", f"{TOLD}{quoted}\nWhy?\n", "2", "1")
    assert "an answer that quotes a patch, which is not in the input" in refusal(text)


@pytest.mark.parametrize(("request_", "patch"), [
    ("[PULL 0/2] mm updates", "[PULL {}/2]"), ("[GIT PULL 0/2] mm updates", "[GIT PULL {}/2]"),
    ("[GIT PULL] mm updates", "[PATCH {}/2]")])
def test_a_pull_request_above_its_patches_is_their_cover(request_: str, patch: str) -> None:
    """Maintainers put the patches below the request; what the request says holds for them."""
    words = ("The following changes since commit 1234567890:\n\nare available in the Git repository at:\n\n"
             "No functional change.\n")
    text = "".join(f"From mboxrd@z Thu Jan  1 00:00:00 1970\n{part}\n" for part in (
        mail(request_, words, "0"), *(mail(f"{patch.format(number)} mm: step {number}", f"Text.\n---\n{DIFF}",
                                           str(number), "0") for number in (1, 2))))
    series = only(text)
    assert (series.subject, len(series.patches), series.kind) == ("mm updates", 2, "patches")
    assert series.cover is not None
    assert "No functional change." in series.cover.body


def test_patches_that_somebody_else_sends_below_a_request_are_their_own() -> None:
    """An answer with patches to a request is a series, not what was to be pulled."""
    words = "The following changes since commit 1234567890:\n\nare available in the Git repository at:\n"
    answers = "".join(mail(f"[PATCH {number}/2] mm: fix {number}", f"Text.\n---\n{DIFF}", str(number), "0")
                      .replace("From: Ada <ada@", "From: Bob <bob@") + "\n" for number in (1, 2))
    text = f"{mail('[GIT PULL] mm updates', words, '0')}\n{answers}"
    found = find_series(read_source(text.encode())).series
    assert [(series.kind, len(series.patches)) for series in found] == [("pull-request", 0), ("patches", 2)]
