"""Hunks that nearly fit: where each goes, how sure that is, and that a doubtful place is no place."""

from __future__ import annotations

import difflib
from pathlib import Path

from making import git, series_of

from reviewbot.series import parse_diff
from reviewbot.source import MemoryTree, apply_series, open_tree
from reviewbot.source.alignment import FileLines
from reviewbot.source.merging import brought, doubted, merge
from reviewbot.source.placing import hunk_of, merge_words, place
from reviewbot.source.types import PatchedFile

OPEN = """\
#include <linux/slab.h>

static int cellar_count;

static int cellar_open(struct cellar *c, int pages)
{
	int ret;

	c->bottles = pages * 4;
	c->door = alloc_door(c);
	if (!c->door)
		return -ENOMEM;
	set_memory_ro((unsigned long)c->door, pages);
	list_add(&c->list, &cellars);
	return 0;
}
"""

CLOSE = """\

static void cellar_close(struct cellar *c, int pages)
{
	list_del(&c->list);
	set_memory_rw((unsigned long)c->door, pages);
	free_door(c->door);
}
"""


def diff_of(old: str, new: str, path: str = "mm/cellar.c") -> str:
    """Return git's diff of a C file, with the function's head behind the second @@."""
    rows = list(difflib.unified_diff(old.splitlines(), new.splitlines(), f"a/{path}", f"b/{path}", lineterm=""))
    lines = old.splitlines()
    for number, row in enumerate(rows):
        if row.startswith("@@ -"):
            start = int(row[4:].replace(" ", ",").split(",")[0]) - 1
            head = next((line for line in reversed(lines[:start]) if line[:1].isalpha()), "")
            rows[number] = f"{row} {head}".rstrip()
    return f"diff --git a/{path} b/{path}\n" + "\n".join(rows) + "\n"


def put(tree: str, old: str, new: str, path: str = "mm/cellar.c") -> PatchedFile:
    """Return the file of a one-file patch on another version of the file."""
    return apply_series(series_of(diff_of(old, new, path)), MemoryTree({path: tree})).states[0].files[0]


def test_a_hunk_whose_context_changed_goes_where_its_lines_and_function_are() -> None:
    """Other lines around it do not matter when the changed line stands once, in the function that is named."""
    old = OPEN + CLOSE
    new = old.replace("\tset_memory_rw((unsigned long)c->door, pages);\n",
                      "\tif (set_memory_rw((unsigned long)c->door, pages))\n\t\treturn;\n")
    tree = old.replace("\tlist_del(&c->list);\n", "\tlist_del_init(&c->list);\n\tcellar_count--;\n").replace(
        "\tfree_door(c->door);\n", "\tfree_door_late(c->door);\n")
    file = put(tree, old, new)
    assert file.applies == "merged"
    assert "hunk 1 placed at line 22 in 'cellar_close' by its surroundings" in file.note
    assert file.after == tree.replace("\tset_memory_rw((unsigned long)c->door, pages);\n",
                                      "\tif (set_memory_rw((unsigned long)c->door, pages))\n\t\treturn;\n").encode()
    assert file.whole


def test_an_argument_that_the_tree_has_otherwise_is_kept() -> None:
    """Where the changed line itself differs in a word, both changes of words are made."""
    old = OPEN + CLOSE
    new = old.replace("\tset_memory_ro((unsigned long)c->door, pages);",
                      "\tret = set_memory_ro((unsigned long)c->door, pages);")
    file = put(old.replace("set_memory_ro((unsigned long)c->door, pages)", "set_memory_ro((unsigned long)c->door, 1)"),
               old, new)
    assert file.applies == "merged"
    assert b"\n\tret = set_memory_ro((unsigned long)c->door, 1);\n" in (file.after or b"")
    assert file.unsure == ((13, 13),)


