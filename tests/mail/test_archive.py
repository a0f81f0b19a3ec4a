"""Fetching from Debian's real public-inbox-httpd on loopback (start_archive.sh fills and starts it)."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from reviewbot.errors import MailError, NetworkError
from reviewbot.mail import Network, fetch_thread, parse_location, read_source
from reviewbot.series import choose_series, find_series

pytestmark = pytest.mark.archive


@pytest.fixture(scope="module")
def inbox() -> str:
    url = os.environ.get("REVIEWBOT_INBOX_URL", "")
    if not url:
        pytest.skip("no archive: set REVIEWBOT_INBOX_URL to what tests/mail/start_archive.sh prints")
    return url


@pytest.fixture
def network() -> Network:
    return Network(version="0", clock=lambda: 1_700_000_000.0)


@pytest.fixture
def first_thread(threads_folder: Path) -> Path:
    return min(threads_folder.glob("*.mbox"))


@pytest.mark.parametrize("form", ["", "/", "/t.mbox.gz", "/raw", "/T/", "/T/#t", "/#r"])
def test_every_form_of_an_address_gives_the_whole_thread(
        inbox: str, network: Network, first_thread: Path, form: str) -> None:
    """Whatever link of a mail's page is pasted, the thread comes, with the same mails as the file behind it."""
    expected = read_source(first_thread)
    root = expected.messages[0].message_id
    fetched = fetch_thread(parse_location(f"{inbox}/other/{root}{form}"), network)
    assert {message.message_id for message in fetched.mailbox.messages} == {
        message.message_id for message in expected.messages}
    assert fetched.mailbox.warnings == ()


def test_the_series_is_the_same_as_from_the_file(inbox: str, network: Network, first_thread: Path) -> None:
    """The way through the archive changes nothing about the series."""
    expected = choose_series(find_series(read_source(first_thread)))
    fetched = fetch_thread(parse_location(f"{inbox}/other/{expected.message_id}/"), network)
    series = choose_series(find_series(fetched.mailbox))
    assert series.patches == expected.patches
    assert (series.version, series.total, series.missing) == (expected.version, expected.total, expected.missing)


def test_a_quoted_at_sign_is_the_same_mail(inbox: str, network: Network, first_thread: Path) -> None:
    """Browsers copy the @ of a Message-ID as %40."""
    root = read_source(first_thread).messages[0].message_id
    fetched = fetch_thread(parse_location(f"{inbox}/other/{root.replace('@', '%40')}/"), network)
    assert fetched.mailbox.messages


def test_a_bare_message_id_is_looked_up_through_the_mask(inbox: str, network: Network, first_thread: Path) -> None:
    """b4.midmask says where a Message-ID without an address is looked up."""
    root = read_source(first_thread).messages[0].message_id
    asked = Network(version="0", clock=network.clock, settings={"b4.midmask": f"{inbox}/other/%s"})
    assert fetch_thread(parse_location(f"<{root}>"), asked).url == f"{inbox}/other/{root}"


def test_an_inbox_without_an_index_gives_the_one_mail(inbox: str, network: Network, first_thread: Path) -> None:
    """Without t.mbox.gz (501) the raw mail is taken, and the report can say that its thread is not seen."""
    root = read_source(first_thread).messages[0].message_id
    fetched = fetch_thread(parse_location(f"{inbox}/plain/{root}/"), network)
    assert [message.message_id for message in fetched.mailbox.messages] == [root]
    assert "only this mail" in fetched.mailbox.warnings[0]


def test_a_mail_on_another_list_is_found_there(inbox: str, network: Network, first_thread: Path) -> None:
    """The archive's own redirect leads from the list that was named to the one that has the mail."""
    expected = read_source(first_thread)
    fetched = fetch_thread(parse_location(f"{inbox}/threads/{expected.messages[0].message_id}/"), network)
    assert len(fetched.mailbox.messages) == len(expected.messages)
    assert "not on the one that was named" in fetched.mailbox.warnings[0]


def test_an_unknown_message_id_is_one_clear_line(inbox: str, network: Network) -> None:
    """A 404 everywhere is a MailError with a hint."""
    with pytest.raises(MailError, match="no mail with this Message-ID"):
        fetch_thread(parse_location(f"{inbox}/other/no-such-mail@example.org/"), network)


def test_a_page_is_not_taken_for_mail(inbox: str, network: Network, first_thread: Path) -> None:
    """A mask that leads to HTML ends in an error, not in an empty review."""
    root = read_source(first_thread).messages[0].message_id
    asked = Network(version="0", clock=network.clock, settings={"b4.midmask": f"{inbox}/other/?q=%s"})
    with pytest.raises((NetworkError, MailError)):
        fetch_thread(parse_location(f"<{root}>"), asked)


def test_a_search_finds_later_versions(inbox: str, network: Network) -> None:
    """The real server answers a search with the threads of later versions of a series."""
    from reviewbot.mail.newer import search_newer  # noqa: PLC0415

    asked = Network(version="0", clock=network.clock, settings={"b4.searchmask": f"{inbox}/threads/?x=m&q=%s"})
    found = search_newer(asked, subject="arch, mm: improve robustness of direct map manipulation",
                         author="rppt@kernel.org", change_id="", since=date(2020, 11, 1))
    assert found is not None
    versions = {series.version for series in find_series(found.mailbox).series}
    assert max(versions) == 7
    assert search_newer(asked, subject="nobody wrote this", author="x@example.org", change_id="", since=None) is None
