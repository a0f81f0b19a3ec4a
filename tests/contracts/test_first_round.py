"""Loops over an array that begin at another element."""

from __future__ import annotations

import pytest

from reviewbot.contracts.first_round import begins_elsewhere
from reviewbot.contracts.outline import Outline, outlines_of

HEAD = "int i, first = (start - a->addr) >> PAGE_SHIFT;\n"


def outline(body: str) -> Outline:
    data = f"void f(struct area *a, unsigned long start, int n)\n{{\n{HEAD}{body}\n}}\n".encode()
    [[found]] = outlines_of("demo.c", data, most=1)
    return found


def loop(first: str, last: str, index: str, step: str = "i++") -> str:
    return f"for (i = {first}; i < {last}; {step})\n\tchange(a->pages[{index}]);"


@pytest.mark.parametrize(("old", "new", "told"), [
    (loop("first", "first + n", "i"), loop("0", "n", "i"), ("first", "0")),
    (loop("first", "first + n", "i"), loop("0", "n", "first + i"), ()),
    (loop("0", "n", "i + 1"), loop("1", "n + 1", "i"), ()),
    (loop("0", "n", "i"), loop("1", "n", "i"), ()),
    (loop("0", "n", "i"), loop("1", "n + 1", "i", "i += 2"), ()),
    (loop("first", "first + n", "i"), "start += 1;\n" + loop("0", "n", "i"), ()),
])
def test_the_element_of_the_first_round(old: str, new: str, told: tuple[str, ...]) -> None:
    """A loop of as many rounds that begins at another element is told; one that only counts otherwise is not."""
    hits = [dict(hit.fields) for hit in begins_elsewhere(outline(old), outline(new))]
    assert [(hit["was"], hit["now"]) for hit in hits] == ([told] if told else [])
