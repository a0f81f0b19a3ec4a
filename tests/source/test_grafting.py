"""Hunks whose lines the tree has in other words: they stand for those, on both sides, and are told as unsure."""

from __future__ import annotations

from making import series_of
from test_placing import CLOSE, OPEN, diff_of, put

from reviewbot.series import parse_diff
from reviewbot.source import MemoryTree, apply_series
from reviewbot.source.alignment import FileLines
from reviewbot.source.landing import ANOTHER_FORM
from reviewbot.source.placing import hunk_of, place

OLD = OPEN + CLOSE
WORDS = "\tc->door = alloc_door(c);\n"
NEW = OLD.replace(WORDS, "\tc->door = alloc_door_pages(c, GFP_KERNEL);\n")
TREE = OLD.replace(WORDS, "\tc->door = cellar_door_get(c->house,\n\t\t\t\t  c, DOOR_OAK);\n")


def test_a_changed_line_that_the_tree_has_in_other_words_stands_for_those() -> None:
    """Between the same lines the hunk's own line is what the patch finds, and the place is told as unsure."""
    file = put(TREE, OLD, NEW)
    assert file.applies == "merged"
    assert file.whole
    assert "in the stead of other lines that the tree has there (unsure)" in file.note
    assert (file.before, file.after) == (OLD.encode(), NEW.encode())
    assert file.unsure == ((10, 10),)


def test_what_stood_there_for_the_author_stands_there_before_the_first_patch() -> None:
    """The tree before the series has the line of the mail, and a later patch goes on from it."""
    later = NEW.replace("GFP_KERNEL", "GFP_ATOMIC")
    states = apply_series(series_of(diff_of(OLD, OLD.replace("int cellar_count", "long cellar_count")),
                                    diff_of(OLD, NEW), diff_of(NEW, later)),
                          MemoryTree({"mm/cellar.c": TREE})).states
    assert states[0].before.read("mm/cellar.c") == OLD.encode()
    assert states[1].files[0].before == states[0].files[0].after
    assert b"alloc_door_pages(c, GFP_ATOMIC)" in (states[2].files[0].after or b"")
    assert states[2].files[0].whole


def test_a_statement_that_is_not_its_like_keeps_the_hunk_out() -> None:
    """Lines that share no name with those of the hunk are no other words for them."""
    file = put(OLD.replace(WORDS, "\tcount_visitors(now, 3);\n"), OLD, NEW)
    assert file.unplaced == (0,)


def test_a_function_of_the_tree_is_never_lost_for_a_hunk() -> None:
    """A head that resembles the hunk's may be that of another function, which the tree calls."""
    old = OLD.replace("static void cellar_close(struct cellar *c, int pages)\n",
                      "static void cellar_shut(struct cellar *c, int pages)\n")
    new = old.replace("static void cellar_shut(struct cellar *c, int pages)\n",
                      "static int cellar_shut(struct cellar *c, int pages)\n")
    file = put(OLD, old, new)
    assert not file.whole
    assert b"cellar_close" in (apply_series(series_of(diff_of(old, new)), MemoryTree({"mm/cellar.c": OLD}))
                               .end.read("mm/cellar.c") or b"")


def test_two_places_with_such_a_frame_are_none() -> None:
    """Where two parts of a function have the same lines around the changed one, it goes to neither."""
    part = "\tif (c->open)\n\t\treturn 0;\n\tc->door = alloc_door(c);\n\tif (!c->door)\n\t\treturn -ENOMEM;\n"
    head, end = "static int cellar_try(struct cellar *c)\n{\n", "\treturn 0;\n}\n"
    old = head + part + end
    other = part.replace("alloc_door(c)", "door_of(c, HOUSE)")
    middle = "".join(f"\tstep_{number}(c);\n" for number in range(40))
    file = put(head + other + middle + other + end, old, old.replace("alloc_door(c)", "alloc_door_of(c, 2)"))
    assert file.unplaced == (0,)


def test_lines_that_are_more_like_what_the_patch_brings_are_another_form_of_it() -> None:
    """The tree has a later version of the patch there: it was taken out first, and that is said."""
    tree = OLD.replace(WORDS, "\tc->door = alloc_door_pages(c, GFP_KERNEL | __GFP_ZERO);\n")
    file = put(tree, OLD, NEW)
    assert ANOTHER_FORM in file.note
    assert file.had
    assert (file.before, file.after) == (OLD.encode(), NEW.encode())


def test_a_line_beside_the_change_may_stand_in_nearly_the_same_words() -> None:
    """A renamed helper in the only telling line below does not keep an insertion out; the place is told as unsure."""
    old = OPEN + "".join(f"\nstatic void cellar_{name}(struct cellar *c)\n{{\n\tstruct door *door = c->door;\n\n"
                         f"\tdoor_{name}(door);\n}}\n" for name in ("see", "put", "lock"))
    new = old.replace("\tdoor_put(door);\n", "\tif (door_is_kept(door))\n\t\treturn;\n\tdoor_put(door);\n")
    file = put(old.replace("\tdoor_put(door);\n", "\tdoor_pte_put(door);\n"), old, new)
    assert file.whole
    assert file.unsure
    assert b"\tif (door_is_kept(door))\n\t\treturn;\n\tdoor_pte_put(door);\n" in (file.after or b"")


