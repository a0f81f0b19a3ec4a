"""Patches in the clothes that other programs put on them are read as what they are."""

from __future__ import annotations

import io
import tarfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from reviewbot.errors import MailError
from reviewbot.mail import read_source
from reviewbot.mail.html_text import html_text
from reviewbot.series import Series, find_series

ONE = """\
diff --git a/mm/one.c b/mm/one.c
index 1111111..2222222 100644
--- a/mm/one.c
+++ b/mm/one.c
@@ -1,3 +1,3 @@
 int a;
-int b;
+int c = a;
 int d;
"""
TWO = ONE.replace("1111111..2222222", "2222222..3333333").replace("+int c = a;", "+int e = a;").replace(
    "-int b;", "-int c = a;")
HEAD = "From: Ada <ada@example.org>\nDate: Mon, 3 Mar 2025 10:00:00 +0000\n"


def commit(title: str, diff: str) -> str:
    return (f"From {'1' * 40} Mon Sep 17 00:00:00 2001\n{HEAD}Subject: [PATCH] {title}\n\nText.\n---\n{diff}"
            "-- \n2.39\n\n")


def only(source: bytes | Path) -> Series:
    (series,) = find_series(read_source(source)).series
    return series


def titles(source: bytes | Path) -> list[str]:
    return [patch.subject for patch in only(source).patches]


def test_utf_16() -> None:
    """PowerShell writes what git prints as UTF-16."""
    for codec in ("utf-16", "utf-16-be"):
        mark = b"\xfe\xff" if codec == "utf-16-be" else b""
        assert only(mark + ONE.encode(codec)).patches[0].files[0].path == "mm/one.c"


def test_colours() -> None:
    """A log that was painted for a terminal is a log, also with a graph beside it; an escape in the code stays."""
    log = (f"\x1b[33mcommit {'2' * 40}\x1b[m\nAuthor: Ada <a@b.example>\nDate:   Mon Mar 3 10:00:00 2025 +0000\n\n"
           "    mm: x\n\n")
    painted = log + "".join(f"\x1b[1m{line}\x1b[m\n" for line in ONE.splitlines())
    (patch,) = only(painted.encode()).patches
    assert (patch.subject, patch.files[0].hunks[0].lines[2].text) == ("mm: x", "int c = a;")
    drawn = "".join(f"\x1b[31m|\x1b[m {line}\n" for line in painted.splitlines()[1:])
    (patch,) = only(f"* {painted.splitlines()[0]}\n{drawn}".encode()).patches
    assert (patch.subject, patch.files[0].hunks[0].lines[2].text) == ("mm: x", "int c = a;")
    plain = ONE.replace("int c = a;", 'char c[] = "\x1b[1m";')
    assert "\x1b[1m" in only(plain.encode()).patches[0].files[0].hunks[0].lines[2].text


@pytest.mark.parametrize("order", [1, -1])
def test_one_file_without_numbers(order: int) -> None:
    """Mails that were never sent and have no numbers are one branch, in the order that its contents tell."""
    mails = [commit("mm: first", ONE), commit("mm: second", TWO)][::order]
    assert titles("".join(mails).encode()) == ["mm: first", "mm: second"]
    assert [patch.index for patch in only("".join(mails).encode()).patches] == [1, 2]


def test_mails_that_were_sent_are_apart() -> None:
    """Two patches with Message-IDs stay two series."""
    mails = [commit(title, ONE).replace("Subject:", f"Message-ID: <{title}@x>\nSubject:") for title in ("one", "two")]
    assert len(find_series(read_source("".join(mails).encode())).series) == 2


def test_one_line_titles() -> None:
    """`git log -p --oneline` prints the newest first, and only a line above each diff."""
    text = f"2222222 (HEAD -> main) mm: second\n{TWO}1111111 mm: first\n{ONE}"
    assert titles(text.encode()) == ["mm: first", "mm: second"]


def test_a_diffstat_is_no_title() -> None:
    """`git diff --stat -p` says nothing about why."""
    stat = " mm/one.c | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n"
    assert titles((stat + ONE).encode()) == titles(ONE.encode())


