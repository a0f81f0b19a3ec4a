"""Mail made to break readers: a result or one MailError, quickly, and nothing else."""

from __future__ import annotations

import re
import time
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviewbot.errors import MailError, UsageError
from reviewbot.mail import Limits, Mailbox, Message, parse_location, read_message, read_source
from reviewbot.series import Series, SeriesSet, choose_series, find_series, parse_diff, parse_subject

HOSTILE = Path(__file__).parent / "hostile"
SAMPLES = sorted(path.name for path in HOSTILE.iterdir())
RELAXED = settings(max_examples=150)


def swallow(data: bytes) -> int:
    """Return how many messages the bytes hold, 0 where one clear line says why there are none.

    Anything but MailError (of the input errors) fails the test, and so does a message that nobody accounts for, a path
    that leaves the tree, a hunk of another size than it says, or a second reading with another result.
    """
    try:
        mailbox = read_source(data, name="input")
        found = find_series(mailbox)
    except MailError as error:
        assert_one_line(str(error))
        return 0
    assert read_source(data, name="input") == mailbox
    assert mailbox.messages
    for message in mailbox.messages:
        assert_message(message)
    for warning in (*mailbox.warnings, *found.warnings):
        assert_one_line(warning)
    assert_accounted_for(found, mailbox)
    for series in (*found.series, *found.older):
        assert_series(series)
    if len(found.series) == 1:
        assert choose_series(found) is found.series[0]
    return len(mailbox.messages)


def assert_one_line(notice: str) -> None:
    """Fail when a notice is empty or more than one line; whoever prints it makes it harmless."""
    assert notice.strip()
    assert not re.search(r"[\n\r]", notice)


def assert_message(message: Message) -> None:
    """Fail when a part of a message is not what its type says."""
    assert message.message_id
    assert not re.search(r"[\s<>]", message.message_id)
    assert all(not re.search(r"[\s<>]", one) for one in (message.in_reply_to, *message.references))
    assert "\n" not in message.subject
    assert "\r\n" not in message.body
    assert message.date is None or (message.date.tzinfo is not None and 1970 <= message.date.year <= 2100)
    for warning in message.warnings:
        assert_one_line(warning)


def assert_accounted_for(found: SeriesSet, mailbox: Mailbox) -> None:
    """Fail when a message has no role, or a role that its series does not know of."""
    assert Counter(role.message_id for role in found.roles) == Counter(one.message_id for one in mailbox.messages)
    assert all(role.why for role in found.roles)
    known = {one.message_id for one in mailbox.messages}
    series = (*found.series, *found.older)
    patches = {patch.message_id for one in series for patch in one.patches}
    assert patches <= known
    assert patches <= {role.message_id for role in found.roles if role.role in {"patch", "cover"}}


def assert_series(series: Series) -> None:
    """Fail when a series counts wrong, or a diff of it does."""
    assert all(1 <= index <= series.total for index in series.missing)
    assert not {patch.index for patch in series.patches} & set(series.missing)
    for patch in series.patches:
        for file in patch.files:
            assert file.path
            for path in (file.old_path, file.new_path):
                assert ".." not in path.split("/")
                assert not path.startswith("/")
                assert "\0" not in path
            for hunk in file.hunks:
                assert sum(line.kind != "+" for line in hunk.lines) == hunk.old_count
                assert sum(line.kind != "-" for line in hunk.lines) == hunk.new_count


@pytest.mark.parametrize("name", SAMPLES)
def test_the_corpus_is_swallowed(name: str) -> None:
    """Every hostile sample ends in a result or in one clear line, in well under a second or two."""
    started = time.monotonic()
    swallow((HOSTILE / name).read_bytes())
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("name", ["path-traversal.patch", "path-in-git.patch", "path-with-newline.patch"])
def test_no_path_of_the_corpus_leaves_the_tree(name: str) -> None:
    """Such a file is left out with a notice; the mail stays a patch."""
    (series,) = find_series(read_source(HOSTILE / name)).series
    assert series.patches[0].files == ()
    assert "leaves the tree" in series.patches[0].warnings[0]


