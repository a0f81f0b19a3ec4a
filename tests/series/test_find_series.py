"""What becomes a series, in which version, and what each mail of the input is."""

from __future__ import annotations

from collections import Counter

import pytest
from mail_maker import DOE, JANE, Box, diff, patch_body

from reviewbot.errors import ChoiceError, MailError
from reviewbot.mail import read_source
from reviewbot.series import SeriesSet, choose_series, find_series, reviewable


def read(box: Box, *, version: int | None = None) -> SeriesSet:
    mailbox = read_source(box.bytes())
    found = find_series(mailbox, version=version)
    assert Counter(role.message_id for role in found.roles) == Counter(
        message.message_id for message in mailbox.messages)
    assert all(role.why for role in found.roles)
    return found


def roles(found: SeriesSet) -> dict[str, str]:
    return {role.message_id.removesuffix("@example.org"): role.role for role in found.roles}


def test_a_cover_and_its_patches_are_one_series() -> None:
    """The usual thread: cover, patches below it, a reply."""
    box = Box().series("a", 2).add("Re: [PATCH 1/2] widgets: map part 1", "> Part 1.\nFine.\n", key="r", to="a-1",
                                   author=DOE)
    found = read(box)
    (series,) = found.series
    assert (series.version, series.total, series.missing, series.kind) == (1, 2, (), "patches")
    assert series.message_id == "a-0@example.org"
    assert series.cover is not None
    assert series.cover.subject == "widgets: map"
    assert [patch.index for patch in series.patches] == [1, 2]
    assert [patch.files[0].path for patch in series.patches] == ["mm/widget1.c", "mm/widget2.c"]
    assert series.list_name == "linux-mm.kvack.org"
    assert roles(found) == {"a-0": "cover", "a-1": "patch", "a-2": "patch", "r": "reply"}


def test_missing_patches_are_named() -> None:
    """A thread of which mails are absent says which."""
    box = Box().series("a", 4)
    box.mails = [mail for mail in box.mails if "a-2@" not in mail.split("In-Reply-To")[0] and "a-3@" not in
                 mail.split("In-Reply-To")[0]]
    (series,) = read(box).series
    assert series.missing == (2, 3)
    assert series.warnings == ("the input lacks patch 2/4 and 3/4",)


def test_a_missing_cover_leaves_one_series() -> None:
    """Patches that answer a mail which is not there belong together."""
    box = Box().series("a", 3)
    del box.mails[0]
    (series,) = read(box).series
    assert series.cover is None
    assert (series.total, series.message_id) == (3, "a-1@example.org")


def test_a_number_beyond_the_total_raises_it() -> None:
    """[PATCH 3/2] is a third patch."""
    box = Box().series("a", 2).add("[PATCH 3/2] widgets: one more", patch_body(path="mm/more.c"), key="a-3", to="a-0")
    (series,) = read(box).series
    assert (series.total, [patch.index for patch in series.patches], series.missing) == (3, [1, 2, 3], ())
    assert "beyond the total" in series.warnings[0]


def test_threads_in_one_mbox_are_kept_apart() -> None:
    """Two series are two, and asking for the only one is an error that lists them."""
    found = read(Box().series("a", 2).series("b", 2, title="gadgets: unmap"))
    assert [series.subject for series in found.series] == ["widgets: map", "gadgets: unmap"]
    with pytest.raises(ChoiceError) as caught:
        choose_series(found)
    assert caught.value.choices == (("a-0@example.org", "widgets: map"), ("b-0@example.org", "gadgets: unmap"))
    assert choose_series(found, message_id="<b-2@example.org>").subject == "gadgets: unmap"
    with pytest.raises(MailError):
        choose_series(found, message_id="nobody@example.org")


def test_the_newest_version_is_taken() -> None:
    """v2 supersedes v1, in whatever order they lie."""
    box = Box().series("b", 2, version=2).series("a", 2)
    found = read(box)
    (series,), (older,) = found.series, found.older
    assert (series.version, older.version) == (2, 1)
    assert older.superseded_by == "b-0@example.org"
    assert series.superseded_by is None
    assert series.versions == ((1, "a-0@example.org"), (2, "b-0@example.org"))
    assert roles(found)["a-1"] == "patch"


