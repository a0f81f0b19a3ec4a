"""Searches for words in a tree that does not change."""

from __future__ import annotations

import pytest

from reviewbot.errors import TreeError
from reviewbot.source import matcher
from reviewbot.source.words import _MOST_AT_ONCE, Searches, _beginnings, _literals, _runs

FILES = {"mm/a.c": b"set_x(); other", "mm/b.h": b"set_x other_2", "lib/c.c": b"other", "lib/d.S": b"set_x"}
Asked = list[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]


def searches(asked: Asked) -> Searches:
    def narrow(words: tuple[str, ...], prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> tuple[str, ...]:
        asked.append((words, prefixes, suffixes))
        return tuple(FILES)

    return Searches(narrow, FILES.get)


def test_no_word_is_searched_for_twice_in_one_scope() -> None:
    """A narrower question about known words needs no search, a new word only one for itself."""
    asked: Asked = []
    tree = searches(asked)
    assert tree.find(("set_x",), (), (".c", ".h", ".S")) == ("lib/d.S", "mm/a.c", "mm/b.h")
    assert tree.find(("set_x",), ("mm",), (".c",)) == ("mm/a.c",)
    assert tree.find(("other", "set_x"), (), (".c", ".h", ".S")) == ("lib/c.c", "lib/d.S", "mm/a.c", "mm/b.h")
    assert asked == [(("set_x",), (), (".c", ".h", ".S")), (("other",), (), (".c", ".h", ".S"))]


def test_a_narrow_answer_does_not_stand_for_a_wider_question() -> None:
    """What was found below one folder says nothing about the others."""
    asked: Asked = []
    tree = searches(asked)
    assert tree.find(("set_x",), ("lib",), (".S",)) == ("lib/d.S",)
    assert tree.find(("set_x",), (), ()) == ("lib/d.S", "mm/a.c", "mm/b.h")
    assert len(asked) == 2


@pytest.mark.parametrize("inner", ["lib", "lib/", "lib/deep", "lib/deep/"])
def test_a_folder_below_one_that_was_searched_needs_no_search(inner: str) -> None:
    """What was found below some folders tells of each folder inside of them, however its name is spelt."""
    for outer in (("lib", "mm"), ("lib/", "mm/")):
        asked: Asked = []
        tree = Searches(lambda *question, asked=asked: asked.append(question) or ("lib/deep/a.c", "library/b.c"),
                        {"lib/deep/a.c": b"set_x", "library/b.c": b"set_x"}.get)
        assert tree.find(("set_x",), outer, (".c",)) == ("lib/deep/a.c",)
        assert tree.find(("set_x",), (inner,), (".c",)) == ("lib/deep/a.c",)
        assert len(asked) == 1
        assert tree.find(("set_x",), ("library",), (".c",)) == ("library/b.c",)
        assert len(asked) == 2


def test_a_search_ahead_is_the_search() -> None:
    """Words that were asked for ahead are found without another search, and the answer is the same."""
    asked: Asked = []
    tree = searches(asked)
    tree.ahead(("other", "set_x"), ("mm", "lib"), (".c", ".h"))
    assert tree.find(("set_x",), ("mm",), (".c", ".h")) == searches([]).find(("set_x",), ("mm",), (".c", ".h"))
    assert tree.find(("other",), ("lib", "mm"), (".c",)) == ("lib/c.c", "mm/a.c")
    assert len(asked) == 1


def test_a_search_ahead_that_fails_says_so_when_it_is_asked_for() -> None:
    """The error of the search comes to the one who needs its answer."""
    for error in (TreeError("git grep failed: no such tree"), MemoryError("no such tree")):
        def narrow(*_: object, error: Exception = error) -> tuple[str, ...]:
            raise error

        tree = Searches(narrow, FILES.get)
        tree.ahead(("set_x",), (), ())
        with pytest.raises(type(error), match="no such tree"):
            tree.find(("set_x",), (), ())


def test_what_is_known_of_some_endings_is_searched_for_only_in_the_others() -> None:
    """Words that somebody else has found in C files are looked for in assembly alone; ahead asks for no more."""
    asked: Asked = []
    tree = searches(asked)
    tree.know({"set_x": ("mm/a.c", "mm/b.h")}, (".c", ".h"))
    assert tree.find(("set_x",), ("mm",), (".c", ".h")) == ("mm/a.c", "mm/b.h")
    assert asked == []
    tree.ahead(("set_x",), ("mm", "lib"), (".c", ".h", ".S"))
    assert tree.find(("set_x",), ("mm", "lib"), (".c", ".h", ".S")) == ("lib/d.S", "mm/a.c", "mm/b.h")
    assert asked == [(("set_x",), ("mm", "lib"), (".S",))]


@pytest.mark.parametrize("count", [1, 12, 19, 40, 300])
def test_each_word_holds_one_of_the_strings_that_are_looked_for(count: int) -> None:
    """However many words there are, each holds a string of some run, and no run has more than is compared fast."""
    words = tuple(f"{chr(97 + number % 26) * (2 + number // 26)}alone" for number in range(count))
    runs = _runs(_literals((*words, "set_region", "__set_region_on", "can_set_region_at")))
    assert all(any(one in word for run in runs for one in run) for word in (*words, "__set_region_on"))
    assert all(sum(map(len, run)) <= _MOST_AT_ONCE for run in runs)
    assert len(runs) <= 1 + 2 * sum(map(len, words)) // _MOST_AT_ONCE


def test_a_single_word_is_looked_for_whole() -> None:
    """A stem that stands for no other word would be found in thousands of files for nothing."""
    assert _literals(("module_enable_all_of_it", "set_region_a", "set_region_b")) == [
        "module_enable_all_of_it", "set_region_"]


def test_strings_that_begin_alike_are_joined_by_one_that_does_not() -> None:
    """ripgrep would look for what all strings begin with: `__` stands in every file."""
    assert len({one[0] for one in _runs(["__set_region", "__map_region"])[0]}) == 2
    assert _runs(["set_region"]) == [["set_region"]]


def test_git_looks_for_few_strings_that_all_words_hold() -> None:
    """Names of one kind are looked for by their first three words; what two of them share by chance joins none."""
    words = ("__set_region", "can_set_region_map", "platform_get_irq", "platform_set_drvdata", "set_region_map_default",
             "set_region_map_invalid", "set_region_map_valid", "set_region_ro")
    few = _beginnings([*words])
    assert few == ["platform_get_irq", "platform_set_drvdata", "set_region"]
    assert _beginnings(["__weak", "set_one_map_default", "set_one_map_valid"]) == ["__weak", "set_one_map"]
    assert all(any(one in word for one in few) for word in words)


def test_what_is_asked_for_ahead_is_searched_for_in_one_go() -> None:
    """Where more words cost nothing, questions ahead wait for the first that is put, and those about files of the same
    endings are answered together."""
    asked: Asked = []

    def narrow(words: tuple[str, ...], prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> tuple[str, ...]:
        asked.append((words, prefixes, suffixes))
        return tuple(FILES)

    tree = Searches(narrow, FILES.get, together=True)
    tree.ahead(("other",), ("mm", "lib"), (".c", ".h"))
    tree.ahead(("set_x",), ("mm",), (".c", ".h"))
    tree.ahead(("common",), ("mm",), (".h",))
    assert asked == []
    assert tree.find(("new_one",), ("lib",), (".c",)) == ()
    assert tree.find(("set_x",), ("mm",), (".h",)) == ("mm/b.h",)
    assert tree.find(("other",), ("lib",), (".c",)) == ("lib/c.c",)
    assert asked == [(("new_one",), ("lib",), (".c",)), (("other", "set_x"), ("mm", "lib"), (".c", ".h"))]
    assert tree.find(("set_x",), ("lib",), (".S",)) == ("lib/d.S",)


@pytest.mark.parametrize("fast", [True, False])
def test_a_string_is_found_also_as_part_of_a_word(monkeypatch: pytest.MonkeyPatch, fast: bool) -> None:
    """Whether one of many strings stands in a file is told for parts of words too, with and without Hyperscan."""
    monkeypatch.setattr(matcher, "_HYPERSCAN", fast and matcher._HYPERSCAN)
    matcher.strings_in.cache_clear()
    held = matcher.strings_in(frozenset({"set_x", "map_page"}))
    assert [held(data) for data in (b"", b"reset_x()", b"map_pages map_pages", b"set_ x map_pag")] == [
        False, True, True, False]
    assert not matcher.strings_in(frozenset())(b"set_x")
    matcher.strings_in.cache_clear()
