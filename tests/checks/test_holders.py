"""Which files hold a name: the same whatever else was asked, at each moment of a series."""

from __future__ import annotations

import pytest

from reviewbot.checks.changed_names import Holders
from reviewbot.source import MemoryTree

_FILES = {
    "mm/a.c": "int map_one(void);\n",
    "mm/b.c": "int map_one_more(void);\n",
    "mm/c.c": "int map_one(void); int map_one_more(void);\n",
    "mm/d.c": "map_one",
    "tools/e.c": "map_one();\n",
}


@pytest.mark.parametrize("others", [(), ("map_one_more",), (*(f"map_{n}" for n in range(9)), "map_one_more")])
def test_a_file_holds_a_name_as_a_word_whatever_is_asked_with_it(others: tuple[str, ...]) -> None:
    """What names only a longer name does not hold the shorter one, also where both are asked for at once."""
    tree = MemoryTree(_FILES)
    assert Holders().files(tree, tree, (), ("map_one", *others))["map_one"] == ("mm/a.c", "mm/c.c", "mm/d.c")


def test_each_moment_has_its_own_holders() -> None:
    """A file that a patch changes is looked at as it stands at the moment that is asked about."""
    base = MemoryTree(_FILES)
    now = MemoryTree({**_FILES, "mm/a.c": "", "mm/b.c": "int map_one(void);\n"})
    holders = Holders()
    for _ in range(2):
        assert holders.files(base, base, (), ("map_one",))["map_one"] == ("mm/a.c", "mm/c.c", "mm/d.c")
        assert holders.files(base, now, ("mm/a.c", "mm/b.c"), ("map_one",))["map_one"] == ("mm/b.c", "mm/c.c", "mm/d.c")