def test_a_hunk_goes_into_the_function_that_it_names_beside_one_that_is_its_like() -> None:
    """Two functions with the same loop a few lines apart are told apart by their names."""
    loop = ("\n\tfor (s = start; s < end; s++) {\n\t\tvoid *addr = s->addr;\n\t\tu32 hash;\n\n\t\taddr -= 16;\n"
            "\t}\n}\n\n")
    text = "".join(f"static void {name}(struct site *start, struct site *end)\n{{\n\tstruct site *s;\n{loop}"
                   for name in ("sites_on", "sites_off"))
    diff = diff_of(text, text.replace("\t\tu32 hash;\n", "\t\tvoid *mapped = map_site(addr);\n\t\tu32 hash;\n", 1))
    [hunk] = parse_diff(diff.replace("@@\n", "@@ static void sites_on(struct site *start)\n", 1)).files[0].hunks
    found = place(hunk_of(hunk), FileLines(text.encode().split(b"\n")))
    assert found is not None
    assert found.start == 6


def test_one_hunk_may_take_what_opens_and_another_what_closes() -> None:
    """A conditional that the tree lost already, at both ends, stands there before the patch again."""
    old = OPEN + "\n#ifndef CELLAR_OLD\n" + CLOSE + "#endif /* CELLAR_OLD */\n\nint cellar_doors;\n"
    new = OPEN + CLOSE + "\nint cellar_doors;\n"
    tree = new.replace("\tlist_del(&c->list);\n", "\tlist_del_init(&c->list);\n")
    file = put(tree, old, new)
    text = file.before or b""
    assert text.count(b"#ifndef") == text.count(b"#endif")


def test_a_head_that_stands_once_is_found_wherever_its_neighbours_went() -> None:
    """What begins a function says where it goes, though the functions around it were put in another order."""
    old = OPEN + CLOSE
    new = old.replace("static void cellar_close(", "void cellar_close(")
    other = CLOSE.replace("list_del", "list_del_init").replace("free_door(", "free_door_late(")
    file = put(other + "".join(f"\nint shelf_{n};\n" for n in range(9)) + OPEN.replace("return 0;", "return c->ret;"),
               old, new)
    assert file.whole
    assert b"\nvoid cellar_close(" in (file.after or b"")
    assert file.unsure


def test_lines_that_stand_once_in_another_function_are_not_those_of_the_hunk() -> None:
    """A line inside of a function goes by the function that the hunk names."""
    new = OLD.replace("\tfree_door(c->door);\n", "\tfree_door_late(c->door, 1);\n")
    tree = (OPEN + "\nstatic void cellar_burn(struct cellar *c)\n{\n\tif (c->fire)\n\t\tcellar_warn(c);\n"
            "\tfree_door(c->door);\n\tc->ashes++;\n}\n\nstatic void cellar_close(struct cellar *c, int pages)\n{\n"
            "\tlist_del(&c->list);\n\tset_memory_rw((unsigned long)c->door, pages);\n}\n")
    assert put(tree, OLD, new).unplaced == (0,)


def test_an_entry_goes_by_one_side_where_the_file_has_nothing_of_the_other() -> None:
    """All that the hunk shows below the new entry of a list stands in the file; what is above it the tree lacks."""
    head = "const struct flag flags[] = {\n\tFLAG(sd, \"soft dirty\"),\n\tFLAG(mm, \"mixed map\"),\n"
    end = "\tFLAG_LAST(\"nothing follows\"),\n};\n\nint flags_shown(const struct flag *flag);\n"
    newer = "\tFLAG(um, \"missing\"),\n\tFLAG(uw, \"write protect\"),\n\tFLAG(mt, \"tags\"),\n"
    file = put(head + end, head + newer + end, head + newer + "\tFLAG(ss, \"shadow stack\"),\n" + end)
    assert file.whole
    assert b"\tFLAG(mm, \"mixed map\"),\n\tFLAG(ss, \"shadow stack\"),\n\tFLAG_LAST(" in (file.after or b"")
    assert file.unsure


def test_lines_at_another_depth_do_not_frame_a_change() -> None:
    """The tree guards what the hunk does at once: its lines there are no other words for those of the hunk."""
    old = ("static void pages_free(struct pages *p)\n{\n\tpages_unlink(p->list);\n\n"
           "\tset_memory_encrypted((unsigned long)p->first, 1);\n"
           "\tset_memory_encrypted((unsigned long)p->second, 1);\n\n"
           "\tfree_shared_page((unsigned long)p->first);\n\tfree_shared_page((unsigned long)p->second);\n"
           "\tp->first = NULL;\n\tp->second = NULL;\n}\n")
    new = old.replace("free_shared_page((unsigned long)p->first)", "free_shared_page(p->first)").replace(
        "free_shared_page((unsigned long)p->second)", "free_shared_page(p->second)")
    guarded = "".join(f"\n\tif (p->{name}) {{\n\t\tif (!set_memory_encrypted(\n\t\t\t(unsigned long)p->{name}, 1))\n"
                      f"\t\t\tfree_page((unsigned long)p->{name});\n\t\tp->{name} = NULL;\n\t}}\n"
                      for name in ("first", "second"))
    file = put(f"static void pages_free(struct pages *p)\n{{\n\tpages_unlink(p->list);\n{guarded}}}\n", old, new)
    assert file.unplaced == (0,)