def test_words_that_both_sides_change_are_no_merge() -> None:
    """Nothing is guessed where the tree and the patch change the same words."""
    assert merge_words(b"f(a, b, c, d);", b"f(a, x, c, d);", b"f(a, y, c, d);") is None
    assert merge_words(b"f(a, b, c, d);", b"f(a, b, c, e);", b"r = f(a, b, c, d);") == b"r = f(a, b, c, e);"
    assert merge_words(b"f(a);", b"quite(something, else);", b"r = f(a);") is None


def test_two_places_that_are_as_good_are_no_place() -> None:
    """A hunk that fits twice, without a function that tells the places apart, is not placed."""
    twice = "".join(f"\tlock(x);\n\tset_memory_ro(a, 1);\n\tunlock(x);\n\tstep({n});\n" for n in range(2))
    hunk = parse_diff(diff_of("\tprobe(x);\n\tlock(x);\n\tset_memory_ro(a, 1);\n\tunlock(x);\n",
                              "\tprobe(x);\n\tlock(x);\n\tset_memory_rw(a, 1);\n\tunlock(x);\n")).files[0].hunks[0]
    assert place(hunk_of(hunk), FileLines(twice.encode().split(b"\n"))) is None


def test_of_two_functions_with_the_same_lines_the_named_one_is_taken() -> None:
    """git takes the nearest place; the header's function says which is meant."""
    def body(name: str) -> str:
        lines = ("int a;", "int b;", "", "start(a);", "set_memory_ro(a, 1);", "stop(a);", "", "return a;")
        return f"static int {name}(void)\n{{\n" + "".join(f"\t{line}".rstrip() + "\n" for line in lines) + "}\n\n"
    old = body("first") + body("second")
    new = body("first") + body("second").replace("set_memory_ro", "set_memory_x")
    tree = "int one;\n" * 11 + body("second") + body("first")
    file = put(tree, old, new)
    assert file.after == tree.replace("set_memory_ro", "set_memory_x", 1).encode()


def test_what_the_tree_has_already_is_not_added_twice() -> None:
    """A select that stands elsewhere in the entry is recognised; the tree is then without it before the patch."""
    old = "config OVEN\n\tbool\n\tselect BAKER\n\tselect CAKE\n\tselect FLOUR\n\nconfig PAN\n\tbool\n"
    new = old.replace("\tselect FLOUR\n", "\tselect FLOUR\n\tselect WATER\n")
    tree = old.replace("\tselect FLOUR\n", "\tselect FLOUR\n\tselect SALT\n\tselect WATER\n\tselect YEAST\n")
    file = put(tree, old, new, "mm/Kconfig")
    assert (file.before or b"").count(b"WATER") == 0
    assert (file.after or b"").count(b"WATER") == 1


def test_selects_and_objects_go_by_their_entry() -> None:
    """The order of a Kconfig entry's selects says nothing, so a new one finds its place without its neighbours."""
    old = "config OVEN\n\tbool\n\tselect BAKER\n\tselect CAKE\n\tselect FLOUR\n\nconfig PAN\n\tbool\n"
    tree = "config OVEN\n\tdef_bool y\n\tselect EGGS\n\tselect SUGAR\n\nconfig PAN\n\tbool\n"
    file = put(tree, old, old.replace("\tselect CAKE\n", "\tselect CAKE\n\tselect DOUGH\n"), "mm/Kconfig")
    assert file.applies == "merged"
    assert file.after == tree.replace("\tselect SUGAR\n", "\tselect SUGAR\n\tselect DOUGH\n").encode()


def test_a_hunk_without_a_place_stands_in_for_its_function_alone() -> None:
    """The other hunk is placed, the rest of the file stays known, and the tree gets only what was placed."""
    old = OPEN + CLOSE
    new = old.replace("static int cellar_count;", "static int cellar_count = 1;").replace(
        "\tfree_door(c->door);", "\tif (set_memory_rw((unsigned long)c->door, 1))\n\t\treturn;\n\tfree_door(c->door);")
    tree = OPEN + "\nstatic void cellar_close(struct cellar *c, int pages)\n{\n\tcellar_walk(c, shut);\n\tdone();\n}\n"
    file = put(tree, old, new)
    assert file.applies == "merged"
    assert "no place for hunk 2 of 2" in file.note
    assert b"cellar_walk" not in (file.after or b"")
    assert b"static int cellar_open(struct cellar *c, int pages)" in (file.after or b"")
    assert [text.partition("(")[0] for _, _, text in file.sections] == ["static void cellar_close"]
    assert not file.whole