def test_a_named_version_is_taken() -> None:
    """--version-of-series picks an older one, which knows its successor; a version that is not there is an error."""
    box = Box().series("a", 2).series("b", 2, version=2)
    (series,) = read(box, version=1).series
    assert (series.version, series.superseded_by) == (1, "b-0@example.org")
    with pytest.raises(MailError, match="there is no version 7"):
        read(box, version=7)


def test_versions_are_linked_by_change_id_whatever_they_are_called() -> None:
    """b4's change-id survives a new title."""
    tail = "---\nbase-commit: 1234567890abcdef1234567890abcdef12345678\nchange-id: 20250303-widgets-0123456789ab\n"
    box = Box().series("a", 2, tail=tail).series("b", 2, version=2, title="gadgets: all new", tail=tail)
    found = read(box)
    (series,) = found.series
    assert (series.version, series.change_id) == (2, "20250303-widgets-0123456789ab")
    assert series.base_commit == "1234567890abcdef1234567890abcdef12345678"
    assert len(found.older) == 1


def test_an_rfc_and_its_successor_are_versions_though_both_are_v1() -> None:
    """[RFC PATCH] then [PATCH]: the later one is reviewed."""
    found = read(Box().series("a", 2, prefix="RFC PATCH").series("b", 2))
    assert [series.message_id for series in found.series] == ["b-0@example.org"]
    assert found.older[0].prefixes == ("RFC",)


def test_a_resend_takes_the_place_of_the_first_sending() -> None:
    """[PATCH RESEND] of the same version is the same series, the later copy counts."""
    found = read(Box().series("a", 2).series("b", 2, prefix="PATCH RESEND"))
    assert [series.message_id for series in found.series] == ["b-0@example.org"]
    assert found.series[0].prefixes == ("RESEND",)


def test_backports_to_two_trees_are_two_series() -> None:
    """[PATCH 5.10] and [PATCH 6.1] of one change are both to be reviewed."""
    box = Box().add("[PATCH 5.10] widgets: fix", patch_body(), key="a").add(
        "[PATCH 6.1] widgets: fix", patch_body(), key="b")
    assert len(read(box).series) == 2


def test_a_partial_reroll_replaces_one_patch() -> None:
    """[PATCH v2 2/3] in answer to [PATCH 2/3] gives version 2 with the other patches of version 1."""
    box = Box().series("a", 3).add("[PATCH v2 2/3] widgets: map part 2", patch_body("Better.", path="mm/widget2.c"),
                                   key="n", to="a-2")
    found = read(box)
    (series,) = found.series
    assert series.version == 2
    assert [patch.message_id for patch in series.patches] == ["a-1@example.org", "n@example.org", "a-3@example.org"]
    assert series.subject == "widgets: map"
    assert series.cover is not None
    assert "only a part was sent again" in series.warnings[0]
    assert [older.version for older in found.older] == [1]


def test_a_reroll_below_a_review_comment_counts_too() -> None:
    """The author answers the reviewer, not the own patch."""
    box = Box().series("a", 2).add("Re: [PATCH 1/2] widgets: map part 1", "No.\n", key="r", to="a-1", author=DOE)
    box.add("[PATCH v2] widgets: map part 1", patch_body("Better.", path="mm/widget1.c"), key="n", to="r")
    (series,) = read(box).series
    assert [patch.message_id for patch in series.patches] == ["n@example.org", "a-2@example.org"]


def test_a_cover_with_another_version_is_still_the_cover() -> None:
    """[PATCH 0/2] above [PATCH v2 1/2]: forgotten in the cover."""
    box = Box().series("a", 2, version=2)
    box.mails[0] = box.mails[0].replace("[PATCH v2 0/2]", "[PATCH 0/2]")
    (series,) = read(box).series
    assert (series.version, series.cover is not None) == (2, True)
    assert "the cover letter says version 1" in series.warnings[0]


def test_a_cover_without_a_number_is_found() -> None:
    """A mail that starts the thread and sums up the changes is the cover."""
    box = Box().series("a", 2)
    box.mails[0] = box.mails[0].replace("[PATCH 0/2] ", "")
    (series,) = read(box).series
    assert series.cover is not None
    assert series.cover.message_id == "a-0@example.org"


