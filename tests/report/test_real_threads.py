"""The reports hold on real threads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import report_sample as sample
from test_html_page import read

from reviewbot.findings.types import Finding
from reviewbot.mail import read_source
from reviewbot.report import draft_replies, render_html, render_json, render_sarif, render_text
from reviewbot.report.diff import hunks_of
from reviewbot.review.types import Review
from reviewbot.series import Series, find_series
from reviewbot.source import apply_series, fragments, open_tree
from reviewbot.source.types import PatchedTree


def one_finding_a_file(series: Series, patched: PatchedTree) -> tuple[Finding, ...]:
    """Return a made-up finding at the middle added line of each file of each patch."""
    found = []
    for state in patched.states:
        for file in state.files:
            if file.added:
                line = sorted(file.added)[len(file.added) // 2]
                code = (file.after or b"").decode("utf-8", "replace").split("\n")[line - 1].strip()
                found.append(sample.finding(id=f"{state.index}-{file.path}", patch=state.index, file=file.path,
                                            line=line, end_line=line, code=code, message="Something stands here."))
    return tuple(found)


def review_of(series: Series, patched: PatchedTree) -> Review:
    return sample.make_review(series=series, patched=patched, findings=one_finding_a_file(series, patched),
                              behaviour=(), claims=(), level_set=(), skips=())


@pytest.mark.threads
def test_every_thread_gives_every_format(threads_folder: Path) -> None:
    """Without a tree, each series of each thread makes a well-formed page, and each finding stands in the diff."""
    for path in sorted(threads_folder.glob("*.mbox")):
        mailbox = read_source(path)
        messages = {message.message_id: message for message in mailbox.messages}
        for series in find_series(mailbox).series[:20]:
            review = review_of(series, fragments(series, kernel="6.12"))
            page = read(render_html(review, {}))
            assert (page.faults, page.open, page.loads) == ([], [], []), path.name
            assert "not changed by this patch" not in " ".join(page.text)
            for draft in draft_replies(review, identity=sample.ME, messages=messages):
                assert "\nIn " not in draft.body
            for text in (render_text(review, {}), render_json(review), render_sarif(review, rules={})):
                assert text.endswith("\n")


@pytest.mark.kernel
@pytest.mark.threads
def test_rebuilt_hunks_change_the_same_lines(threads_folder: Path, kernel_tree: Callable[[str], Path]) -> None:
    """On a real tree, the hunks made anew from each file add and remove what the mail's hunks do."""
    tree = open_tree(kernel_tree("5.10"))
    for path in sorted(threads_folder.glob("direct-map-robustness-*.mbox")):
        for series in find_series(read_source(path)).series:
            for patch, state in zip(series.patches, apply_series(series, tree).states, strict=True):
                files = {file.path: file for file in state.files}
                for diff in patch.files:
                    rebuilt = hunks_of(files.get(diff.path), diff)
                    assert [(line.kind, line.text) for hunk in rebuilt for line in hunk.lines if line.kind != " "] == [
                        (line.kind, line.text) for hunk in diff.hunks for line in hunk.lines if line.kind != " "]
