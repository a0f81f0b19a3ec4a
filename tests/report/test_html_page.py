"""The HTML page is whole, harmless and legible."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import pytest
import report_sample as sample
from page_reader import read

from reviewbot.errors import Skip
from reviewbot.findings.types import Claim, LevelSetEntry, RuleText
from reviewbot.report import render_html
from reviewbot.resources import data_folder
from reviewbot.review.page import EMPTY_PAGE
from reviewbot.review.types import Review
from reviewbot.series.types import Role

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y>\x00\x1b[31m\u202eevil\u2066\ufeff javascript:alert(2)"


def hostile_review() -> Review:
    """Return the sample with every string of a stranger replaced by an attack."""
    plain = sample.make_review()
    found = sample.finding(id=HOSTILE, message=HOSTILE, question=HOSTILE, code=HOSTILE, file=HOSTILE, function=HOSTILE,
                           config=HOSTILE, message_id=HOSTILE, notes=(HOSTILE,), arch=(HOSTILE,), rule=HOSTILE,
                           evidence=(sample.source(HOSTILE, 3, HOSTILE),), table=sample.TABLE)
    nasty = f"/* {HOSTILE} */\n" + "x" * 100_000 + "\n\u05d0\u05d1 right to left\n"
    patches = (sample.patch(1, HOSTILE, (sample.file_diff(HOSTILE, "int a;\n", nasty),), HOSTILE),)
    series = replace(
        plain.series, subject=HOSTILE, message_id="javascript:alert(1)@x", list_name=HOSTILE, patches=patches,
        missing=(), warnings=(HOSTILE,), roles=(Role(message_id=HOSTILE, role="ignored", why=HOSTILE),))
    return sample.make_review(
        series=series, findings=(found,), level_set=(LevelSetEntry(topic=HOSTILE, arch=HOSTILE, statement=HOSTILE),),
        claims=(Claim(patch=1, text=HOSTILE, kind="nfc", verdict="holds", because=()),),
        skips=(Skip(where=HOSTILE, stage=HOSTILE, why=HOSTILE),),
        patched=replace(plain.patched, states=(sample.state(1, (
            sample.patched_file(HOSTILE, "int a;\n", nasty),), note=HOSTILE),)))


@pytest.fixture
def html(review: Review, rules: dict[str, RuleText]) -> str:
    return render_html(review, rules)


def test_page_is_well_formed(html: str) -> None:
    """Every tag closes where it should, ids are unique, and every link inside the page has an end."""
    page = read(html)
    assert page.faults == []
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_page_loads_nothing_and_runs_nothing(html: str) -> None:
    """No script, no style sheet from elsewhere, no image; the policy allows only the page's own style by its hash."""
    page = read(html)
    assert page.loads == []
    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "form", "base", "svg"})
    style = re.search(r"<style>(.*)</style>", html, re.DOTALL)
    assert style
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" in html


def test_strangers_cannot_add_to_the_page() -> None:
    """Tags, control characters and direction marks of a mail are shown as text, and only archive links are made."""
    html = render_html(hostile_review(), {})
    page = read(html)
    assert page.faults == []
    assert page.open == []
    assert page.loads == []
    assert page.tags.isdisjoint({"script", "img"})
    assert not set("\x00\x1b\u202e\u2066\ufeff") & set(html)
    assert "<U+202E>" in "".join(page.text)
    assert all(link.startswith(("#", "https://lore.kernel.org/all/")) for link in page.links)


def test_a_huge_line_is_cut(rules: dict[str, RuleText]) -> None:
    """A line of a hundred thousand characters does not make the page grow by as much."""
    style = "".join((data_folder("templates") / part / "style.css").read_text() for part in ("house", "report"))
    assert len(render_html(hostile_review(), rules)) < 80_000 + len(style)


def test_level_set_comes_first(html: str) -> None:
    """What the series really does stands above the behaviour table, the claims, the patches and the old defects."""
    order = ("level-set", "behaviour", "claims", "patches", "old", "coverage", "rules")
    places = [html.index(f'id="{anchor}"') for anchor in order]
    assert places == sorted(places)


def test_finding_stands_under_its_line(html: str) -> None:
    """The row before a finding's card is the marked row of its source line."""
    before = html[:html.index('id="finding-ignored-result-1"')]
    last = re.findall(r'<tr class="([^"]*)">(.*?)</tr>', before, re.DOTALL)[-1]
    assert last[0] == "add mark"
    assert "set_direct_map_invalid_noflush(page);" in last[1]
    assert ">11</td>" in last[1]