def test_replies_with_quoted_or_own_diffs_are_replies() -> None:
    """A diff in a reply never becomes a patch of the series."""
    quoted = "".join(f"> {line}\n" for line in diff().splitlines())
    box = Box().series("a", 1)
    box.add("Re: [PATCH 1/1] widgets: map part 1", f"On Monday Jane wrote:\n{quoted}\nWhy?\n", key="r1", to="a-1",
            author=DOE)
    box.add("Re: [PATCH 1/1] widgets: map part 1", f"How about this?\n\n{diff()}", key="r2", to="r1", author=DOE)
    box.add("widgets: a thought", f"How about this?\n\n{diff()}", key="r3", to="r1", author=DOE)
    found = read(box)
    assert len(found.series) == 1
    assert [roles(found)[key] for key in ("r1", "r2", "r3")] == ["reply"] * 3


def test_a_patch_by_somebody_else_inside_the_thread_leaves_the_choice_clear() -> None:
    """A reviewer's own [PATCH] below the series is a series of its own, but not the one that is meant."""
    box = Box().series("a", 2).add("[PATCH] gadgets: disable", patch_body(path="mm/gadget.c"), key="n", to="a-2",
                                   author=DOE)
    found = read(box)
    assert len(found.series) == 2
    assert found.series[1].below == "a-2@example.org"
    chosen = choose_series(found)
    assert chosen.message_id == "a-0@example.org"
    assert chosen.set_aside == (("n@example.org", "gadgets: disable"),)


def test_a_notice_alone_is_the_patch_that_it_carries() -> None:
    """Where no other mail of the input is a patch, the commit in a robot's mail is what the input is about."""
    found = read(Box().add("[tip: x86/mm] widgets: map", patch_body(), key="t", author=DOE))
    assert [series.message_id for series in found.series] == ["t@example.org"]
    body = f"The patch titled\n     Subject: widgets: map\nis taken.\n\n------------\nFrom: {DOE}\n"
    body += f"Subject: widgets: map\n\n{patch_body()}"
    queued = read(Box().add("+ widgets-map.patch added to mm-unstable branch", body, key="q"))
    assert [series.subject for series in queued.series] == ["widgets: map"]
    bare = read(Box().add("[tip: x86/mm] widgets: map", "Thanks, applied.\n", key="t", author=DOE))
    with pytest.raises(MailError, match="a notice about a patch"):
        choose_series(bare)


def test_a_pull_request_with_its_diff_is_a_patch() -> None:
    """git request-pull -p appends the whole change."""
    body = ("The following changes since commit 1234567890abcdef1234567890abcdef12345678:\n\n"
            f"are available in the Git repository at:\n\n  https://example.org/x.git\n\n{diff()}")
    assert choose_series(read(Box().add("[GIT PULL] widgets", body, key="p"))).patches[0].files


@pytest.mark.parametrize(("subject", "body"), [
    ("[GIT PULL] widgets for 6.13", "Please pull.\n"),
    ("[PULL 00/12] widgets", "Please pull.\n"),
    ("Please pull widgets", "are available in the Git repository at:\n\n  https://example.org/x.git\n"),
])
def test_a_pull_request_is_no_series_to_review(subject: str, body: str) -> None:
    """Its patches are not in the mail, and that is the line, also when every series is asked for."""
    found = read(Box().add(subject, body, key="p"))
    with pytest.raises(MailError, match="pull request"):
        choose_series(found)
    with pytest.raises(MailError, match="pull request"):
        reviewable(found)


def test_a_version_can_be_named_beside_a_mail() -> None:
    """The mail says which series is meant and the number which version of it."""
    box = Box().series("a", 2).series("b", 2, version=2).add("[PATCH] other: x", patch_body(path="mm/o.c"), key="o")
    found = read(box)
    for named, version in (("a-0", 2), ("a-1", 2), ("b-0", 2), ("b-2", 1), ("a-0", 1)):
        assert choose_series(found, message_id=f"{named}@example.org", version=version).version == version
    with pytest.raises(MailError, match="no version 2"):
        choose_series(found, message_id="o@example.org", version=2)


def test_robots_that_quote_the_commit_are_no_submissions() -> None:
    """tip-bot and friends send the whole diff again."""
    box = Box().series("a", 1).add("[tip: x86/mm] widgets: map part 1", patch_body(), key="t", to="a-1", author=DOE)
    found = read(box)
    assert len(found.series) == 1
    assert roles(found)["t"] == "ignored"


