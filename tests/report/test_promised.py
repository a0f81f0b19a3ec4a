"""The lines that JSON and its like name are those that a reader can open, as the page's are."""

from __future__ import annotations

import json

from reviewbot.report.json_form import render_json
from reviewbot.report.promised import with_promised_lines
from tests.review.test_seen import HEAD, PATH, review

FAR = "\n".join(f"int demo_far_{number};" for number in range(12)) + "\n"
SEAL = """
void demo_seal(struct demo *demo)
{
	demo_ready(demo);
	set_memory_ro(demo->addr, demo->pages);
	demo_done(demo);
}
"""
CALM = """
void demo_calm(struct demo *demo)
{
	demo_quiet(demo);
	demo_quiet_all(demo);
	demo->calm = 1;
	demo_rest(demo);
	demo_rest_all(demo);
	demo_count(demo);
	demo->count = 0;
}
"""
LATE = "\nvoid demo_calm(struct demo *demo)\n{\n	demo->late = 1;\n}\n"
DROP = """
void demo_drop(struct demo *demo)
{
	demo_ready(demo);
	set_memory_rw(demo->addr, demo->pages);
}
"""


def test_a_line_behind_a_hunk_without_a_place_is_that_of_the_tree() -> None:
    """The hunk for one function has no place: what stands behind that function keeps the number that the tree has."""
    old = HEAD + CALM + FAR + SEAL + FAR + DROP
    new = old.replace("	demo->calm = 1;\n", "	demo->calm = 1;\n	set_memory_x(demo->addr, 1);\n").replace(
        "	set_memory_rw(demo->addr, demo->pages);\n", "	set_memory_rw(demo->addr, demo->pages << 1);\n")
    tree = HEAD + LATE + FAR + SEAL + FAR + DROP
    found = review({PATH: old}, {PATH: new}, there={PATH: tree})
    assert found.patched.states[0].files[0].unplaced == (0,)
    rows = {"tree": tree.split("\n"), "mail": new.split("\n")}
    told = with_promised_lines(found).findings
    assert told
    for one in told:
        assert any(one.line <= len(text) and text[one.line - 1].strip() == one.code for text in rows.values()), one
    written = json.loads(render_json(with_promised_lines(found)))["findings"]
    assert {one["line"] for one in written} == {one.line for one in told}


def test_a_file_that_is_the_trees_keeps_its_lines() -> None:
    """Nothing of the tree was taken out and every hunk has its place: the new file is what the patch leaves."""
    old = HEAD + SEAL + FAR + DROP
    found = review({PATH: old}, {PATH: old.replace("demo_ready(demo);", "demo_ready_now(demo);")})
    assert with_promised_lines(found) is found
