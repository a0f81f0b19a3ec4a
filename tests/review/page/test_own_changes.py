"""What a function of the family hands on, said in bits with the patch and the place."""

from __future__ import annotations

from reviewbot.review.page.conclusion import in_bits


def test_bits_that_are_new_and_gone_are_named_alone() -> None:
    """Both lists in brackets would leave the comparing to the reader."""
    said = "hands change() __pgprot({}) (before: hands change() __pgprot({}))"
    assert in_bits(said.format("_A | _B", "_A")) == "now also hands change() _B"
    assert in_bits(said.format("_A", "_A | _B")) == "no longer hands change() _B"
    assert in_bits(said.format("_A | _C", "_A | _B")) == "now also hands change() _C and no longer hands it _B"
    assert in_bits("flushes the map") == "flushes the map"
