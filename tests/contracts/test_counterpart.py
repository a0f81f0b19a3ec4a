"""Functions that are changed while the opposite one in the same file stays."""

from __future__ import annotations

from reviewbot.contracts.counterpart import opposite_names, unlike_counterpart
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import outlines_of
from reviewbot.source import MemoryTree

RO = "int demo_ro(struct d *d)\n{\n%s\treturn demo_clear(d, %s);\n}\n"
RW = "int demo_rw(struct d *d)\n{\n%s\treturn demo_set(d, %s);\n}\n"


def said(old: str, new: str) -> list[tuple[str, str]]:
    sides = []
    for text in (old, new):
        data = text.encode()
        [[outline]] = outlines_of("demo.c", data, [data.index(b"demo_ro")], most=1)
        sides.append((outline, Teacher(MemoryTree({}), near="demo.c", data=data)))
    (was, before), (now, after) = sides
    return [(hit.shape, hit.object) for hit in unlike_counterpart(was, now, before, after)]


def test_names_of_counterparts() -> None:
    """One word of a name is the opposite, whichever of the two it is."""
    assert "set_memory_rw" in opposite_names("set_memory_ro")
    assert "set_memory_ro" in opposite_names("set_memory_rw")
    assert "demo_unmap_range" in opposite_names("demo_map_range")
    assert not opposite_names("demo_range")


def test_a_bit_and_a_call_in_one_direction() -> None:
    """A constant or a call that one direction gains or loses is said."""
    both = RO % ("", "_PAGE_RW") + RW % ("", "_PAGE_RW")
    assert said(both, RO % ("", "_PAGE_RW | _PAGE_DIRTY") + RW % ("", "_PAGE_RW")) == [("gained", "_PAGE_DIRTY")]
    checked = "\tdemo_check(d);\n"
    assert said(both, RO % (checked, "_PAGE_RW") + RW % ("", "_PAGE_RW")) == [("gained", "demo_check()")]
    assert said(RO % (checked, "_PAGE_RW") + RW % (checked, "_PAGE_RW"),
                RO % ("", "_PAGE_RW") + RW % (checked, "_PAGE_RW")) == [("lost", "demo_check()")]


def test_what_went_apart_before_or_goes_together_is_left_alone() -> None:
    """Nothing is said of two that differed before the patch, nor of two that it changes alike, nor of a message."""
    both = RO % ("", "_PAGE_RW") + RW % ("", "_PAGE_RW")
    more = "_PAGE_RW | _PAGE_DIRTY"
    assert not said(both, RO % ("", more) + RW % ("", more))
    assert not said(RO % ("", "_PAGE_RW") + RW % ("", "_PAGE_NX"), RO % ("", more) + RW % ("", "_PAGE_NX"))
    assert not said(both, RO % ('\tpr_debug("ro\\n");\n', "_PAGE_RW") + RW % ("", "_PAGE_RW"))