def test_later_patches_go_on_with_what_was_placed() -> None:
    """One hunk without a place does not lose the later patches of the file."""
    old = OPEN + CLOSE
    first = old.replace("static int cellar_count;", "static int cellar_count = 1;").replace(
        "\tfree_door(c->door);", "\tcheck(c);\n\tfree_door(c->door);")
    second = first.replace("c->bottles = pages * 4;", "c->bottles = pages * 8;").replace("check(c)", "check_all(c)")
    tree = OPEN + "\nstatic void cellar_close(struct cellar *c, int pages)\n{\n\tcellar_walk(c, shut);\n}\n"
    patched = apply_series(series_of(diff_of(old, first), diff_of(first, second)), MemoryTree({"mm/cellar.c": tree}))
    end = patched.end.read("mm/cellar.c") or b""
    assert b"cellar_count = 1;" in end
    assert b"pages * 8;" in end
    assert b"check_all(c);" in (patched.states[1].files[0].after or b""), "what the first patch showed is gone on with"


def test_files_that_the_tree_lacks_are_known_to_later_patches() -> None:
    """What a patch shows of a file that is not there stands in the trees from before that patch on."""
    shown = "void *pool_get(int n)\n{\n\treturn find(n);\n}\n"
    more = shown + "\nint pool_seal(void *p)\n{\n\treturn set_memory_ro((unsigned long)p, 1);\n}\n"
    patched = apply_series(series_of(diff_of(shown, more, "mm/pool.c"), diff_of("int a;\n", "int b;\n", "a.c")),
                           MemoryTree({"a.c": "int a;\n"}))
    assert b"\treturn find(n);\n" in (patched.start.read("mm/pool.c") or b"")
    assert b"pool_seal" in (patched.states[1].before.read("mm/pool.c") or b"")
    assert patched.end.search(["pool_seal"]) == ("mm/pool.c",)


def test_a_new_function_does_not_go_into_another_one() -> None:
    """What begins in the first column is not put between the braces of a function."""
    old = "int a;\n\nint zebra_first = 1;\n\nint zebra_last;\n"
    new = old.replace("int zebra_last;", "int zebra_middle = 2;\n\nint zebra_last;")
    tree = "int x;\n\nstatic int f(void)\n{\n\tint zebra_first = 1;\n\n\tint zebra_last;\n\treturn 0;\n}\n"
    assert put(tree, old, new).applies == "fragment"


def test_with_the_authors_blob_a_hunk_is_placed_by_a_three_way_merge(tmp_path: Path) -> None:
    """The repository has the file that the patch was made for, so that what the tree changed beside it is known."""
    git(tmp_path, "init", "-q", "linux")
    folder = tmp_path / "linux"
    lines = [f"\tstep({number});" for number in range(12)]
    old, tree = list(lines), list(lines)
    new = [*lines[:6], "\tset_memory_ro(a, 1);", *lines[6:]]
    tree[3:5] = ["\tother();", "\tthings();"]
    tree[7:9] = ["\tcompletely();"]
    for content in (old, tree):
        (folder / "a.c").write_text("\n".join(content) + "\n")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "c")
    blob = git(folder, "rev-parse", "HEAD~1:a.c").strip()
    index = f"index {blob[:12]}..{'1' * 12} 100644\n"
    text = diff_of("\n".join(old), "\n".join(new), "a.c").replace("--- a/a.c", f"{index}--- a/a.c")
    file = apply_series(series_of(text), open_tree(folder)).states[0].files[0]
    assert "hunk 1 placed at line 7 by a three-way merge (sure)" in file.note
    assert (file.after or b"").splitlines()[5:8] == [b"\tstep(5);", b"\tset_memory_ro(a, 1);", b"\tstep(6);"]


