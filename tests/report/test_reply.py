"""Reply drafts are mails that a maintainer could send as they are."""

from __future__ import annotations

import email
import email.policy
import random
import re
from dataclasses import replace
from email.message import EmailMessage

import pytest
import report_sample as sample

from reviewbot.mail.types import Address, Message
from reviewbot.report import Draft, draft_replies, render_eml
from reviewbot.review.types import Review


def drafts_of(review: Review, messages: dict[str, Message]) -> tuple[Draft, ...]:
    return draft_replies(review, identity=sample.ME, messages=messages, date=sample.NOON)


def parse(draft: Draft) -> EmailMessage:
    return email.message_from_bytes(draft.text.encode(), policy=email.policy.default)


def test_one_mail_for_each_patch_with_new_findings(review: Review, messages: dict[str, Message]) -> None:
    """Patches with old defects or notes only get no mail; the others get one each."""
    drafts = drafts_of(review, messages)
    assert [draft.patch for draft in drafts] == [1, 2]
    assert drafts[0].findings == ("ignored-result-1", "warn-only-1")
    assert [draft.file_name for draft in drafts] == ["reply-0001.eml", "reply-0002.eml"]


def test_headers_thread_and_address(review: Review, messages: dict[str, Message]) -> None:
    """The author is asked, everyone else is in Cc once, we are not, and the whole chain of references is there."""
    mail = parse(drafts_of(review, messages)[0])
    assert mail["Subject"] == "Re: [RFC PATCH v2 1/4] mm: add guard_page()"
    assert mail["From"] == "Me Reviewer <me@example.net>"
    assert mail["To"] == "Ada Example <ada@example.org>"
    assert mail["Cc"] == "Bea Keeper <bea@example.com>, linux-mm@kvack.org"
    assert mail["In-Reply-To"] == "<20260302.1-ada@example.org>"
    assert mail["References"] == "<20260302.0-ada@example.org> <20260302.1-ada@example.org>"
    assert re.fullmatch(r"<[0-9a-f]{24}-reviewbot-reply@reviewbot>", mail["Message-ID"])
    assert mail["Date"] == "Tue, 03 Mar 2026 12:00:00 +0000"
    assert mail["X-Mailer"].startswith("reviewbot ")
    assert mail.get_content_type() == "text/plain"


def test_body_quotes_only_what_is_spoken_of(review: Review, messages: dict[str, Message]) -> None:
    """The comment stands under its line, at most five lines are quoted above it, and a mark stands for the rest."""
    body = drafts_of(review, messages)[0].body
    lines = body.splitlines()
    assert lines[0] == "On Mon, 02 Mar 2026 09:15:00 +0200, Ada Example <ada@example.org> wrote:"
    assert "> @@ -0,0 +1,18 @@" in lines
    assert "> [ ... skip 5 lines ... ]" in lines
    at = lines.index("> +\t\tset_direct_map_invalid_noflush(page);")
    assert [line.startswith(">") for line in lines[at - 5:at + 3]] == [True] * 6 + [False, False]
    assert lines[at + 2].startswith("guard_page() drops the result of")
    assert "include/linux/guard_page.h" not in body
    assert "> +}" not in lines
    assert "returns -ENOMEM here?" in body


def test_lines_of_prose_are_short(review: Review, messages: dict[str, Message]) -> None:
    """Our own prose keeps to 72 columns."""
    for draft in drafts_of(review, messages):
        prose = [line for line in draft.body.splitlines()[1:] if not line.startswith((">", " "))]
        assert max(map(len, prose)) <= 72


def test_signature_names_tool_and_rules_and_no_review_tag(review: Review, messages: dict[str, Message]) -> None:
    """The signature says which tool, version and rules; nothing is reviewed, acked, tested or signed by anybody."""
    body = drafts_of(review, messages)[0].body
    assert "\n-- \ndrafted with reviewbot " in body
    assert body.endswith("\nrules: ignored-result and warn-only\n")
    assert not re.search(r"(?im)^\s*(?:reviewed|acked|nacked|tested|signed-off|reported)-by:", body)


def test_same_review_same_mail(review: Review, messages: dict[str, Message]) -> None:
    """Two runs give the same bytes; without a date there is no Date, and the Message-ID does not change."""
    first, again = drafts_of(review, messages), drafts_of(review, messages)
    assert first == again
    dateless = draft_replies(review, identity=sample.ME, messages=messages)
    assert parse(dateless[0])["Date"] is None
    assert dateless[0].message_id == first[0].message_id


