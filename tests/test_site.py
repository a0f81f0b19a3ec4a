"""The documentation site has a page for every text, command and rule, and no link of it leads nowhere."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

from reviewbot.cli.knowledge import load_knowledge
from reviewbot.contracts.detect import DETECTORS

TOP = Path(__file__).resolve().parents[1]
_LINK = re.compile(r"\]\((?!https?://)([^)#\s]+)(?:#[^)\s]*)?\)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site's sources."""
    target = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(TOP)
        patch.setenv("XDG_CACHE_HOME", str(target / "cache"))
        runpy.run_path(str(TOP / "docs" / "build_site.py"))["build"](target)
    return target


def _named(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    parts = list(nav.values()) if isinstance(nav, dict) else nav
    assert isinstance(parts, list)
    return [name for part in parts for name in _named(part)]


def test_every_page_stands_in_the_contents(site: Path) -> None:
    """A text of docs/ that nobody put into the contents is a page that nobody finds."""
    named = _named(json.loads((site / "mkdocs.yml").read_text())["nav"])
    there = [path.relative_to(site / "pages").as_posix() for path in (site / "pages").rglob("*.md")]
    assert sorted(set(there) - set(named)) == [], "a page that docs/build_site.py does not name"
    assert sorted(named) == sorted(there)
    assert {f"rules/{rule.id}.md" for rule in load_knowledge(()).rules} <= set(named)


def test_every_link_leads_somewhere(site: Path) -> None:
    """Links between pages, and to pictures, name files of the site."""
    dead = [f"{page.name}: {link}" for page in (site / "pages").rglob("*.md")
            for link in _LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert dead == []


def test_pictures_ask_nothing_of_anybody(site: Path) -> None:
    """What is drawn holds no address but those of names (xmlns), and pages of the report load nothing."""
    for picture in (site / "pages" / "pictures").glob("*.svg"):
        assert set(re.findall(r"https?://[^\"' ]+", picture.read_text())) <= {"http://www.w3.org/2000/svg"}
    for page in (site / "pages" / "pictures").glob("*.html"):
        assert not re.search(r"(?:src=|url\()[\"']?https?:", page.read_text())


def test_every_mechanism_of_contracts_is_explained() -> None:
    """A mechanism without a row in its table is one that whoever writes a rule on it has to look for in the code."""
    told = (TOP / "docs" / "contracts.md").read_text(encoding="utf-8")
    assert [one.name for one in DETECTORS if f"| `{one.name}` |" not in told] == [], "no row in docs/contracts.md"