def test_a_pull_request_is_recognised() -> None:
    """Nothing in such a mail can be reviewed, and that is said."""
    body = ("The following changes since commit 1234567890abcdef1234567890abcdef12345678:\n\n  Linux 6.12\n\n"
            "are available in the Git repository at:\n\n  https://example.org/linux.git for-next\n")
    (series,) = read(Box().add("[GIT PULL] widgets for 6.13", body, key="p")).series
    assert (series.kind, series.patches, series.total) == ("pull-request", (), 0)


@pytest.mark.parametrize(("subject", "path"), [
    ("[PATCH] hw: fix", "hw/i386/pc.c"), ("[PATCH qemu] fix", "include/linux/x.h"),
    ("[kvm-unit-tests PATCH] fix", "lib/s390x/sie.c"), ("[PATCH] fix", "include/hw/pci.h")])
def test_series_for_other_projects_are_foreign(subject: str, path: str) -> None:
    """Their files cannot be in a kernel tree, or their subject names another project."""
    (series,) = read(Box().add(subject, patch_body(path=path), key="p")).series
    assert series.kind == "foreign"


def test_saved_patches_without_ids_or_threading_are_one_series() -> None:
    """git format-patch writes no Message-ID; the numbers in the subjects are all there is."""
    mails = "".join(
        f"From {index:040x} Mon Sep 17 00:00:00 2001\nFrom: Author {index} <a{index}@example.org>\n"
        f"Date: Mon, 3 Mar 2025 10:00:00 +0100\nSubject: [PATCH {index}/3] widgets: part {index}\n\n{patch_body()}"
        for index in (1, 2, 3))
    found = find_series(read_source(mails.encode()))
    (series,) = found.series
    assert [patch.author.name for patch in series.patches] == ["Author 1", "Author 2", "Author 3"]


def test_the_copy_from_the_preferred_list_is_kept() -> None:
    """One mail through two lists: the second copy is named as such, and the preferred one is read."""
    box = Box().add("[PATCH] widgets: fix", f"{patch_body()}___\nfooter\n", key="p",
                    headers="List-Id: <x.example.net>\n")
    box.add("[PATCH] widgets: fix", patch_body(), key="p", headers="List-Id: <linux-mm.vger.kernel.org>\n")
    found = read(box)
    assert found.series[0].list_name == "linux-mm.vger.kernel.org"
    assert [role.role for role in found.roles] == ["patch", "ignored"]


def test_a_circle_of_replies_ends() -> None:
    """Two mails that answer each other are no reason to run for ever."""
    box = Box().add("Re: x", "a\n", key="a", to="b").add("Re: x", "b\n", key="b", to="a")
    box.add("[PATCH] widgets: fix", patch_body(), key="p", to="a")
    assert len(read(box).series) == 1


def test_an_empty_set_for_mail_without_patches() -> None:
    """Talk is ignored with a reason, and choosing gives one clear line."""
    found = read(Box().add("Lunch?", "At noon.\n", key="a").add("Re: Lunch?", "Yes.\n", key="b", to="a"))
    assert found.series == ()
    assert roles(found) == {"a": "ignored", "b": "reply"}
    with pytest.raises(MailError, match="holds no patch"):
        choose_series(found)


def test_a_cover_letter_alone_is_no_series_to_review() -> None:
    """Its patches are all missing, and that is the line."""
    box = Box().series("a", 2)
    del box.mails[1:]
    found = read(box)
    assert found.series[0].missing == (1, 2)
    with pytest.raises(MailError, match="none of its patches"):
        choose_series(found)


def test_trailers_of_replies_are_checked_against_the_sender() -> None:
    """A Reviewed-by counts as given only when the mail comes from that person."""
    box = Box().series("a", 1)
    box.add("Re: [PATCH 1/1] widgets: map part 1", "> Part 1.\nReviewed-by: John Doe <john@example.com>\n", key="r1",
            to="a-1", author=DOE)
    box.add("Re: [PATCH 1/1] widgets: map part 1", "Acked-by: Somebody Else <else@example.net>\n", key="r2", to="a-1",
            author=DOE)
    box.add("Re: [PATCH 0/1] widgets: map", "Tested-by: John Doe <john@linux.example.com>\n", key="r3", to="a-0",
            author=DOE)
    (series,) = read(box).series
    given = [(trailer.name, trailer.via, trailer.matches) for trailer in series.patches[0].trailers]
    assert given == [("Signed-off-by", "", True), ("Reviewed-by", "r1@example.org", True),
                     ("Acked-by", "r2@example.org", False)]
    assert series.cover is not None
    assert [(trailer.name, trailer.matches) for trailer in series.cover.trailers] == [("Tested-by", True)]