def test_an_offset_does_not_move_the_comment(messages: dict[str, Message]) -> None:
    """A finding numbered as the tree is finds its line in a mail whose numbers differ."""
    line = sample.line_of(sample.POOL_AFTER, "goto undo;")
    found = sample.finding(patch=3, file="mm/pool.c", line=line, end_line=line, code="goto undo;", message="It jumps.")
    (draft,) = drafts_of(sample.make_review(findings=(found,)), messages)
    lines = draft.body.splitlines()
    assert lines[lines.index("It jumps.") - 2] == "> +\t\tgoto undo;"


def test_finding_outside_the_mail_names_its_place(messages: dict[str, Message]) -> None:
    """A finding on a line that the mail does not show is told with file and line, and nothing is quoted for it."""
    line = sample.line_of(sample.COPY_AFTER, "copied++")
    found = sample.finding(patch=2, file="kernel/power/copy.c", line=line, code="copied++;", message="It counts.")
    (draft,) = drafts_of(sample.make_review(findings=(found,)), messages)
    assert f"In kernel/power/copy.c:{line}: It counts." in draft.body
    assert "> @@" not in draft.body


def test_claim_is_quoted_from_the_message(messages: dict[str, Message]) -> None:
    """A finding about a sentence of the commit message, or of the cover, quotes that sentence."""
    found = (sample.finding(id="1", patch=2, file="", line=0, code="No functional change intended."),
             sample.finding(id="2", patch=0, file="", line=0, code="Pages of the image are guarded."))
    cover, patch = drafts_of(sample.make_review(findings=found), messages)
    assert "> Pages of the image are guarded.\n" in cover.body
    assert "> No functional change intended.\n" in patch.body
    assert cover.subject == "Re: [RFC PATCH v2 0/4] mm: guard the pages of the image"


def test_reply_to_and_rewritten_from(review: Review, messages: dict[str, Message]) -> None:
    """Reply-To wins; a list's rewritten From is undone by X-Original-From."""
    mid = "20260302.1-ada@example.org"
    asked = replace(messages[mid], reply_to=(Address(name="Elsewhere", email="other@example.org"),))
    (draft, _) = drafts_of(review, messages | {mid: asked})
    assert draft.to == ("Elsewhere <other@example.org>",)
    assert draft.cc[0] == "Ada Example <ada@example.org>"
    relayed = replace(messages[mid], author=Address(name="Bea Keeper", email="bea@example.com"))
    (draft, _) = drafts_of(review, messages | {mid: relayed})
    assert draft.to == ("Bea Keeper <bea@example.com>", "Ada Example <ada@example.org>")
    rewritten = replace(messages[mid], author=Address(name="Ada via list", email="list@kvack.org"),
                        headers=(("X-Original-From", "Ada Example <ada@example.org>"),))
    assert drafts_of(review, messages | {mid: rewritten})[0].to == ("Ada Example <ada@example.org>",)


@pytest.mark.parametrize("subject", ["Re: [PATCH] x", "RE: re: [PATCH] x", "[PATCH] x", "Aw: [PATCH] x"])
def test_re_stands_once(review: Review, messages: dict[str, Message], subject: str) -> None:
    """`Re:` stands once, whatever the mail had."""
    mid = "20260302.1-ada@example.org"
    draft = drafts_of(review, messages | {mid: replace(messages[mid], subject=subject)})[0]
    assert draft.subject == "Re: [PATCH] x"


def test_nobody_injects_a_header(review: Review, messages: dict[str, Message]) -> None:
    """Line breaks and control characters in subjects, names, addresses and ids add no header and raise nothing."""
    evil = "x\r\nBcc: victim@example.org\r\n\r\nbody\x00\x1b\u202e"
    mid = "20260302.1-ada@example.org"
    hostile = replace(messages[mid], subject=evil, references=(evil, "ok@example.org"), in_reply_to=evil,
                      author=Address(name=evil, email="ada@example.org\r\nBcc: v@example.org"),
                      to=(Address(name=evil, email="bea@example.com"), Address(name="", email="no address")),
                      cc=(Address(name="x", email=f"<{evil}>"),), headers=(("X-Original-From", evil),))
    mail = parse(drafts_of(review, messages | {mid: hostile})[0])
    assert mail["Bcc"] is None
    assert len(mail.defects) == 0
    assert mail["References"] == "<ok@example.org> <20260302.1-ada@example.org>"
    assert mail["Subject"].startswith("Re: x Bcc: victim@example.org body<U+0000>")