def test_old_defects_stand_apart(html: str) -> None:
    """An old defect is shown with its code in its own section, and the headline does not count it."""
    assert html.index('id="finding-ignored-result-2"') > html.index('id="old"')
    assert "<title>1 error, 1 warning, 1 question in patches 1 and 2" in html


def test_finding_without_a_place_stands_at_its_patch(rules: dict[str, RuleText]) -> None:
    """A finding about a whole patch, about the cover, or about a file that no patch touches is still shown."""
    loose = (*(sample.finding(id=f"loose-{n}", patch=n, line=0, file="") for n in (0, 1)),
             sample.finding(id="far", patch=2, file="fs/far.c", line=7, code="far_away();"))
    html = render_html(sample.make_review(findings=loose), rules)
    assert html.count('class="card ') == 3
    assert "far_away();" in html


def test_finding_outside_the_hunks_shows_its_code(rules: dict[str, RuleText]) -> None:
    """A finding in a part of the file that the patch leaves alone comes with its own lines."""
    line = sample.line_of(sample.COPY_AFTER, "copied++")
    far = sample.finding(patch=2, file="kernel/power/copy.c", line=line, end_line=line, function="copy_image")
    html = render_html(sample.make_review(findings=(far,)), rules)
    assert "not changed by this patch: copy_image()" in html
    assert html.index("copied++;") < html.index('id="finding-f1"')


def test_the_first_page_comes_first(html: str, review: Review) -> None:
    """The rows, questions and claims of the page stand before everything else, each with a way to what it rests on."""
    end = html.index('id="level-set"')
    for row in review.first_page.rows:
        assert 0 < html.index(f'id="row-{row.id}"') < end
    for name in review.first_page.ask:
        assert 0 < html.index(f'href="#finding-{name}"') < end


def test_no_findings(rules: dict[str, RuleText]) -> None:
    """A review without findings is a whole page that says what was looked at."""
    review = sample.make_review(findings=(), behaviour=(), claims=(), level_set=(), skips=(), first_page=EMPTY_PAGE)
    html = render_html(review, rules)
    assert read(html).faults == []
    assert "Nothing found in what the series changes." in html
    assert html.count("Checked 9 calls in 6 functions of 4 files") == 1
    assert "Nothing was left out." in html


def test_many_rows_are_folded(rules: dict[str, RuleText]) -> None:
    """Rows of a long new file that lie far from a finding are folded away, and a huge file is cut."""
    text = "".join(f"int line_{n};\n" for n in range(1, 4001))
    diff, file = sample.file_diff("a.c", None, text), sample.patched_file("a.c", None, text)
    plain = sample.make_review()
    review = sample.make_review(
        series=replace(plain.series, patches=(sample.patch(1, "Long", (diff,), ""),)),
        patched=replace(plain.patched, states=(sample.state(1, (file,)),)),
        findings=(sample.finding(file="a.c", line=50, end_line=50),), behaviour=())
    html = render_html(review, rules)
    assert html.count('<details class="fold">') == 2
    assert "3938 lines more" in html
    assert html.count('<tr class="add') < 1700


def test_same_review_same_bytes(review: Review, rules: dict[str, RuleText]) -> None:
    """Two runs over the same review give the same page."""
    assert render_html(review, rules) == render_html(sample.make_review(), sample.make_rules())


def luminance(colour: str) -> float:
    parts = [int(colour[n:n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_contrast_is_enough(theme: int) -> None:
    """Text has a contrast of 4.5 to 1 (WCAG AA) on every ground it stands on, in both themes."""
    css = (data_folder("templates") / "house" / "style.css").read_text()
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[theme]))
    grounds = ["bg", "surface", "sunk"]
    pairs = [(ink, ground) for ink in ("ink", "muted", "link", "error", "good") for ground in grounds]
    pairs += [(ink, ground) for ink in ("ink", "muted", "link") for ground in ("add", "del", "mark")]
    pairs += [(level, f"{level}-bg") for level in ("error", "warning", "question", "note", "good")]
    low = []
    for ink, ground in pairs:
        light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
        if (light + 0.05) / (dark + 0.05) < 4.5:
            low.append((ink, ground, round((light + 0.05) / (dark + 0.05), 2)))
    assert low == []
