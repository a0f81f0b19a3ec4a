"""Local flags that options set: a test of one asks for the options."""

from __future__ import annotations

import pytest

from reviewbot.cfacts import read_file

FLAGS = """\
int demo(struct demo *demo, bool asked)
{
	bool remap = false, plain = false, both = false, unset;

	if (!demo->coherent) {
		remap = IS_ENABLED(CONFIG_REMAP);
		plain = demo->plain;
		both = IS_ENABLED(CONFIG_REMAP) || IS_ENABLED(CONFIG_OTHER);
		asked = IS_ENABLED(CONFIG_REMAP);
		demo_fill(&unset);
	}
	if (demo->late)
		remap = false;
	if (CONDITION)
		set_memory_ro(demo->addr, 1);
	return 0;
}
"""


@pytest.mark.parametrize(("condition", "guards"), [
    ("remap", "(CONFIG_REMAP || CONFIG_REMAP_MODULE) && remap"),
    ("both", "(CONFIG_OTHER || CONFIG_OTHER_MODULE || CONFIG_REMAP || CONFIG_REMAP_MODULE) && both"),
    ("plain", "plain"),
    ("asked", "asked"),
    ("unset", "unset"),
    ("demo->remap", "demo->remap"),
])
def test_a_flag_that_only_options_set_asks_for_these(condition: str, guards: str) -> None:
    """A local flag that is false where no option says otherwise is true only with one of these; any other is open."""
    facts = read_file("mm/demo.c", FLAGS.replace("CONDITION", condition).encode(), names=frozenset({"set_memory_ro"}))
    [call] = facts.calls
    assert [str(guard.condition) for guard in call.guards] == [guards]


def test_a_flag_of_tests_keeps_its_name_beside_what_it_stands_for() -> None:
    """What other functions ask is the member, what decides about the call is what was put into it."""
    text = ("int demo(struct demo *demo)\n{\n	demo->open = !demo->kept;\n	if (demo->open)\n"
            "		set_memory_ro(demo->addr, 1);\n	return 0;\n}\n")
    [call] = read_file("mm/demo.c", text.encode(), names=frozenset({"set_memory_ro"})).calls
    assert [(str(guard.condition), str(guard.named)) for guard in call.guards] == [("!demo->kept", "demo->open")]
