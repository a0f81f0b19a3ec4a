"""How much of a hunk is quoted below the line that a comment is about."""

from __future__ import annotations

import pytest
import report_sample as sample

from reviewbot.report.quoting import Spot, quote_patch

BEFORE = "int demo_open(struct demo *d)\n{\n	demo_count(d);\n	return 0;\n}\n"


@pytest.mark.parametrize(("added", "row", "last"), [
    ("	ret = set_memory_ro(d->addr, 1);\n	if (ret)\n		panic(\"demo\");\n	demo_log(d);\n", "ret =",
     "+\t\tpanic(\"demo\");"),
    ("	ret = set_memory_ro(d->addr, 1);\n	demo_log(d);\n", "ret =", "+\tret = set_memory_ro(d->addr, 1);"),
    ("	return demo_one(d) ||\n		demo_two(d);\n	demo_log(d);\n", "return demo_one", "+\t\tdemo_two(d);"),
    ("	demo_set(d,\n		 d->addr);\n	demo_log(d);\n", "demo_set", "+\t\t d->addr);"),
])
def test_a_statement_is_quoted_whole(added: str, row: str, last: str) -> None:
    """A statement of several lines is not cut in two, and the test of what it has set stands with it."""
    diff = sample.file_diff("mm/demo.c", BEFORE, BEFORE.replace("	demo_count(d);\n", f"	demo_count(d);\n{added}"))
    at = next(number for number, line in enumerate(diff.hunks[0].lines) if row in line.text)
    lines = quote_patch(sample.patch(1, "demo", (diff,), "Text."), {Spot(file=0, hunk=0, row=at): ["Is it so?"]})
    assert lines[lines.index("Is it so?") - 2] == f"> {last}"