def test_strange_addresses_are_left_out(review: Review, messages: dict[str, Message]) -> None:
    """Whatever stands in an address, the draft is made, and every recipient in it is one that can be written to."""
    mid = "20260302.1-ada@example.org"
    chance = random.Random(7)
    strange = ["a@b.", "a@.b", "a@b..c", ".a@b", "a.@b", "a..b@c", "a@b@c", "@", "a@", "@b", "a@-.b", "a@[1]"]
    strange += ["".join(chance.choices("ab.@-+_<>()[]\"\\;:, \0\xe9", k=chance.randint(1, 12))) for _ in range(400)]
    people = tuple(Address(name="", email=text) for text in strange)
    draft = drafts_of(review, messages | {mid: replace(messages[mid], cc=people)})[0]
    mail = parse(draft)
    assert len(mail.defects) == 0
    assert all(address.addr_spec.count("@") == 1 and not address.addr_spec.endswith(".")
               for address in mail["Cc"].addresses)


def test_people_have_names(review: Review, messages: dict[str, Message]) -> None:
    """Names outside ASCII arrive, in headers encoded and in the body as UTF-8."""
    mid = "20260302.1-ada@example.org"
    named = replace(messages[mid], author=Address(name="Ådá Ëxample", email="ada@example.org"))
    draft = drafts_of(review, messages | {mid: named})[0]
    assert "Ådá Ëxample <ada@example.org> wrote:" in draft.body
    assert draft.text.split("\n\n", 1)[0].isascii()
    assert parse(draft)["To"].addresses[0].display_name == "Ådá Ëxample"


def test_mail_that_is_not_there(review: Review) -> None:
    """Without the patch's mail the draft is made of what the series knows."""
    mail = parse(drafts_of(review, {})[0])
    assert mail["Subject"] == "Re: [RFC PATCH v2 1/4] mm: add guard_page()"
    assert mail["References"] == "<20260302.0-ada@example.org> <20260302.1-ada@example.org>"


def test_several_drafts_make_an_mbox(review: Review, messages: dict[str, Message]) -> None:
    """One draft is the mail itself, several are an mboxrd file, none is nothing."""
    drafts = drafts_of(review, messages)
    assert render_eml(()) == ""
    assert render_eml(drafts[:1]) == drafts[0].text
    assert len(re.findall(r"(?m)^From mboxrd@z Thu Jan  1 00:00:00 1970$", render_eml(drafts))) == 2


def test_b4_reads_our_comments(review: Review, messages: dict[str, Message]) -> None:
    """b4 takes each comment out of the draft again, at the right file and line of code."""
    reader = pytest.importorskip("b4.review._review")
    for draft in drafts_of(review, messages):
        asked = [f for f in review.findings if f.id in draft.findings]
        taken = reader._extract_comments_from_quoted_reply(draft.body)
        assert [(c["path"].removeprefix("b/"), c["content"].lstrip("+-\t ")) for c in taken] == [
            (f.file, f.code) for f in asked]


def test_drafts_are_made_from_the_first_page() -> None:
    """What the page does not ask stays out; the cover is answered where two patches do the same to the same, and the
    answers to these patches do not tell all of it."""
    sums_up = sample.first_page()
    row = sums_up.rows[0]
    other = replace(row, id="row-2", patch=1, because=("cell-9",))
    page = replace(sums_up, ask=("stub-on-arch-1",), rows=(row, other))
    drafts = draft_replies(sample.make_review(first_page=page), identity=sample.ME, messages=sample.make_messages(),
                           date=sample.NOON)
    by_patch = {draft.patch: draft for draft in drafts}
    assert sorted(by_patch) == [0, 1, 2]
    assert page.conclusion.split(":")[0] in " ".join(by_patch[0].body.split())
    assert by_patch[1].findings == ("ignored-result-1",)
    assert by_patch[2].findings == ("stub-on-arch-1",)
    told = replace(page, rows=(row, replace(other, because=row.because)))
    again = draft_replies(sample.make_review(first_page=told), identity=sample.ME, messages=sample.make_messages(),
                          date=sample.NOON)
    assert [draft.patch for draft in again] == [1, 2]


def test_a_comment_is_short() -> None:
    """A comment is the fact and the question, with no block of evidence behind it."""
    drafts = draft_replies(sample.make_review(), identity=sample.ME, messages=sample.make_messages(), date=sample.NOON)
    for draft in drafts:
        assert "Seen " not in draft.body
        assert max(len(line) for line in draft.body.splitlines() if not line.startswith((">", "On "))) <= 72