def test_quilt(tmp_path: Path) -> None:
    """Quilt's series file says which patches there are, and in which order; it names nothing outside."""
    for folder in (tmp_path, tmp_path / "tree" / "patches"):
        folder.mkdir(exist_ok=True, parents=True)
        (folder / "zz.patch").write_text(f"mm: first\n\nText.\n\n{ONE}")
        (folder / "aa.patch").write_text(TWO)
        (folder / "left-out.patch").write_text(TWO)
        (folder / "series").write_text("# order\nzz.patch\n\naa.patch -p1\n../outside.patch\n/etc/passwd\n")
    assert titles(tmp_path) == ["mm: first", "aa.patch"]
    assert titles(tmp_path / "tree") == ["mm: first", "aa.patch"]


def test_a_folder_in_order(tmp_path: Path) -> None:
    """`git format-patch -N -o DIR` puts the numbers into the names alone."""
    (tmp_path / "0002-b.patch").write_text(commit("mm: second", TWO))
    (tmp_path / "0001-a.patch").write_text(commit("mm: first", ONE))
    assert titles(tmp_path) == ["mm: first", "mm: second"]
    assert [patch.index for patch in only(tmp_path).patches] == [1, 2]


def test_forwarded_mails() -> None:
    """A digest or a forwarded series hands on whole mails; they are what it is about."""
    outer = EmailMessage()
    outer["Subject"], outer["From"], outer["Message-ID"] = "Digest, Vol 3", "list@example.org", "<digest@x>"
    outer.set_content("Today's topics\n")
    for number, diff in enumerate((ONE, TWO), 1):
        inner = EmailMessage()
        inner["From"], inner["Message-ID"] = "Ada <ada@example.org>", f"<{number}@x>"
        inner["Subject"] = f"[PATCH {number}/2] mm: step {number}"
        inner.set_content(f"Text.\n---\n{diff}")
        outer.add_attachment(inner)
    assert titles(outer.as_bytes()) == ["mm: step 1", "mm: step 2"]


def test_quoted_printable_that_no_header_names() -> None:
    """A gateway that loses the header leaves `=20` and `=09`; code as it stands has an `=` that is none of these."""
    body = ONE.replace(" int a;", "=20int a;").replace("=20int a;\n", "=20int a;=20\n").replace(" = a;", " =3D a;")
    mail = f"{HEAD}Subject: [PATCH] mm: x\n\nText.\n---\n{body}"
    assert only(mail.encode()).patches[0].files[0].hunks[0].lines[2].text == "int c = a;"


def test_html_alone() -> None:
    """What a mail of HTML shows is read, and it is said that it was HTML."""
    marked = ONE.replace("&", "&amp;").replace("<", "&lt;")
    lines = "".join(f"<p class=MsoPlainText>{line or '&nbsp;'}<o:p></o:p></p>\n" for line in marked.splitlines())
    for page in (f"<pre>{marked}</pre>", f"<html><head><style>p &lt; a</style></head><body>{lines}</body></html>"):
        mail = f"{HEAD}Subject: [PATCH] mm: x\nContent-Type: text/html\n\n{page}"
        box = read_source(mail.encode())
        assert any("HTML only" in notice for notice in box.messages[0].warnings)
        (series,) = find_series(box).series
        assert [line.text for line in series.patches[0].files[0].hunks[0].lines] == [
            "int a;", "int b;", "int c = a;", "int d;"]


def test_marks_that_never_end() -> None:
    """Text of nothing but beginnings is read once, whatever is left open."""
    assert html_text("a<!-- b") == "a"
    assert html_text("a<style>b") == "a"
    assert html_text("<" * 50_000 + "div>x").endswith("x")


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    """An archive and a context diff are told by what they are."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo("a.patch")
        entry.size = len(ONE)
        archive.addfile(entry, io.BytesIO(ONE.encode()))
    context = b"*** a/mm/one.c\t2025\n--- b/mm/one.c\t2025\n***************\n*** 1,3 ****\n"
    for data, words in ((packed.getvalue(), "a tar archive"), (context, "a context diff")):
        with pytest.raises(MailError, match=words):
            read_source(data)


def test_a_proposal_in_an_answer() -> None:
    """An answer with a diff of its own is a patch where the input has no other, whatever number it answers."""
    answer = (f"{HEAD}Message-ID: <a@x>\nIn-Reply-To: <b@x>\nSubject: Re: [PATCH 3/7] mm: x\n\n> text\n\n"
              f"How about this?\n\n{ONE}")
    series = only(answer.encode())
    assert [(patch.index, patch.subject) for patch in series.patches] == [(1, "mm: x")]
    assert series.missing == ()
