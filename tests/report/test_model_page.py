"""An architecture's page is whole, harmless, and names the code behind each fact."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from functools import cache

import pytest
from page_reader import read

from reviewbot.arch import Anchor, ArchPage, Check, Model, anchors_of, build_arch_page, load_model, parse_version
from reviewbot.report import render_model_html
from reviewbot.resources import data_folder

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y>\x1b[31m\u202e"


@cache
def _model() -> Model:
    return load_model((data_folder("rules"),))


RELEASES = [str(release) for release in _model().releases]


def _page(arch: str = "x86", release: str = "6.12") -> ArchPage:
    return build_arch_page(_model(), arch, parse_version(release))


def _found(anchor: Anchor, outcome: str = "holds") -> Check:
    assert outcome in {"holds", "gone"}
    return Check(arch="", kind="fact", subject="", condition="", anchor=anchor, file=anchor.file, line=123,
                 outcome="holds" if outcome == "holds" else "gone", function=anchor.function,
                 why="" if outcome == "holds" else "the code is not there")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("arch", ["alpha", "arm", "arm64", "loongarch", "powerpc", "riscv", "s390", "x86"])
def test_every_architecture_has_a_whole_page(arch: str, release: str) -> None:
    """Every tag closes where it should, ids are unique, links end on the page, and nothing is loaded."""
    html = render_model_html(_page(arch, release), {})
    page = read(html)
    assert (page.faults, page.open, page.loads) == ([], [], [])
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert page.tags.isdisjoint({"script", "link", "img", "svg", "form"})


def test_the_policy_allows_the_page_its_own_style_only() -> None:
    """The style sheet is named by its hash, and it loads nothing."""
    html = render_model_html(_page(), {})
    style = re.search(r"<style>(.*)</style>", html, re.DOTALL)
    assert style
    assert "url(" not in style[1]
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" in html


def test_every_anchor_of_the_release_is_on_the_page() -> None:
    """Each fact, statement, switch and name shows the file, the function and the code it rests on."""
    page = _page("arm64", "7.3")
    said = " ".join("".join(read(render_model_html(page, {})).text).split())
    for anchor in anchors_of(page):
        assert anchor.file in said
        assert " ".join((anchor.has or anchor.lacks or anchor.function).split()) in said


def test_a_tree_gives_the_lines() -> None:
    """With a tree each place has its line, and the head counts what holds."""
    page = _page()
    places = {anchor: _found(anchor) for anchor in anchors_of(page)}
    said = "".join(read(render_model_html(page, places, tree="linux")).text)
    assert f"{len(places)} hold" in said
    assert "held against linux" in said
    assert "arch/x86/mm/pat/set_memory.c:123" in said


def test_what_no_longer_stands_is_shown_unfolded() -> None:
    """A fact whose code is gone says so without a click."""
    page = _page()
    anchor = page.sections[0].behaviours[0].anchors[0]
    places = {one: _found(one, "gone" if one == anchor else "holds") for one in anchors_of(page)}
    html = render_model_html(page, places, tree="linux")
    assert "1 gone" in html
    opened = html[html.index('<details class="evidence" open>'):]
    assert '<span class="chip gone">gone</span>' in opened[:opened.index("</details>")]


def test_a_cell_reaches_over_the_releases_without_a_change() -> None:
    """Releases in which nothing changed are one cell of the table."""
    html = render_model_html(_page(), {})
    table = html[html.index('<table class="data over">'):]
    row = table[table.index(">set_memory_rox<"):]
    assert re.findall(r'colspan="(\d)"[^>]*>([^<]+)<', row[:row.index("</tr>")]) == [
        ("2", "not declared"), ("3", "ENOMEM EFAULT EINVAL")]


def test_a_model_of_a_stranger_cannot_add_to_the_page() -> None:
    """Tags and control characters of a rules folder are shown as text."""
    page = _page()
    switch = replace(page.switches[0], name=HOSTILE, default=HOSTILE, decides=HOSTILE)
    html = render_model_html(replace(page, title=HOSTILE, summary=HOSTILE, switches=(switch,)), {}, tree=HOSTILE)
    nasty = read(html)
    assert (nasty.faults, nasty.open, nasty.loads) == ([], [], [])
    assert nasty.tags.isdisjoint({"script", "img"})
    assert not set("\x1b\u202e") & set(html)


def test_the_same_model_gives_the_same_page() -> None:
    """Two runs give the same bytes."""
    assert render_model_html(_page(), {}) == render_model_html(
        build_arch_page(load_model((data_folder("rules"),)), "x86", parse_version("6.12")), {})