def test_the_cover_says_nothing_twice(review: Review, messages: dict[str, Message]) -> None:
    """The answer to the cover has the conclusion, no number of rows that it does not show, and no row that the
    conclusion or the mail to a patch tells."""
    first, second, *_ = review.first_page.rows
    shared = replace(second, arch=first.arch, config=first.config)
    third = replace(shared, id="row-9", statement="walk_one() stays as it is", gist="", because=("cell-9",), patch=3)
    page = replace(review.first_page, rows=(first, shared, third),
                   conclusion=f"{review.first_page.conclusion} 2 more changes stand below.")
    cover = drafts_of(replace(review, first_page=page), messages)[0]
    assert cover.patch == 0
    flat = " ".join(cover.body.split())
    assert "stand below" not in flat
    assert flat.count("copy_one() no longer maps page") == 1
    assert "walk_one() stays as it is (patch 3" in flat


def test_the_fact_names_its_architectures(review: Review, messages: dict[str, Message]) -> None:
    """Architectures stand in the fact, and only those on which a row of the page shows it."""
    found = sample.finding(patch=1, arch=("arm64", "x86"), message="The 'page' stays as it was.", level="error")
    row = replace(review.first_page.rows[0], arch=("x86",), because=(found.id,))
    shown = sample.make_review(findings=(found,), first_page=replace(review.first_page, rows=(row,), ask=(found.id,)))
    assert "On x86 the page stays as it was." in " ".join(drafts_of(shown, messages)[0].body.split())
    bare = replace(shown, first_page=replace(shown.first_page, rows=()))
    body = drafts_of(bare, messages)[0].body
    assert "The page stays as it was." in body
    assert "That is on" not in body


def test_a_question_that_the_log_answers_is_not_asked(messages: dict[str, Message]) -> None:
    """What something is meant for is not asked where the commit message names it and says what it is good for."""
    found = sample.finding(patch=1, symbol="guard_page", question="Which caller is 'guard_page' meant for?")
    review = sample.make_review(findings=(found,))
    first, *rest = review.series.patches
    for log, count in (("Add guard_page(), which is useful on its own.", 0), ("Add guard_page().", 1)):
        series = replace(review.series, patches=(replace(first, changelog=log), *rest))
        assert sum(draft.patch == 1 for draft in drafts_of(replace(review, series=series), messages)) == count


def test_a_line_that_stands_twice_is_told_by_what_is_around_it(messages: dict[str, Message]) -> None:
    """Where the mail has a finding's line twice, the one beside the call that the finding rests on is quoted."""
    lines = sample.GUARD_AFTER.splitlines()
    first = lines.index("\t\treturn;") + 1
    step = replace(sample.X86, kind="patch", file="mm/guard.c", line=400, text=lines[first - 2].strip())
    found = sample.finding(line=401, code="return;", message="It ends.", evidence=(step,), function="guard_page")
    review = sample.make_review(findings=(found,))
    body = drafts_of(review, messages)[0].body.splitlines()
    assert body[body.index("It ends.") - 2] == "> +\t\treturn;"
    gone = replace(found, code="nowhere();")
    body = drafts_of(replace(review, findings=(gone,)), messages)[0].body.splitlines()
    assert body[body.index("It ends.") - 2] == f"> +{lines[first - 2]}", "the mail's own line that it rests on"


def test_nothing_is_asked_twice_and_a_cause_is_told_by_what_it_leads_to(review: Review,
                                                                       messages: dict[str, Message]) -> None:
    """One question about two places is asked once, and a dropped result is told by the free behind it."""
    freed = sample.finding(id="freed-1", rule="freed-in-unknown-state", patch=1, category="leak-on-failure",
                           level="error", message="The 'page' is given back.", question="Can 'page' be leaked there?")
    again = replace(freed, id="freed-2", message="The 'page' is given back here, too.")
    dropped = replace(freed, id="ignored-1", rule="ignored-result", category="ret-ignored", message="It is dropped.",
                      question="What happens to 'page'?")
    row = replace(review.first_page.rows[0], because=("freed-1", "freed-2", "ignored-1"))
    shown = sample.make_review(findings=(freed, again, dropped),
                               first_page=replace(review.first_page, rows=(row,), ask=("freed-1",)))
    body = " ".join(drafts_of(shown, messages)[0].body.split())
    assert "given back here, too" in body
    assert body.count("be leaked there?") == 1
    assert "It is dropped." not in body
