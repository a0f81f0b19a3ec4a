"""The function beside a row's place is the one in which its line stands."""

from __future__ import annotations

from reviewbot.report.front import build_front
from reviewbot.resources import data_folder
from tests.review.test_seen import review

FOLDER = data_folder("rules") / "checks" / "undeclared-on-arch" / "bad_names_of_one_architecture_each"


def test_a_called_name_is_no_place() -> None:
    """Two sentences begin with what is called; their lines stand in the function that calls it."""
    before, after = ({str(path.relative_to(FOLDER / side)): path.read_text()
                      for path in sorted((FOLDER / side).rglob("*")) if path.is_file()} for side in ("before", "after"))
    before |= {"Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n', "Kbuild": "obj-y += mm/\n"}
    found = review(before, {**before, **after}, arches=("arm64", "x86"))
    places = [row.place for row in build_front(found, byline="", notices=(), base="").rows if row.asks]
    assert len(places) == 2
    assert not [place for place in places if "demo_pte" in place]
