"""Reading mail from files, folders and bytes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from reviewbot.errors import MailError
from reviewbot.mail import Limits, Mailbox, read_raw, read_source, write_mboxrd
from reviewbot.series import parse_diff

HEAD = ("From: Jane Roe <jane@example.org>\nDate: Mon, 3 Mar 2025 10:00:00 +0100\nSubject: [PATCH] widgets: fix\n"
        "Message-ID: <one@example.org>\n")
DIFF = ("diff --git a/mm/x.c b/mm/x.c\n--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1,4 +1,4 @@\n a\n \n-old\n+new\n"
        " a very long context line that goes on and on and on and on and on and on and on\n")
MAIL = f"{HEAD}\nText.\n\nSigned-off-by: Jane Roe <jane@example.org>\n---\n{DIFF}-- \n2.43.0\n"
RD = "From mboxrd@z Thu Jan  1 00:00:00 1970\n"


def one(data: bytes | str) -> Mailbox:
    mailbox = read_source(data.encode() if isinstance(data, str) else data)
    assert len(mailbox.messages) == 1
    return mailbox


def body_of(headers: str, body: bytes) -> str:
    return one(HEAD.encode() + headers.encode() + b"\n" + body).messages[0].body


def test_a_mail_is_read() -> None:
    """Headers and text of one plain mail."""
    (message,) = one(MAIL).messages
    assert message.message_id == "one@example.org"
    assert str(message.author) == "Jane Roe <jane@example.org>"
    assert message.date is not None
    assert message.date.isoformat() == "2025-03-03T10:00:00+01:00"
    assert message.body.endswith(f"---\n{DIFF}-- \n2.43.0\n")
    assert message.warnings == ()


def test_every_kind_of_source_gives_the_same_mails(tmp_path: Path) -> None:
    """mbox, gzip, maildir, a folder of files, and bytes."""
    second = MAIL.replace("<one@", "<two@")
    mbox = f"{RD}{MAIL}\n{RD}{second}\n".encode()
    (tmp_path / "a.mbox").write_bytes(mbox)
    (tmp_path / "a.mbox.gz").write_bytes(gzip.compress(mbox[:1000]) + gzip.compress(mbox[1000:]))
    for name, text in (("cur/1:2,S", MAIL), ("new/2", second)):
        path = tmp_path / "maildir" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    folder = tmp_path / "patches"
    folder.mkdir()
    (folder / "10-second.patch").write_text(second)
    (folder / "9-first.eml").write_text(MAIL)
    (folder / "notes.doc").write_text("no mail")
    expected = [message.message_id for message in read_source(mbox).messages]
    assert expected == ["one@example.org", "two@example.org"]
    for source in ("a.mbox", "a.mbox.gz", "maildir", "patches"):
        found = read_source(tmp_path / source)
        assert [message.message_id for message in found.messages] == expected, source
    assert read_source(folder).warnings == ("patches: 1 files are no mail by their names",)


def test_only_separators_separate() -> None:
    """A sentence that begins with From, quoted or not, belongs to its mail."""
    text = (f"{RD}{HEAD}\nIntro:\n\nFrom the manual:\nNote: this is no header.\n\n>From here on it is quoted.\n\n"
            f">>From twice.\n\n{RD}{HEAD}\nSecond.\n")
    first, second = read_source(text.encode()).messages
    assert "\nFrom the manual:\n" in first.body
    assert "\nFrom here on it is quoted.\n" in first.body
    assert "\n>From twice.\n" in first.body
    assert second.body == "Second.\n"


def test_mboxo_loses_one_quoting_mark_only_where_it_was_added() -> None:
    """In mboxo only a bare From line was quoted; two marks are somebody's quotation."""
    text = f"From jane@example.org Mon Mar  3 10:00:00 2025\n{HEAD}\n>From here.\n>>From there.\n"
    assert one(text).messages[0].body == "From here.\n>>From there.\n"


def test_an_attached_patch_file_is_no_new_mail() -> None:
    """git format-patch output attached to a mail begins with a From line of its own."""
    attached = f"From {'1' * 40} Mon Sep 17 00:00:00 2001\n{HEAD}\nText.\n---\n{DIFF}"
    text = (f"{RD}{HEAD}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"xyz\"\n\n--xyz\n"
            f"Content-Type: text/plain\n\nSee the patch.\n--xyz\nContent-Type: text/x-patch; name=\"1.patch\"\n"
            f"Content-Disposition: attachment; filename=\"1.patch\"\n\n{attached}--xyz--\n\n{RD}{HEAD}\nNext.\n")
    first, second = read_source(text.encode()).messages
    assert first.body.startswith("See the patch.\n")
    assert [file.path for file in parse_diff(first.body).files] == ["mm/x.c"]
    assert second.body == "Next.\n"