def mutated() -> st.SearchStrategy[bytes]:
    """Return samples with a piece cut out, doubled, or replaced by other bytes."""
    samples = st.sampled_from([(HOSTILE / name).read_bytes()[:6000] for name in SAMPLES])
    return st.builds(
        lambda data, start, length, new, times: data[: start % (len(data) + 1)] + new * times
        + data[start % (len(data) + 1) + length:],
        samples, st.integers(0, 6000), st.integers(0, 200), st.binary(max_size=30), st.integers(0, 20))


@RELAXED
@given(st.binary(max_size=2000))
def test_arbitrary_bytes(data: bytes) -> None:
    """Any bytes are a message whose parts are what they should be, the same on every reading, or one clear line."""
    swallow(data)
    message = read_message(data)
    assert_message(message)
    assert read_message(data) == message
    # What no line of a mail can hold makes a body out of everything behind the first empty line.
    mail = read_message(b"Subject: found\n\n" + data)
    assert_message(mail)
    assert mail.subject == "found"


@RELAXED
@given(mutated())
def test_mutated_mails(data: bytes) -> None:
    """A mail in which something was changed still is a mail, and one behind it in the mailbox is still found."""
    swallow(data)
    separator = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
    alone = swallow(separator + data)
    both = swallow(separator + data + b"\n\n" + separator + b"Message-ID: <last@x>\nSubject: the last\n\nText.\n")
    handed_on = b"message/rfc822" in data.lower()  # what a mail that comes alone hands on is read, too
    assert both == alone + 1 or (alone == 0 and both > 0) or (handed_on and both > 1)


HEADER_WORDS = st.lists(st.one_of(
    st.sampled_from(["From: ", "To: ", "Subject: ", "Date: ", "Message-ID: ", "References: ", "Content-Type: ",
                     "Content-Transfer-Encoding: ", "List-Id: ", "multipart/mixed", "; boundary=", "; charset=",
                     "text/plain", "base64", "quoted-printable", "format=flowed", "=?utf-8?q?", "?=", "<", ">", "@",
                     "(", ")", '"', "\\", "[PATCH", "v2", " 1/2", "]", "\n", "\n ", "\n\n", "--b", "Re: "]),
    st.text(max_size=8)), max_size=40)


@RELAXED
@given(HEADER_WORDS)
def test_headers_made_of_their_own_words(words: list[str]) -> None:
    """Headers put together from what parsers look for do not hide the one before them, nor make a second mail."""
    data = ("Subject: [PATCH] x\n" + "".join(words)).encode("utf-8", "surrogatepass")
    assert swallow(data) == 1
    assert read_message(data).subject.startswith("[PATCH] x")
    swallow(("Subject: [PATCH] x\n" + "".join(words)).encode("utf-8", "surrogatepass"))


DIFF_WORDS = st.lists(st.sampled_from([
    "diff --git a/x b/x\n", "diff --git ", "--- a/x\n", "+++ b/x\n", "--- /dev/null\n", "@@ -1 +1 @@\n",
    "@@ -1,2 +1,3 @@ f\n", "@@ -0,0 +1 @@\n", "@@ -99999999,99999999 +1 @@\n", "+a\n", "-a\n", " a\n", "\n",
    "\\ No newline\n", "index 1234567..89abcde 100644\n", "new file mode 100644\n", "deleted file mode 100644\n",
    "rename from x\n",
    "rename to ../y\n", "GIT binary patch\n", "literal 5\n", "zcmV\n", "Binary files a/x and b/x differ\n", "-- \n",
    "---\n", "> ", '"a/\\303"', "\t", "\r\n", "\x0c", "\u2028", "diff --cc x\n"]), max_size=40)


