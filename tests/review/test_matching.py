"""Which call after a patch stands for which one before it."""

from __future__ import annotations

from reviewbot.cfacts import read_file
from reviewbot.checks.leaves import Leaf
from reviewbot.logic import TRUE
from reviewbot.review.matching import Item, match
from tests.review.test_seen import HEAD, changed, sayings


def _items(callee: str, calls: dict[str, tuple[str, ...]]) -> list[Item]:
    text = "".join(f"\t{callee}({given});\n" for given in calls)
    data = f"void f(struct page *page)\n{{\n{text}}}\n".encode()
    facts = read_file("a.c", data, names=frozenset({callee}), returns={}, known=(), sections={})
    return [Item(place=None, call=call, leaves=tuple(  # type: ignore[arg-type]  # nobody asks for the lines
        Leaf(primitive=name, via=(callee,), when=TRUE, use="", file="a.c", line=1, arguments=call.arguments)
        for name in names)) for call, names in zip(facts.calls, calls.values(), strict=True)]


def test_equal_arguments_belong_together_although_others_are_near() -> None:
    """A pair of calls that differ in their last argument goes through a new helper: each is still its own."""
    old = _items("old_map", {"page, 1, 1": ("change",), "page, 1, 0": ("change",)})
    new = _items("new_map", {"page, 1, 1": ("map", "change"), "page, 1, 0": ("unmap", "change")})
    found = match(old, new, lambda *_: False)
    assert [(one.before, one.after, one.why) for one in found] == [(0, 0, ""), (1, 1, "")]


POOLS = HEAD + """static int demo_fill(int size)
{
	void *page = demo_page(size);

	return set_memory_decrypted((unsigned long)page, 1);
}

int demo_start(void)
{
	int ret = demo_fill(DEMO_NEAR);

	if (demo_wants(DEMO_LOW))
		ret |= demo_fill(DEMO_LOW);
	if (demo_old)
		ret |= demo_fill(DEMO_FAR);
	return ret;
}
"""


def test_a_call_in_the_same_words_is_the_same_call() -> None:
    """What a helper works on is its own: which of its calls is which shows by what each is given."""
    found = changed(POOLS, POOLS.replace("	int ret = demo_fill(DEMO_NEAR);\n", (
        "	int ret = 0;\n\n	if (demo_wants(DEMO_NEAR))\n		ret = demo_fill(DEMO_NEAR);\n")).replace(
            "(demo_old)", "(demo_new)"))
    assert "is not clear" not in sayings(found)
    assert "demo_fill(DEMO_NEAR): set_memory_decrypted() is called only when demo_wants(DEMO_NEAR)" in sayings(found)