TWINS = """\
int cellar_lock(unsigned long door, int pages)
{
	if (!PAGE_ALIGNED(door))
		return -EINVAL;

	turn_key(door, pages);

	return 0;
}

int cellar_unlock(unsigned long door, int pages)
{
	if (!PAGE_ALIGNED(door))
		return -EINVAL;

	turn_key_back(door, pages);

	return 0;
}
"""
GUARDED = TWINS.replace("{\n\tif (!PAGE", "{\n\tif (!cellar_active())\n\t\treturn 0;\n\n\tif (!PAGE")


def test_a_place_where_all_fits_is_one_beside_its_twin() -> None:
    """Two functions alike but for their names: each hunk goes where all of its lines stand, and is found there."""
    file = put(GUARDED, GUARDED, TWINS)
    assert (file.before, file.after) == (GUARDED.encode(), TWINS.encode())
    file = put(TWINS, GUARDED, TWINS)  # the tree has the patch: it is taken out first, in both functions
    assert (file.before, file.after) == (GUARDED.encode(), TWINS.encode())


def test_a_change_stays_in_the_function_whose_head_its_hunk_shows() -> None:
    """What is removed in one function does not go out of another one that has the same lines."""
    half = TWINS[:TWINS.index("int cellar_unlock")] + GUARDED[GUARDED.index("int cellar_unlock"):]
    hunk = parse_diff(diff_of(GUARDED, TWINS)).files[0].hunks[0]
    assert place(hunk_of(hunk), FileLines(half.encode().split(b"\n"))) is None


def test_a_hunk_that_reaches_into_a_function_known_from_the_mail_is_shown_once() -> None:
    """A new function before one that a later hunk does not fit stands in the file once, with the lines above it."""
    old = OPEN.replace("\tlist_add", "\tstep_one(c);\n\tstep_two(c);\n\tstep_three(c);\n\tlist_add")
    helper = "static int cellar_pages(int pages)\n{\n\treturn pages * 4;\n}\n\n"
    new = old.replace("static int cellar_open(struct", f"{helper}static int cellar_open(struct")
    new = new.replace("\tint ret;\n", "\tint ret = 0;\n").replace(
        "\tlist_add(&c->list, &cellars);\n\treturn 0;", "\tlist_add_tail(&c->list, &cellars);\n\treturn ret;")
    tree = old.replace("\tlist_add(&c->list, &cellars);\n\treturn 0;", "\treturn cellar_enter(c);").replace(
        "step_", "cellar_step_")
    after = put(tree, old, new).after or b""
    assert after.count(b"static int cellar_pages(int pages)") == 1
    assert after.count(b"static int cellar_open(") == 1
    assert after.count(b"static int cellar_count;") == 1
    assert b"list_add_tail" in after


FILL = """\

static int cellar_fill(struct cellar *c, int pages)
{
	if (c->full)
		return -ENOSPC;
	c->bottles += pages;
	return 0;
}
"""


def test_what_the_file_defines_already_is_not_defined_twice() -> None:
    """A hunk that adds a function of which the tree has another version stays known from the mail alone."""
    old = OPEN + CLOSE
    added = "\nstatic int cellar_fill(struct cellar *c, int pages)\n{\n\treturn fill(c, 4 * pages);\n}\n"
    new = old.replace("\nstatic void cellar_close(", added + "\nstatic void cellar_close(")
    tree = FILL + OPEN + "\nstatic int cellar_gap;\n" + CLOSE
    for on in (tree, FILL + old):
        file = put(on, old, new)
        assert file.applies == "fragment"
        assert not file.whole
        assert file.after is not None
        assert file.after.count(b"cellar_fill(struct") == 1
        assert b"return fill(c, 4 * pages);" in file.after
    states = apply_series(series_of(diff_of(old, new)), MemoryTree({"mm/cellar.c": tree})).states
    assert states[0].after.read("mm/cellar.c") == tree.encode()


