"""Which call after a patch is which call before it: by its object and its tests, and open where these do not tell."""

from __future__ import annotations

import pytest

from reviewbot.findings.types import Cell
from reviewbot.review import Review

from .test_seen import HEAD, PATH, TAIL, changed, review, sayings

ROW = HEAD + """struct demo;

int demo_row(struct demo *demo)
{
	int ret;

	if (demo->first_ready) {
		ret = set_memory_decrypted((unsigned long)demo->first_page, 1);
		if (ret)
			return ret;
	}
	if (demo->second_ready) {
		ret = set_memory_decrypted((unsigned long)demo->second_page, 1);
		if (ret)
			return ret;
	}
	return 0;
}
"""


def cells_of(found: Review, function: str) -> list[Cell]:
    return [cell for cell in found.behaviour if cell.function == function]


def test_calls_are_told_apart_by_their_objects() -> None:
    """Two calls that change places, and whose members get other names, each keep their own test."""
    first, second = ROW.split("	if (demo->first_ready) {\n")[1].split("	if (demo->second_ready) {\n")
    second = second.removesuffix("	return 0;\n}\n")
    new = ROW.replace(f"	if (demo->first_ready) {{\n{first}	if (demo->second_ready) {{\n{second}",
                      f"	if (demo->second_ready && !demo->shut) {{\n{second}"
                      f"	if (demo->first_ready) {{\n{first}").replace("_page", "_area")
    found = cells_of(changed(ROW, new), "demo_row")
    assert len(found) == 2
    for cell in found:
        name = "first" if "first" in cell.call else "second"
        assert cell.changed is (name == "second") or cell.seen == "not-seen"
        other = {"first": "second", "second": "first"}[name]
        assert other not in cell.before.does + cell.after.does


def test_a_call_that_became_two_is_not_new() -> None:
    """One call before and two with other tests after: neither is said to be new, nor to have changed."""
    old = HEAD + "int demo_go(unsigned long addr)\n{\n	demo_count(1);\n	return set_memory_decrypted(addr, 1);\n}\n"
    new = old.replace("	return set_memory_decrypted(addr, 1);\n",
                      "	if (demo_early())\n		return set_memory_decrypted(addr, 1);\n"
                      "	demo_wait();\n	if (!demo_early())\n		return set_memory_decrypted(addr, 1);\n"
                      "	return 0;\n")
    found = cells_of(changed(old, new), "demo_go")
    assert {cell.seen for cell in found} == {"not-seen"}
    assert {cell.before.symbol for cell in found} == {"set_memory_decrypted"}
    assert len({cell.doubt for cell in found}) == 1


def test_a_second_call_beside_the_one_that_stays_is_new() -> None:
    """Where the call stands as it stood, another one of the same page is one that was not there."""
    old = HEAD + ("int demo_go(unsigned long addr)\n{\n	int ret = set_memory_decrypted(addr, 1);\n\n"
                  "	if (ret)\n		return ret;\n	return demo_use(addr);\n}\n")
    new = old.replace("	return demo_use(addr);\n", "	ret = demo_use(addr);\n	if (ret)\n"
                                                   "		set_memory_decrypted(addr, 1);\n	return ret;\n")
    found = cells_of(changed(old, new), "demo_go")
    assert [(cell.seen, cell.before.resolves_to) for cell in found] == [("changes", "absent")]
    assert "not at this place" in sayings(changed(old, new))


def test_a_call_that_moves_to_another_function_is_neither_gone_nor_new() -> None:
    """The function that had it goes, another one has it now: that is said, and nothing else."""
    other = "\nvoid demo_other(unsigned long addr)\n{\n	demo_count(2);\n	set_memory_encrypted(addr, 1);\n}\n"
    rest = HEAD + "void demo_start(unsigned long addr)\n{\n	demo_count(1);\n}\n"
    moved = rest.replace("	demo_count(1);\n", "	demo_count(1);\n	if (!demo_wanted)\n"
                                               "		set_memory_encrypted(addr, 1);\n")
    found = changed(rest + other, moved)
    assert {(cell.function, cell.seen) for cell in found.behaviour} == {("demo_start", "not-seen")}
    assert "a call like it stood in demo_other() before" in sayings(found)
    [said] = found.first_page.not_seen
    assert said.startswith("whether set_memory_encrypted() in demo_start() does what it did in demo_other()")
    assert "is no longer called" not in sayings(found)
    assert "nothing was called" not in sayings(found)


@pytest.mark.parametrize("call", ["demo_drop(demo)", "demo_drop((struct demo *)demo)"])
def test_a_helper_that_stands_is_still_called(call: str) -> None:
    """Only what it called is called no more."""
    helper = HEAD + ("static void demo_drop(struct demo *demo)\n{\n	set_memory_rw(demo->addr, 1);\n"
                     "	demo_free(demo);\n}\n\n")
    caller = "void demo_end(struct demo *demo)\n{\n	demo_count(1);\n	demo_drop(demo);\n}\n"
    found = changed(helper + caller, helper.replace("	set_memory_rw(demo->addr, 1);\n", "")
                    + caller.replace("demo_count(1)", "demo_count(2)").replace("demo_drop(demo)", call))
    [cell] = cells_of(found, "demo_end")
    assert (cell.after.does, cell.after.via) == ("nothing is called", ("demo_drop",))


