"""Which files hold a name: the same whatever else was asked, at each moment of a series."""

from __future__ import annotations

from collections.abc import Iterable

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


def test_one_search_is_for_all_names_that_are_expected() -> None:
    """The first name that was not searched for ahead brings the expected ones along; a later one is looked for alone,
    and what is found for each does not depend on it."""
    class Counting(MemoryTree):
        def search(self, words: Iterable[str], *, prefixes: tuple[str, ...] = (),
                   suffixes: tuple[str, ...] = (".c", ".h")) -> tuple[str, ...]:
            asked.append({*words})
            return super().search(words, prefixes=prefixes, suffixes=suffixes)

    asked: list[set[str]] = []
    tree, holders = Counting(_FILES), Holders()
    holders.expect(lambda: ("map_one", "map_two"))
    assert holders.files(tree, tree, (), ("map_one_more",))["map_one_more"] == ("mm/b.c", "mm/c.c")
    assert holders.files(tree, tree, (), ("map_one",))["map_one"] == ("mm/a.c", "mm/c.c", "mm/d.c")
    assert holders.files(tree, tree, (), ("map_two",))["map_two"] == ()
    assert asked == [{"map_one", "map_one_more", "map_two"}]
    holders.files(tree, tree, (), ("map_three",))
    assert asked[1:] == [{"map_three"}]
