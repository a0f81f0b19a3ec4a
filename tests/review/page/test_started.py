"""A flag of a parameter, in a file of the family, that a patch starts otherwise."""

from __future__ import annotations

import pytest
from one_patch import review

PARAMETER = "module_param_named(enable, demo_enable, bool, 0400);\n"
CALL = "\nint demo_seal(struct demo *demo)\n{\n\treturn demo_enable ? set_memory_ro(demo->text, 1) : 0;\n}\n"
OFF = f"#include <linux/set_memory.h>\n\nstatic bool demo_enable __ro_after_init;\n{PARAMETER}{CALL}"


def told(old: str, new: str) -> list[str]:
    return [row.gist for row in review(old, new).first_page.rows if "from the start" in row.gist]


@pytest.mark.parametrize("value", ["1", "true"])
def test_what_is_on_from_the_start_is_told(value: str) -> None:
    """The row names the flag, and says what it was: everybody who gives no parameter gets the other half now."""
    on = OFF.replace("__ro_after_init;", f"__ro_after_init = {value};")
    assert told(OFF, on) == [
        "demo_enable is on from the start now, unless a parameter says otherwise; it was off"]
    assert told(on, OFF) == [
        "demo_enable is off from the start now, unless a parameter says otherwise; it was on"]


@pytest.mark.parametrize(("old", "new"), [
    (OFF, OFF.replace("__ro_after_init;", "__ro_after_init = false;")),
    (OFF.replace(PARAMETER, ""), OFF.replace(PARAMETER, "").replace("__ro_after_init;", "__ro_after_init = 1;")),
    (OFF.replace(CALL, ""), OFF.replace(CALL, "").replace("__ro_after_init;", "__ro_after_init = 1;")),
])
def test_the_same_value_and_flags_of_nobody_are_no_row(old: str, new: str) -> None:
    """A value written out, a flag without a parameter and a file that calls nothing of the family say nothing."""
    assert told(old, new) == []
