"""Which call after a patch stands for which one before it."""

from __future__ import annotations

from reviewbot.cfacts import read_file
from reviewbot.checks.leaves import Leaf
from reviewbot.logic import TRUE
from reviewbot.review.matching import Item, match


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