def test_crlf_becomes_lf() -> None:
    """An mbox that went through Windows reads the same."""
    text = f"{RD}{MAIL}\n{RD}{MAIL}\n"
    expected = read_source(text.encode()).messages
    found = read_source(text.replace("\n", "\r\n").encode()).messages
    assert [message.body.rstrip() for message in found] == [message.body.rstrip() for message in expected]


def test_transfer_encodings_are_undone() -> None:
    """Quoted-printable and base64, whole and damaged."""
    assert body_of("Content-Transfer-Encoding: quoted-printable\n", b"a=3Db =C3=BC=\nc\n") == "a=b üc\n"
    assert body_of("Content-Transfer-Encoding: base64\n", b"w7xi\nZXI=\n") == "über"
    assert body_of("Content-Transfer-Encoding: BASE64\n", b"w7xi\nZX!I=\n\n_____\nfooter\n") == "über"
    assert body_of("Content-Transfer-Encoding: x-nonsense\n", b"text\n") == "text\n"


@pytest.mark.parametrize(("charset", "data", "text"), [
    ("iso-8859-1", "Grüße".encode("latin-1"), "Grüße"),
    ("utf-8", "Grüße".encode("latin-1"), "Grüße"),
    ("koi8-r", "Привет".encode("koi8-r"), "Привет"),
    ("no-such-charset", "Grüße".encode(), "Grüße"),
    ("u\\0tf", "Grüße".encode(), "Grüße"),
    ("rot13", b"abc", "abc"),
    ("punycode", b"abc", "abc"),
    ("us-ascii", "Grüße".encode(), "Grüße"),
    ("", "Grüße".encode(), "Grüße"),
])
def test_charsets(charset: str, data: bytes, text: str) -> None:
    """A charset is believed when it exists and is one; else UTF-8, else Latin-1."""
    assert body_of(f"Content-Type: text/plain; charset=\"{charset}\"\n", data) == text


def test_a_nul_in_a_charset_name_or_text_is_a_notice() -> None:
    """Two readers of the kernel world raise on this one."""
    data = HEAD.encode() + b"Content-Type: text/plain; charset=\"ut\0f-8\"\n\na\0b\n"
    (message,) = one(data).messages
    assert message.body == "a\ufffdb\n"
    assert any("NUL" in warning for warning in message.warnings)


def test_flowed_text_is_joined_and_unstuffed() -> None:
    """RFC 3676, with and without DelSp, quotations kept apart, the signature mark kept."""
    headers = "Content-Type: text/plain; charset=us-ascii; format=flowed\n"
    assert body_of(headers, b"one \ntwo\n> quoted \n> more\n From stuffed\n-- \nJane\n") == (
        "one two\n> quoted more\nFrom stuffed\n-- \nJane\n")
    assert body_of(headers.replace("flowed", "flowed; delsp=yes"), b"one \ntwo\n") == "onetwo\n"


def test_a_flowed_patch_survives() -> None:
    """Stuffed diff lines come out whole, also when the mailer forgot that blank context lines look flowed."""
    headers = "Content-Type: text/plain; format=flowed\n"
    stuffed = "".join(f" {line}\n" if line.startswith(" ") else f"{line}\n" for line in DIFF.splitlines())
    found = parse_diff(body_of(headers, stuffed.encode()))
    assert found.warnings == ()
    assert [line.text for line in found.files[0].hunks[0].lines][:4] == ["a", "", "old", "new"]


def test_alternatives_and_html() -> None:
    """Of alternatives the plain text is read; a mail of HTML only has no text and says so."""
    head = f"{HEAD}Content-Type: multipart/alternative; boundary=b\n\n"
    parts = "--b\nContent-Type: text/html\n\n<p>x</p>\n--b\nContent-Type: text/plain\n\nplain\n--b--\n"
    assert one(head + parts).messages[0].body == "plain\n"
    (message,) = one(f"{HEAD}Content-Type: text/html\n\n<p>x</p>\n").messages
    assert (message.body, "HTML" in message.warnings[0]) == ("x\n", True)


def test_missing_and_double_message_ids() -> None:
    """Without an id the bytes make one; of two the first counts."""
    bare = MAIL.replace("Message-ID: <one@example.org>\n", "")
    (message,) = one(bare).messages
    assert message.synthetic_id
    assert message.message_id == one(bare).messages[0].message_id
    double = MAIL.replace("<one@example.org>", "<one@example.org>\nMessage-ID: <other@example.org>")
    (message,) = one(double).messages
    assert (message.message_id, message.synthetic_id) == ("one@example.org", False)
    assert "2 Message-IDs" in message.warnings[0]


@pytest.mark.parametrize("date", ["yesterday", "Mon, 99 Foo 2025 99:99:99 +0000", "Thu, 1 Jan 1970 00:00:00 +0000",
                                  "Fri, 31 Dec 9999 23:59:59 -1200", "Mon, 3 Mar 99999999999 10:00:00 +0000", "\0"])
