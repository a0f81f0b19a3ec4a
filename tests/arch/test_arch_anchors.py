"""Token sequences with gaps, and the places they are looked for in."""

from __future__ import annotations

import pytest

from reviewbot.arch.anchors import find_sequence, read_pattern, read_source
from reviewbot.errors import BudgetError

CODE = b"""\
#define TABLE_SIZE(n)	\\
	((n) * 8)
static const struct ops demo_ops = {
	.prepare = demo_prepare,
};
#ifdef CONFIG_DEMO
static int demo(int a)
{
	/* return -EIO; */
	if (a > limit(a, 2) || !ready)
		return -EINVAL;
	return "return -EFAULT;"[a];
}
#else
static inline int demo(int a) { return 0; }
#endif
"""


def _finds(pattern: str, *, function: str = "") -> bool:
    source = read_source("mm/demo.c", CODE)
    spans = source.definitions(function) if function else ((0, len(source.texts)),)
    words = read_pattern(pattern, words=False)
    return any(find_sequence(source.texts, words, start, end) is not None for start, end in spans)


@pytest.mark.parametrize("pattern", [
    "return -EINVAL;", "return-EINVAL ;", "if (a > ... || !ready) return -EINVAL;", "if (...) return",
    "#ifdef CONFIG_DEMO static int demo(int a)", "if (a > limit(a, ...)", "demo(int a) ... return 0;",
    ".prepare = demo_prepare"])
def test_a_sequence_is_found_however_it_is_laid_out(pattern: str) -> None:
    """Blanks, line breaks and comments do not matter, and a gap stands for any tokens."""
    assert _finds(pattern)


@pytest.mark.parametrize("pattern", [
    "return -EIO;", "return -EFAULT;", "EINVAL return", "if (a > ... ready) ;", "limit(a ... ready"])
def test_what_is_not_code_or_out_of_order_is_not_found(pattern: str) -> None:
    """Comments and strings hold no code, and a gap does not leave the brackets it stands in."""
    assert not _finds(pattern)


@pytest.mark.parametrize(("name", "inside", "outside"), [
    ("demo", "return -EINVAL;", "demo_prepare"),
    ("demo", "{ return 0; }", "TABLE_SIZE"),
    ("demo_ops", ".prepare = demo_prepare", "CONFIG_DEMO"),
    ("TABLE_SIZE", "(n) * 8", "struct ops")])
def test_functions_macros_and_initialisers_are_places(name: str, inside: str, outside: str) -> None:
    """A name stands for each of its definitions, both arms of an #if included."""
    assert _finds(inside, function=name)
    assert not _finds(outside, function=name)


def test_a_kconfig_symbol_is_its_entry() -> None:
    """In Kconfig a name stands for its entry, and a token is a word."""
    text = b"config DEMO\n\tdef_bool y\n\tselect A if B\n# select C\n\nconfig MORE\n\tselect D\n"
    source = read_source("arch/demo/Kconfig", text)
    (start, end), = source.definitions("DEMO")
    assert find_sequence(source.texts, read_pattern("select A if ...", words=True), start, end) is not None
    assert find_sequence(source.texts, ("select", "D"), start, end) is None
    assert find_sequence(source.texts, ("select", "C")) is None


def test_a_pattern_with_many_gaps_has_a_budget() -> None:
    """A hostile pattern ends with a clear error and not with a long wait."""
    texts = ("a", "b") * 3000
    with pytest.raises(BudgetError, match="too many gaps"):
        find_sequence(texts, ("a", "...", "b", "...", "a", "...", "b", "...", "c"))


def test_a_huge_file_is_not_read() -> None:
    """A file beyond the budget becomes a clear error."""
    with pytest.raises(BudgetError, match="bytes"):
        read_source("mm/huge.c", b" " * 5_000_000)