@RELAXED
@given(DIFF_WORDS)
def test_diffs_made_of_their_own_words(words: list[str]) -> None:
    """Diffs put together from what parsers look for."""
    text = "".join(words)
    found = parse_diff(text)
    assert 0 <= found.start <= len(text)
    swallow(f"Subject: [PATCH] x\n\nText.\n---\n{text}".encode())


PLACE_WORDS = st.lists(st.sampled_from([
    "-", "git:", "v6.1", "..", "topic", "https://", "lore.kernel.org/", "all/", "r/", "a.b@c.d", "%40", "<", ">", "id:",
    "/raw", "/t.mbox.gz", "/T/", "#u", " ", "[PATCH", " v2", " 3/7", "]", "Re: ", "x", "/"]), max_size=8).map("".join)


@RELAXED
@given(st.one_of(st.text(max_size=300), PLACE_WORDS, st.sampled_from(["-", " - ", "git:a..b", "<a@b>", "a/b@c"])))
@example("0\n\x00")
def test_subjects_and_locations(text: str) -> None:
    """Any text is a subject that counts right, and a location that names something or an error of one line."""
    subject = parse_subject(text)
    assert 0 <= subject.index <= 9999
    assert subject == parse_subject(text)
    assert "\n" not in subject.title
    assert subject.counted or (subject.index, subject.declared) == (1, 1)
    try:
        location = parse_location(text)
    except (MailError, UsageError) as error:
        assert_one_line(str(error))
        return
    assert location.text == text
    named = {"stdin": "-", "path": location.path, "message": location.message_id, "git": location.git_topic}
    assert named[location.kind]
    assert location.kind != "message" or not re.search(r"[\s<>]", location.message_id)


@pytest.mark.parametrize(("name", "piece"), [
    ("encoded words", b"=?utf-8?q?a"), ("open comments", b"("), ("quotes", b'"\\'), ("addresses", b"<a@b>,"),
    ("brackets", b"["), ("parameters", b";a*0*=b"), ("colons", b"a:"), ("ids", b"<x@y> <")])
def test_long_headers_cost_little(name: str, piece: bytes) -> None:
    """Headers of 200 kB made of what parsers stumble over take a second, not a minute."""
    blob = piece * (200_000 // len(piece))
    started = time.monotonic()
    for header in (b"Subject", b"From", b"To", b"Content-Type", b"References", b"Date", b"List-Id"):
        swallow(header + b": " + blob + b"\nX: y\n\nText\n")
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("line", [b"> quoted line\n", b"From here\n", b"--- a/x\n", b"@@ -1 +1 @@\n",
                                  b"diff --git a/x b/x\n", b"Acked-by: x\n", b"-- \n", b"\n", b">From x\n",
                                  b"\nFrom a 10:00:00 2025\n",
                                  b"---\n+++ b\n", b"+a\n", b"Index: x\n", b"[PATCH]\n", b"----->8----\n"])
def test_long_texts_cost_little(line: bytes) -> None:
    """A megabyte of one suspicious line are read in linear time."""
    started = time.monotonic()
    swallow(b"Subject: [PATCH] x\n\nText\n" + line * (1_000_000 // len(line)))
    assert time.monotonic() - started < 20


def test_a_chain_of_answers_costs_little() -> None:
    """Ten thousand mails, each in answer to the one before."""
    started = time.monotonic()
    mail = (b"From mboxrd@z Thu Jan  1 00:00:00 1970\nSubject: Re: x\nMessage-ID: <%d@x>\n"
            b"In-Reply-To: <%d@x>\n\n\n")
    swallow(b"".join(mail % (number, number - 1) for number in range(10_000)))
    assert time.monotonic() - started < 30


def test_a_large_source_stays_in_bounds() -> None:
    """Memory stays a small multiple of the input, and the limit refuses what is beyond it."""
    mail = (HOSTILE / "reply-circle.mbox").read_bytes() + b"\n"
    data = mail * (1_000_000 // len(mail))
    tracemalloc.start()
    try:
        found = find_series(read_source(data, limits=Limits(messages=4000)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.roles
    assert peak < 12 * len(data)