def test_absurd_dates_are_no_dates(date: str) -> None:
    """What cannot be a date is None, with its text kept and a notice."""
    (message,) = one(MAIL.replace("Mon, 3 Mar 2025 10:00:00 +0100", date)).messages
    assert message.date is None
    assert message.warnings


def test_an_absurd_time_zone_is_utc() -> None:
    """The day still counts."""
    (message,) = one(MAIL.replace("+0100", "-9900")).messages
    assert message.date is not None
    assert message.date.isoformat() == "2025-03-03T10:00:00+00:00"


def test_encoded_words_and_odd_addresses() -> None:
    """Names come out readable, broken lists of addresses give what can be read."""
    text = MAIL.replace("Jane Roe <jane", "=?utf-8?q?J=C3=BCrgen?= =?iso-8859-1?q?_M=FCller?= <jane")
    text = text.replace("Date:", "Cc: \"Roe, Jane\" <a@example.org>, (((( <b@example.org>, undisclosed:;\nDate:")
    (message,) = one(text).messages
    assert message.author.name == "Jürgen Müller"
    assert message.cc[0].name == "Roe, Jane"


def test_a_list_that_rewrites_the_sender_is_seen_through() -> None:
    """The author behind 'via list' stands in X-Original-From."""
    munged = "From: 'Jane Roe' via widgets <widgets@example.net>\nX-Original-From: Jane Roe <jane@example.org>"
    text = MAIL.replace("From: Jane Roe <jane@example.org>", munged)
    assert str(one(text).messages[0].author) == "Jane Roe <jane@example.org>"


def test_a_bare_diff_is_a_mail_without_headers() -> None:
    """The output of git diff can be reviewed too, and a byte order mark in front of a mail is nothing."""
    assert one("\ufeff" + MAIL).messages[0].message_id == "one@example.org"
    (message,) = one(DIFF).messages
    assert message.synthetic_id
    assert parse_diff(message.body).files[0].path == "mm/x.c"


@pytest.mark.parametrize(("data", "what"), [
    (b"", "is empty"), (b" \n\n", "is empty"), (b"PK\x03\x04xx", "zip archive"), (b"\x7fELF....", "program"),
    (b"<!DOCTYPE html><html>", "HTML page"), (b"just text\nno mail\n", "is not mail"), (b"\x1f\x8b\x08\x00", "gzip"),
    (bytes(range(256)) * 10, "is not mail"), (b"\x1f\x8bgarbage garbage", "gzip"),
])
def test_what_is_no_mail_is_one_clear_line(data: bytes, what: str) -> None:
    """The error says what it is, where, and what to do."""
    with pytest.raises(MailError, match=what) as caught:
        read_source(data, name="input")
    assert str(caught.value).startswith("input: ")
    assert caught.value.hint


def test_missing_files_and_empty_folders(tmp_path: Path) -> None:
    """Names that lead nowhere."""
    for source in (tmp_path / "none", "a\0b", tmp_path, "x" * 5000):
        with pytest.raises(MailError):
            read_source(source)


def test_a_truncated_gzip_gives_what_is_there(tmp_path: Path) -> None:
    """Half a download is half a thread and a notice."""
    packed = gzip.compress(f"{RD}{MAIL}\n{RD}{MAIL}\n".encode() * 50)
    found = read_source(packed[: len(packed) // 2], name="half.gz")
    assert found.messages
    assert found.warnings == ("half.gz: the gzip data ends early; read as far as it goes",)


def test_limits_have_names() -> None:
    """Too large a source is refused, too large a mail loses its text, too many mails are counted."""
    small = Limits(source_bytes=20_000, message_bytes=2_000, messages=2)
    with pytest.raises(MailError, match="larger than"):
        read_source(b"Subject: x\n\n" + b"x" * 30_000, limits=small)
    with pytest.raises(MailError, match="larger than"):
        read_source(gzip.compress(b"Subject: x\n\n" + b"x" * 3_000_000), limits=small)
    (message,) = read_source(b"Subject: x\n\n" + b"x" * 3_000, limits=small).messages
    assert message.body == ""
    assert "text is left out" in message.warnings[-1]
    found = read_source(f"{RD}{MAIL}\n".encode() * 5, name="many", limits=small)
    assert len(found.messages) == 2
    assert found.warnings == ("many: 3 messages behind the first 2 are not read",)


def test_an_endless_device_is_refused() -> None:
    """A device never ends; the reading does."""
    with pytest.raises(MailError, match="larger than"):
        read_source("/dev/zero", limits=Limits(source_bytes=100_000))


def test_raw_messages_make_an_mbox_again() -> None:
    """What read_raw gives and write_mboxrd writes reads as the same mails."""
    text = f"{RD}{HEAD}\n>From quoted.\n\n{RD}{MAIL}\n".encode()
    written = b"".join(write_mboxrd(raw.data for raw in read_raw(text)))
    assert read_source(written).messages[0].body.rstrip() == "From quoted."
    assert [message.subject for message in read_source(written).messages] == ["[PATCH] widgets: fix"] * 2
