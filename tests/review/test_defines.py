"""Which macros a patch changes: by what they stand for."""

from __future__ import annotations

import pytest

from reviewbot.review.defines import changed_defines, whole_blocks

OLD = """#define BIT_DEMO 6 /* the sixth */
#define DEMO (1 << BIT_DEMO)
#define DEMO_ALL (DEMO | \\
	OTHER)
#ifdef CONFIG_DEMO
#define DEMO_FEW DEMO
#else
#define DEMO_FEW 0
#endif
"""


@pytest.mark.parametrize(("new", "changed"), [
    (OLD.replace("DEMO_ALL", "ALL").replace("BIT_DEMO", "BIT_D").replace("#define DEMO (", "#define D (")
     .replace("(DEMO |", "(D |").replace("FEW DEMO", "FEW D"), set()),
    (OLD.replace("6 /* the sixth */", "6"), set()),
    (OLD.replace("OTHER", "LAST"), {"DEMO_ALL"}),
    (OLD.replace("FEW 0", "FEW 1"), {"DEMO_FEW"}),
    (OLD.replace("BIT_DEMO 6 /* the sixth */", "BIT_D 7").replace("<< BIT_DEMO", "<< BIT_D"), {"BIT_DEMO", "DEMO"}),
    (OLD.replace("#define DEMO (1 << BIT_DEMO)\n", ""), {"DEMO"}),
    (OLD + "#define DEMO_NEW 4\n", set()),
    ("#ifdef CONFIG_WIDE\n" + OLD + "#else\n" + OLD.replace("OTHER", "LAST") + "#endif\n", {"DEMO_ALL"}),
])
def test_a_macro_is_what_it_stands_for(new: str, changed: set[str]) -> None:
    """A new name, a comment or a line break is no other value; all lines of a macro count, and each of its arms."""
    assert set(changed_defines(OLD.encode(), new.encode())) == changed


def test_a_block_that_goes_whole_leaves_nothing_without_its_condition() -> None:
    """The `#ifdef` goes with all that stood under it; where a line of that stays, the condition is gone for it."""
    inner = "int demo;\n#ifdef CONFIG_DEMO\nint demo_first;\n\n#else\nint demo_second;\n#endif\nint demo_last;\n"
    assert whole_blocks(inner.encode(), {2, 3, 5, 6, 7}) == {2, 5, 7}
    assert whole_blocks(inner.encode(), {2, 5, 6, 7}) == frozenset()