def test_base_information_is_read_in_both_spellings() -> None:
    """git's and b4's lines, and the name that b4 writes as well as the one it looks for."""
    for spelling in ("commit", "id"):
        tail = ("\nbase-commit: 1234567890abcdef1234567890abcdef12345678\n"
                "prerequisite-patch-id: abcdefabcdefabcdefabcdefabcdefabcdefabcd\n"
                "prerequisite-patch-id: bcdefabcdefabcdefabcdefabcdefabcdefabcde\n"
                "prerequisite-message-id: <first@example.org>\nBased-on: <second@example.org>\n"
                f"prerequisite-change-id: 20250101-x-0123456789ab:v2\nprerequisite-base-{spelling}: fedcba9876543210\n")
        (series,) = read(Box().series("a", 2, cover="", tail=tail)).series
        assert series.base_commit == "1234567890abcdef1234567890abcdef12345678"
        assert len(series.prerequisite_patch_ids) == 2
        assert series.prerequisite_message_ids == ("first@example.org", "second@example.org")
        assert series.prerequisite_base_commit == "fedcba9876543210"
        assert series.prerequisite_change_ids == ("20250101-x-0123456789ab:v2",)


def test_the_in_body_author_wins() -> None:
    """The sender is not always the author; git am takes the From line at the top of the text."""
    box = Box().add("[PATCH] widgets: fix", patch_body(top="From: Real Author <real@example.org>\n\n"), key="p")
    (series,) = read(box).series
    assert series.patches[0].author.email == "real@example.org"
    assert series.patches[0].changelog == "Widgets lose their errors."
    assert (str(series.author), series.written_by.email) == (JANE, "real@example.org")


@pytest.mark.parametrize(("sender", "written_by"), [
    ("jane@example.org", "real@example.org"), (JANE, "jane@example.org")])
def test_who_speaks_in_a_cover_letter_wrote_the_series_unless_no_name_says_who(sender: str, written_by: str) -> None:
    """A cover letter without a name comes from an address alone: then the one author of all patches is named."""
    top = "From: Real Author <real@example.org>\n\n"
    box = Box().add("[PATCH 0/1] widgets", "Maps widgets.\n", key="c", author=sender)
    box.add("[PATCH 1/1] widgets: fix", patch_body(top=top), key="p", to="c", author=sender)
    (series,) = read(box).series
    assert series.written_by.email == written_by


def test_a_cover_that_counts_one_patch_too_many_makes_none_missing() -> None:
    """[PATCH 0/3] above [PATCH 1/2] and [PATCH 2/2]: the patches are all there by their own numbers."""
    box = Box().series("a", 2)
    box.mails[0] = box.mails[0].replace("[PATCH 0/2]", "[PATCH 0/3]")
    (series,) = read(box).series
    assert (series.total, series.missing) == (2, ())
    assert series.warnings == ("the cover letter counts 3 patches, the patches count 2",)


@pytest.mark.parametrize(("title", "cover", "version"), [
    ("map the widgets v3", "Maps.\n\nChanges since v2:\n - fixed the build\n", 3),
    ("map the widgets (v2)", "Maps.\n\nChangelog v1:\n - fixed the build\n", 2),
    ("map the widgets of cgroup v2", "Maps widgets where cgroup v1 cannot.\n", 1),
    ("support interface version 4", "Changes since v6:\n - later than the title says\n", 1),
])
def test_a_version_may_stand_at_the_end_of_a_covers_title(title: str, cover: str, version: int) -> None:
    """It is the series' version where the letter tells what changed since an earlier one; else it is of the title."""
    box = Box().series("new", 2, title=title, cover=cover)
    (series,) = read(box).series
    assert (series.version, series.warnings) == (version, ())


def test_a_version_in_the_title_is_linked_with_the_one_before() -> None:
    """The first posting, whose title has no number yet, is the earlier version."""
    box = Box().series("old", 2, title="map the widgets")
    box.series("new", 2, title="map the widgets v2", cover="Maps.\n\nChanges since v1:\n - fixed the build\n")
    found = read(box)
    assert [one.version for one in found.series] == [2]
    assert [one.version for one in found.older] == [1]