def test_the_same_name_under_another_condition_is_no_second_definition() -> None:
    """A stub in the #else may be added beside the function that the tree has."""
    old = "#ifdef CONFIG_CELLAR\n" + FILL.lstrip() + "#else\nint cellar_stub;\nint cellar_other_stub;\n#endif\n"
    new = old.replace("int cellar_other_stub;\n", "int cellar_other_stub;\nstatic int cellar_fill(struct cellar *c, "
                      "int pages)\n{\n\treturn 0;\n}\n")
    assert put("\n\n" + old, old, new).applies == "offset"


def test_a_new_entry_goes_in_front_of_what_is_behind_it_in_the_hunk() -> None:
    """A new Kconfig entry does not end up behind the menu that it belongs to, however much else has changed there."""
    entry = "config JAR\n\tbool \"Jar\"\n\n"
    old = "config OVEN\n\tbool\n\tdepends on HEAT\n\nconfig PAN\n\tbool\n\tdepends on HEAT\n"
    tree = ("menu \"Kitchen\"\n\nconfig OVEN\n\tdef_bool y\n\nconfig POT\n\tbool\n\nconfig PAN\n\tdef_bool HEAT\n\n"
            "endmenu\n")
    file = put(tree, old, old.replace("config PAN", f"{entry}config PAN"), "mm/Kconfig")
    assert file.after == tree.replace("config PAN", f"{entry}config PAN").encode()
    without = tree.replace("config PAN\n\tdef_bool HEAT\n\n", "")
    old = old.replace("\tdepends on HEAT\n\nconfig PAN", "\nconfig PAN")
    file = put(without, old, old.replace("config PAN", f"{entry}config PAN"), "mm/Kconfig")
    assert file.after == without.replace("config POT", f"{entry}config POT").encode()


def test_a_select_goes_beside_its_neighbour() -> None:
    """Of an entry that keeps its lines in order the hunk's neighbour says where, also where the others have gone."""
    old = "config OVEN\n\tbool\n\tselect BAKER\n\tselect CAKE\n\tselect FLOUR\n\nconfig PAN\n\tbool\n"
    tree = "config OVEN\n\tdef_bool y\n\tselect CAKE\n\tselect EGGS\n\tselect SUGAR\n\nconfig LID\n\tbool\n"
    file = put(tree, old, old.replace("\tselect CAKE\n", "\tselect CAKE\n\tselect DOUGH\n"), "mm/Kconfig")
    assert file.after == tree.replace("\tselect CAKE\n", "\tselect CAKE\n\tselect DOUGH\n").encode()


def test_a_function_of_one_line_ends_on_it() -> None:
    """A stub that opens and closes its braces on one line does not take the function behind it along."""
    file = FileLines([b"static int stub(void) { return 0; }", b"static int other(void)", b"{", b"}"])
    assert file.span(b"static int stub(void)") == (0, 1)
    assert file.span(b"static int other(void)") == (1, 4)


def test_a_select_that_the_entry_has_in_another_place_is_taken_out_first() -> None:
    """The order of an entry's lines says nothing: what it has already is not there twice after the patch."""
    old = "config CELLAR\n\tbool\n\tselect ALPHA\n\tselect BETA\n\tselect GAMMA\n\tselect DELTA\n"
    new = old.replace("\tselect BETA\n", "\tselect BETA\n\tselect SHELF\n")
    tree = "config CELLAR\n\tbool\n\tselect SHELF\n\tselect ZETA\n\tselect BETA\n\tselect OMEGA\n"
    file = put(tree, old, new, "mm/Kconfig")
    assert file.applies != "fragment"
    assert (file.before or b"").count(b"select SHELF") == 0
    assert (file.after or b"").count(b"select SHELF") == 1


