"""What people paste to name a source."""

from __future__ import annotations

import pytest

from reviewbot.errors import MailError
from reviewbot.mail import parse_location

LORE = "https://lore.kernel.org/linux-mm/2025.1-2-jane@example.org"


@pytest.mark.parametrize("text", [f"{LORE}/", LORE, f"{LORE}/raw", f"{LORE}/t.mbox.gz", f"{LORE}/T/", f"{LORE}/T/#t",
                                  f"{LORE}/#r", f"{LORE}/t/", f"{LORE}/T/#u", LORE.replace("@", "%40"),
                                  f" {LORE}/?x=y\n"])
def test_every_link_of_a_mail_page_names_the_mail(text: str) -> None:
    """All forms of one page have the same canonical address."""
    location = parse_location(text)
    assert (location.kind, location.message_id) == ("message", "2025.1-2-jane@example.org")
    assert location.url() == LORE


@pytest.mark.parametrize("text", ["a.b@c", "<a.b@c>", "id:a.b@c", "rfc822msgid:a.b@c", "Message-ID: <a.b@c>",
                                  "https://lore.kernel.org/r/a.b@c", "https://msgid.link/a.b@c",
                                  "https://patch.msgid.link/a.b@c", "https://lkml.kernel.org/r/a.b@c",
                                  "https://patchwork.kernel.org/project/linux-mm/patch/a.b@c/", "news:a.b@c",
                                  "https://patchwork.kernel.org/project/linux-mm/cover/a.b@c/",
                                  "nntp://nntp.lore.kernel.org/org.kernel.vger.linux-mm/a.b@c",
                                  "https://marc.info/?i=a.b@c"])
def test_ids_and_links_without_a_list_go_through_the_mask(text: str) -> None:
    """The mask says where they are looked up."""
    location = parse_location(text)
    assert location.url() == "https://lore.kernel.org/all/a.b@c"
    assert location.url("http://mail.example.org/x/%s/") == "http://mail.example.org/x/a.b@c"


def test_other_hosts_and_odd_ids_keep_their_address() -> None:
    """A slash in a Message-ID stays one path segment; a port and a folder stay."""
    location = parse_location("http://[::1]:8080/pub/list/a%2Fb%3Fc@d/raw")
    assert (location.message_id, location.url()) == ("a/b?c@d", "http://[::1]:8080/pub/list/a%2Fb%3Fc@d")


def test_paths_ranges_and_standard_input() -> None:
    """What is none of the above is a file; git:BASE..TOPIC and - are what they say."""
    assert parse_location("-").kind == "stdin"
    assert parse_location("./dir/a@b.mbox").path == "./dir/a@b.mbox"
    assert parse_location("0001-fix.patch").kind == "path"
    location = parse_location("git:v6.12..topic/branch")
    assert (location.kind, location.git_base, location.git_topic) == ("git", "v6.12", "topic/branch")


@pytest.mark.parametrize("text", ["", "git:v6.12", "git:..x", "git:--upload-pack=x..y", "git:a b..c", "ftp://h/a@b",
                                  "https://lore.kernel.org/linux-mm/", "https://user:secret@host/l/a@b",
                                  "https://patchwork.kernel.org/project/x/patch/123/", "https://[::1", "http:///a@b",
                                  "https://h:99999999/l/a@b", "a\0b", "https://h/l/a%0d%0ab@c/"])
def test_what_names_nothing_is_an_error(text: str) -> None:
    """One line with a hint, without the password that stood in the address."""
    with pytest.raises(MailError) as caught:
        parse_location(text)
    assert caught.value.hint
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("text", "url"), [
    ("https://patchwork.kernel.org/series/123456/mbox/", "https://patchwork.kernel.org/series/123456/mbox/"),
    ("https://patchwork.kernel.org/project/linux-mm/list/?series=123456",
     "https://patchwork.kernel.org/series/123456/mbox/"),
    ("https://patchwork.example/patch/12/", "https://patchwork.example/patch/12/mbox/"),
    ("https://patchwork.example/api/1.3/series/12/", "https://patchwork.example/series/12/mbox/"),
])
def test_numbers_of_patchwork_name_an_mbox(text: str, url: str) -> None:
    """A series or patch by its number is the mbox that the server makes of it."""
    location = parse_location(text)
    assert (location.kind, location.url()) == ("mbox", url)


def test_an_address_without_https_is_one() -> None:
    """What a browser's bar shows, without the scheme, is the address of the mail."""
    location = parse_location("lore.kernel.org/linux-mm/a.b@c/")
    assert (location.kind, location.url()) == ("message", "https://lore.kernel.org/linux-mm/a.b@c")
    assert parse_location("patches/a.b@c").kind == "path"
