"""C as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cfacts import Lines, identifiers, lexer, squash_c, tokens


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text.encode())]


def test_comments_and_white_space_are_no_tokens() -> None:
    """What is left of a line with comments are its words."""
    assert words("a /* b */ += c; // d\n\te->f") == ["a", "+=", "c", ";", "e", "->", "f"]


def test_a_preprocessor_line_is_one_token_with_its_continuation_lines() -> None:
    """`#` starts a preprocessor line only where nothing but blanks stands before it."""
    found = tokens(b"#define A \\\n\tb /* x\n y */ c\nint d;\n  # if E\n")
    assert [(token.kind, token.line) for token in found] == [
        ("directive", 1), ("name", 4), ("name", 4), ("punct", 4), ("directive", 5)]


def test_words_in_strings_and_comments_are_no_identifiers() -> None:
    """identifiers() sees code and preprocessor text, not strings, characters or comments."""
    text = b'#define set_x(a) a + 1\n/* set_y */ call("set_z \\" set_y", \'q\', 0x1f); // set_w\n'
    assert [name for name, _ in identifiers(text)] == ["define", "set_x", "a", "a", "call"]


def test_a_string_ends_on_its_line_at_the_latest() -> None:
    """An open quote does not swallow the next line."""
    assert words('a = "b;\nc;') == ["a", "=", '"b;', "c", ";"]


def test_squash_joins_lines_and_keeps_strings() -> None:
    """Runs of blanks become one, outside strings."""
    assert squash_c(b'f(a,\t /* x */\n\t  "b  c");') == 'f(a, "b  c");'


def test_lines_and_columns_count_from_one() -> None:
    """The first byte is line 1, column 1."""
    lines = Lines(b"ab\ncd\n")
    assert (lines.line(0), lines.column(0)) == (1, 1)
    assert (lines.line(4), lines.column(4)) == (2, 2)
    assert lines.start(2) == 3
    assert lines.start(99) == 6


@given(st.text(alphabet=st.sampled_from("ab1 \n\t\"'/*\\#(){};,.-+><=&|")))
def test_tokens_stand_where_they_say(text: str) -> None:
    """Each token's text is what stands at its offset, and tokens do not overlap."""
    data = text.encode()
    end = 0
    for token in tokens(data):
        assert data[token.offset:token.end].decode() == token.text
        assert token.offset >= end
        end = token.end


@given(st.text(alphabet=st.sampled_from("abL1 \n\t\"'/*\\#(){};,.-+><=&|é")), st.integers(0, 40), st.integers(0, 40))
def test_the_quick_reading_says_what_the_careful_one_says(text: str, start: int, length: int) -> None:
    """Words found all at once are those found one after the other, from any byte to any other."""
    data = text.encode()
    end = min(start + length, len(data))
    lines = Lines(data)
    quick = lexer._words(data, start, end, lines)
    careful = list(lexer._scan(data, start, end, lines))
    assert quick in (careful, None)
    assert quick is not None or any(word.text.startswith("#") and word.kind == "punct" for word in careful)


@pytest.mark.parametrize(("before", "after"), [
    ("int a;\nint b;\n", "int a;\n\n/* why */\nint  b;\n"),
    ("int a;\nint b;\n", "int a;\nint c;\n"),
    ("/* one\n * two\n */\nint a;\n", "/* one\n * three; f();\n */\nint a;\n"),
    ("/* one\n two */ int a;\n", "/* one */\n two */ int a;\n"),
    ("int a;\n/*\nint b;\n*/\n", "int a;\n/*\nint b; */\n*/\n"),
    ('char *s = "/*";\nint a;\n', 'char *s = "/*";\nint b;\n'),
    ('char *s = "a  b";\n', 'char *s = "a b";\n'),
    ("// one \\\nint a;\nint b;\n", "// one \\\nint c;\nint b;\n"),
    ("// one\nint a;\nint b;\n", "// one \\\nint a;\nint b;\n"),
    ("int a;\n", ""),
    ("", "/* only */\n"),
])
def test_only_what_differs_is_looked_at_to_say_that_two_versions_are_the_same_code(before: str, after: str) -> None:
    """Two versions are the same code exactly when each is the same line without comments and blanks."""
    for left, right in ((before, after), (after, before), (before, before)):
        same = squash_c(left.encode()) == squash_c(right.encode())
        assert lexer.same_code(left.encode(), right.encode()) == same