def test_a_variable_that_the_function_declares_already_is_not_declared_twice() -> None:
    """A hunk that fits, in a function which has the same declaration further up, is not what the tree lacks."""
    steps = "".join(f"\tstep_{number}(c);\n" for number in range(8))
    old = f"static int cellar_walk(struct cellar *c)\n{{\n{steps}\tset_memory_ro(c->door, 1);\n\treturn 0;\n}}\n"
    new = old.replace("\tset_memory_ro", "\tunsigned int areas = 1;\n\n\tset_memory_ro")
    tree = old.replace("{\n", "{\n\tunsigned int areas = 1;\n\n").replace("\treturn 0;", "\treturn c->state;")
    assert put(tree, old, new).applies == "fragment"
    assert put(tree.replace("areas", "rows"), old, new).applies != "fragment"


def test_a_function_whose_head_an_unplaced_hunk_shows_stands_there_once() -> None:
    """The section of such a hunk names the function above; the one that it changes is known from the mail alone too."""
    middle = "static int cellar_lock(struct cellar *c)\n{\n	mutex_lock(&c->lock);\n	return 0;\n}\n\n"
    close = CLOSE.lstrip()
    old = middle + close.replace("	list_del(&c->list);\n", "	int count = c->pages;\n\n	list_del(&c->list);\n")
    new = old.replace("int count = c->pages;", "int count = CELLAR_PAGES;")
    tree = middle + close.replace("	list_del(&c->list);\n", "	long sum = 4;\n\n	drop(c, sum);\n	wait(c);\n")
    file = put(tree, old, new)
    for content in (file.before, file.after):
        assert (content or b"").count(b"void cellar_close(") == 1


def test_a_declaration_in_a_header_is_no_function_of_a_later_time() -> None:
    """The text behind the second @@ may be a prototype: the function that it declares stands elsewhere."""
    first = "static inline int door_count(struct cellar *c)\n{\n\tdoor_look(c);\n\treturn c->doors;\n}\n\n"
    old = first + "".join(f"void door_{name}(struct cellar *c);\n" for name in (
        "open", "shut", "lock", "paint", "move", "mend", "sell", "buy"))
    new = old.replace("return c->doors;", "return c->all_doors;").replace("void door_mend(", "int door_mend(")
    tree = new.replace("int door_mend(", "void door_mend(").replace("void door_sell(struct cellar *c);\n",
                                                                   "void door_give(struct cellar *c);\n")
    file = put(tree, old, new, "include/cellar.h")
    assert "the tree has hunk 1 of 2 already" in file.note
    assert file.torn == frozenset()


def test_a_function_that_stands_as_the_hunk_found_it_is_of_no_later_time() -> None:
    """The tree has a hunk of another function already; this one has what is to go, and none of what is to come."""
    first = "static int cellar_count(struct cellar *c)\n{\n\tcellar_look(c);\n\treturn c->doors;\n}\n\n"
    gap = "".join(f"int cellar_{number}(void);\n" for number in range(9))
    old = first + gap + CLOSE
    new = old.replace("return c->doors;", "return c->all_doors;").replace(
        "	set_memory_rw((unsigned long)c->door, pages);\n", "	cellar_mend(c->door, pages);\n")
    tree = new.replace("	cellar_mend(c->door, pages);\n", "	set_memory_rw((unsigned long)c->door, pages);\n")
    file = put(tree.replace("	free_door(c->door);\n", "	free_old_door(c->door);\n"), old, new)
    assert "the tree has hunk 1 of 2 already" in file.note
    assert file.torn == frozenset()


def test_what_is_gone_from_the_end_of_a_file_already_is_put_back_first() -> None:
    """A hunk at the end of a file has less context below: that the file ends there too is as good."""
    old = OPEN + CLOSE.replace("	free_door(c->door);\n",
                               "	free_door(c->door);\n	mark_cellar(c);\n\n	check_cellar(c);\n")
    new = old.replace("\n	check_cellar(c);\n", "")
    file = put(new, old, new)
    assert (file.applies, file.before) == ("reversed", old.encode())
    assert put(new + "\nint cellar_more;\n", old, new).applies == "fragment"


