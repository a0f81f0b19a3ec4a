"""Flushes under a test that is written anew."""

from __future__ import annotations

import pytest

from reviewbot.contracts.outline import Outline, outlines_of
from reviewbot.contracts.skipped import flushes_skipped

FLUSH = "flush_tlb_kernel_range(start, end);"


def outline(body: str) -> Outline:
    data = f"void f(unsigned long start, unsigned long end, int a, int b)\n{{\n{body}\n}}\n".encode()
    [[found]] = outlines_of("demo.c", data, most=1)
    return found


@pytest.mark.parametrize(("old", "new", "test"), [
    (f"if (a != ON || b != OFF)\n\t{FLUSH}", f"if (a == OFF && b == ON)\n\treturn;\n{FLUSH}",
     "(a == OFF) && (b == ON)"),
    (f"if (a != ON || b != OFF)\n\t{FLUSH}", f"if (a == ON && b == OFF)\n\treturn;\n{FLUSH}", ""),
    (f"if (a || b)\n\t{FLUSH}", f"if (a && b)\n\t{FLUSH}", "(!a || !b) && (a || b)"),
    (f"if (a && b)\n\t{FLUSH}", f"if (a || b)\n\t{FLUSH}", ""),
    (f"if (a == ON)\n\t{FLUSH}", f"if (b == ON)\n\t{FLUSH}", ""),
    (f"if (a || b)\n\t{FLUSH}", f"a = b;\nif (a && b)\n\t{FLUSH}", ""),
    (f"if (a)\n\t{FLUSH}", FLUSH, ""),
])
def test_when_a_flush_is_left_out(old: str, new: str, test: str) -> None:
    """A flush is left out where its old test holds and its new one, which asks about the same, does not."""
    hits = list(flushes_skipped(outline(old), outline(new)))
    assert [dict(hit.fields)["test"] for hit in hits] == ([test] if test else [])
