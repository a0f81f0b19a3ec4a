"""Text from strangers is decoded without loss and shown without harm."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.text import clip, closing, decode, is_bracketed, line_at, lines_between, places_of, quote_names, visible


def test_control_and_direction_characters_are_spelled_out() -> None:
    """An escape sequence or a right-to-left override never reaches a terminal."""
    assert visible("a\x1b[31mb") == "a<U+001B>[31mb"
    assert visible("x\u202ey") == "x<U+202E>y"
    assert visible("tab\tand\nline") == "tab\tand\nline"


def test_what_shows_nothing_is_spelled_out() -> None:
    """Fillers that are letters by their category, and marks stacked on one letter."""
    assert visible("a\u3164b\u115fc\u2800d") == "a<U+3164>b<U+115F>c<U+2800>d"
    assert visible("e" + "\u0301" * 40) == "e" + "\u0301" * 3 + "<37 more marks>"
    assert visible("Nguye\u0302\u0303n") == "Nguye\u0302\u0303n"


def test_letters_that_pass_for_latin_ones_are_told_in_names_and_paths() -> None:
    """A Cyrillic or Greek letter in a Latin identifier or path is marked; a name in its own script is left."""
    assert visible("set_mem\u043ery_ro") == "set_mem<U+043E>ry_ro"
    assert visible("mm/\u0441ma.c") == "mm/<U+0441>ma.c"
    assert visible("mm/\u0441\u0430\u0440.c") == "mm/<U+0441><U+0430><U+0440>.c"
    assert visible("\u03bfnly \uff46ull") == "<U+03BF>nly <U+FF46>ull"
    for name in ("\u0418\u0432\u0430\u043d \u041e\u0441\u0430", "\u0394t", "5\u00b5s", "J\u00f6rg",
                 "\u0391\u03b8\u03b7\u03bd\u03ac"):
        assert visible(name) == name


@given(st.text())
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    """Spelled out once, nothing is left to spell out."""
    assert visible(visible(text)) == visible(text)


@given(st.text())
def test_visible_leaves_nothing_that_a_terminal_obeys(text: str) -> None:
    """Whatever comes in, no control character but tab and newline comes out."""
    assert all(char in "\n\t" or (char >= " " and char != "\x7f") for char in visible(text))


def test_latin1_sources_are_read() -> None:
    """A source file that is not UTF-8 keeps its length in characters."""
    assert decode(b"J\xf6rg") == "Jörg"
    assert decode("Jörg".encode()) == "Jörg"


def test_lists_and_cuts() -> None:
    """Lists read as English and cuts are marked."""
    assert quote_names(["a"]) == "a"
    assert quote_names(["a", "b", "c"]) == "a, b and c"
    assert quote_names(list("abcdefgh")) == "a, b, c, d, e, f and 2 more"
    assert clip("abcdef", 5) == "ab..."


@given(st.lists(st.sampled_from([b"a", b"ab", b"_", b"$", b" ", b"\n", b"1", b"->", b"\xe9"]), max_size=12),
       st.sampled_from([b"a", b"ab", b"a_", b"aa"]))
def test_a_word_is_found_where_a_regular_expression_finds_it(parts: list[bytes], word: bytes) -> None:
    """Inside a longer identifier it is not the word, and a byte that joins makes it another one, too."""
    text = b"".join(parts)
    assert list(places_of(word, text)) == [hit.start() for hit in re.finditer(rb"(?<!\w)" + word + rb"(?!\w)", text)]
    assert list(places_of(word, text, joined_by=b"$")) == [
        hit.start() for hit in re.finditer(rb"(?<![\w$])" + word + rb"(?![\w$])", text)]


def test_a_line_of_a_file() -> None:
    """Lines are counted from 1 and end at a line feed alone: a form feed in an old source ends none."""
    data = b"one\n\ttwo  words\r\n\x0cthree\n"
    assert [line_at(data, number) for number in (0, 1, 2, 3, 4, 9)] == ["", "one", "two words", "three", "", ""]
    assert line_at(None, 1) == ""
    assert lines_between(data, 2, 3) == ["\ttwo  words", "\x0cthree"]


@pytest.mark.parametrize(("text", "opening", "end"), [
    ("(a)", 0, 2), ("f(a, (b))(c)", 1, 8), ("(a", 0, -1), ("a)", 0, -1), (")(", 0, -1), ("", 0, -1), ("(a)", -1, -1)])
def test_the_bracket_that_closes(text: str, opening: int, end: int) -> None:
    """It is found by counting; where none opens or none closes there is none."""
    assert closing(text, opening) == end


def test_brackets_around_all_of_a_text() -> None:
    """One pair that opens at the start and closes at the end; two beside each other are not around it."""
    assert is_bracketed("(a && (b))")
    assert not is_bracketed("(a) && (b)")
    assert is_bracketed("f(a(b))", 1)
    assert not is_bracketed("f(a)(b)", 1)
    assert not is_bracketed("a", -1)