def test_what_a_hunk_without_a_place_shows_behind_its_function_is_not_shown_twice() -> None:
    """The export below the function that such a hunk stands for, and the next head, are in the file once."""
    tail = "EXPORT_SYMBOL(cellar_open);\n"
    old = OPEN.replace("\treturn 0;\n}\n", "\tcellar_lock(c);\n\tcellar_spin(c, 4);\n\treturn 0;\n}\n") + tail + CLOSE
    new = old.replace("\tcellar_spin(c, 4);\n", "\tcellar_spin(c, 5);\n\tcellar_note(c);\n")
    file = put(OPEN + tail + CLOSE, old, new)
    assert file.unplaced == (0,)
    for side in (file.before or b"", file.after or b""):
        assert side.count(b"EXPORT_SYMBOL(cellar_open);") == 1
        assert side.count(b"static void cellar_close(") == 1


def test_a_line_put_among_statements_that_only_the_tree_has_is_unsure() -> None:
    """Which of the statements it goes before is not known, where both of its neighbours stand around them."""
    old = OPEN + CLOSE
    new = old.replace("\tlist_add(&c->list, &cellars);\n", "\tcellar_count++;\n\tlist_add(&c->list, &cellars);\n")
    tree = old.replace("\tlist_add(&c->list, &cellars);\n",
                       "\tdoor_lock(c->door);\n\tlist_lock(&cellars);\n\tlist_add(&c->list, &cellars);\n")
    file = put(tree, old, new)
    assert "unsure" in file.note
    assert file.unsure


def test_a_line_that_an_earlier_patch_could_not_bring_is_another_one_where_it_stands() -> None:
    """What takes a line that an unplaced hunk brings is unsure where such a line stands."""
    old = OPEN + CLOSE
    path = "mm/cellar.c"
    [first] = parse_diff(diff_of(CLOSE.replace("list_del", "list_move"), CLOSE, path)).files
    [second] = parse_diff(diff_of(old, old.replace("\tlist_del(&c->list);\n", ""), path)).files
    lines = old.encode().split(b"\n")[:-1]
    lost = merge(first.hunks, OPEN.encode().split(b"\n"), path)
    assert lost.unplaced
    placed = merge(second.hunks, lines, path)
    assert placed.placed[0].sure == 1.0
    assert brought(lost, first.hunks, frozenset()) == {b"list_del(&c->list);"}
    assert doubted(placed, second.hunks, {b"list_del(&c->list);"}).placed[0].sure == 0.5


def test_lines_that_hang_on_a_condition_of_the_tree_are_not_made_several() -> None:
    """What the tree guards without braces is one statement: others in its stead would stand outside of it."""
    old = OPEN + CLOSE
    new = old.replace("\tfree_door(c->door);\n",
                      "\tint order = door_order(c->door);\n\n\tfree_door_pages(c->door, order);\n")
    tree = old.replace("\tfree_door(c->door);\n", "\tif (!c->door->kept)\n\t\tfree_door(c->door);\n")
    file = put(tree, old, new)
    for line in (b"int order", b"\tint order"):
        assert b"kept)\n\t" + line not in (file.after or b"")


def test_an_empty_line_is_no_context_below_statements_that_only_the_tree_has() -> None:
    """A declaration would come to stand behind them: such a place is unsure, though one line on each side fits."""
    old = OPEN.replace("\tint ret;\n", "\tint ret = c->ret;\n") + CLOSE
    new = old.replace("\tint ret = c->ret;\n\n", "\tint ret = c->ret;\n\n\tint doors = 1;\n\n", 1)
    tree = old.replace("\tint ret = c->ret;\n\n",
                       "\tint ret = c->ret;\n\n\tif (ret)\n\t\tcellar_warn(c);\n\tcellar_wake(c);\n\n", 1)
    file = put(tree, old, new)
    assert file.unsure or file.unplaced