def test_other_architectures_keep_their_own_calls() -> None:
    """What leaves a file of one architecture has not moved to one of another."""
    text = HEAD + "void demo_go(unsigned long addr)\n{\n	demo_count(1);\n	set_memory_ro(addr, 1);\n}\n"
    without = text.replace("	set_memory_ro(addr, 1);\n", "")
    there = "arch/arm64/kernel/demo.c"
    found = review({PATH: text + TAIL, there: without.replace("demo_go", "demo_run")},
                   {PATH: without + TAIL, there: text.replace("demo_go", "demo_run")}, arches=("arm64", "x86"))
    assert {(cell.arch, cell.function, cell.seen) for cell in found.behaviour} == {
        ("arm64", "demo_run", "changes"), ("x86", "demo_go", "changes")}


def test_what_the_tree_has_in_another_form_is_what_the_hunk_shows() -> None:
    """One hunk is in the tree, another one only alike: the call that this adds is new, and no other one is said."""
    first = "static int demo_first(void)\n{\n	demo_wait();\n	demo_look();\n	return demo_count(1);\n}\n\n"
    last = ("void demo_last_page(struct demo *demo)\n{\n	demo->open = true;\n"
            "	demo_use(demo->addr);\n	demo_close(demo);\n	demo_mark(demo);\n	demo_end(demo);\n}\n")
    call = "	demo_note(demo);\n	set_memory_decrypted(demo->addr, 1);\n"
    old = HEAD + first + "\n".join(f"int demo_{n}(void);" for n in range(12)) + "\n" + last
    new = old.replace("demo_count(1)", "demo_count(2)").replace("	demo_use", f"{call}	demo_use")
    there = new.replace("	demo_note(demo);\n", "	if (demo->late)\n		set_memory_ro(demo->addr, 1);\n")
    found = review({PATH: old}, {PATH: new}, there={PATH: there})
    assert {(cell.call, cell.seen, cell.before.does) for cell in found.behaviour} == {
        ("set_memory_decrypted(demo->addr, 1)", "changes", "is not called")}
    assert "set_memory_ro" not in sayings(found)


@pytest.mark.parametrize("back", [False, True])
def test_a_helper_in_a_file_that_is_not_touched_is_looked_into(*, back: bool) -> None:
    """What a function did through it is not new when it does it itself, nor gone the other way round."""
    other = {"arch/x86/kernel/other.c": HEAD + "int demo_share(unsigned long addr)\n{\n	demo_count(1);\n"
                                               "	return set_memory_decrypted(addr, 1);\n}\n"}
    through = HEAD + "int demo_go(unsigned long addr)\n{\n	demo_count(1);\n	return demo_share(addr);\n}\n"
    direct = through.replace("demo_share(addr)", "set_memory_decrypted(addr, 1)")
    sides = [{PATH: through, **other}, {PATH: direct, **other}]
    found = review(*(sides[::-1] if back else sides))
    assert [(cell.function, cell.seen) for cell in found.behaviour] == [("demo_go", "not-seen")]
    assert "was not seen" in {cell.before.does for cell in found.behaviour} | {
        cell.after.does for cell in found.behaviour}
    assert "demo_share(), which it" in found.behaviour[0].doubt


def test_a_call_of_a_later_time_is_not_given() -> None:
    """The tree has a later state of a function than the patch: a call that no hunk shows is no call of the patch."""
    first = "static int demo_first(void)\n{\n	demo_wait();\n	demo_look();\n	return demo_count(1);\n}\n\n"
    last = ("void demo_last_page(struct demo *demo)\n{\n	demo->open = true;\n"
            "	demo_use(demo->addr);\n	demo_close(demo);\n}\n")
    old = HEAD + first + "\n".join(f"int demo_{n}(void);" for n in range(12)) + "\n" + last
    new = old.replace("demo_count(1)", "demo_count(2)").replace("	demo_use", "	demo_note(demo);\n	demo_use")
    there = new.replace("	demo_note(demo);\n", "	if (demo->late)\n		set_memory_ro(demo->addr, 1);\n")
    found = review({PATH: old}, {PATH: new}, there={PATH: there})
    assert not found.behaviour
    assert "demo_last_page() could not be compared, as the tree does not stand" in str(sayings(found))


def test_a_call_added_to_a_function_that_the_hunk_shows_is_new() -> None:
    """The tree has another state of the function, but the hunk shows all of it before and after: the call is new."""
    first = "static int demo_first(void)\n{\n	demo_wait();\n	demo_look();\n	return demo_count(1);\n}\n\n"
    last = ("void demo_last_page(struct demo *demo)\n{\n	demo->open = true;\n"
            "	demo_use(demo->addr);\n	demo_close(demo);\n}\n")
    call = "	demo_note(demo);\n	set_memory_decrypted(demo->addr, 1);\n"
    old = HEAD + first + "\n".join(f"int demo_{n}(void);" for n in range(12)) + "\n" + last
    new = old.replace("demo_count(1)", "demo_count(2)").replace("	demo_use", f"{call}	demo_use")
    there = new.replace("	demo_note(demo);\n", "	if (demo->late)\n		set_memory_ro(demo->addr, 1);\n")
    found = cells_of(review({PATH: old}, {PATH: new}, there={PATH: there}), "demo_last_page")
    assert {(cell.seen, cell.before.resolves_to) for cell in found} == {("changes", "absent")}


@pytest.mark.parametrize("name", ["page", "first"])
def test_a_parameter_may_be_called_as_the_type_of_another(name: str) -> None:
    """Only what its parameter is called differs: the tag of a `struct page *` is no use of a parameter `page`."""
    old = HEAD + ("int demo_go(struct page *area, int many)\n{\n	demo_count(1);\n"
                  "	return set_memory_decrypted(area, many);\n}\n")
    new = old.replace("area", name).replace("demo_count(1)", "demo_count(2)")
    assert {cell.seen for cell in cells_of(changed(old, new), "demo_go")} == {"same"}
