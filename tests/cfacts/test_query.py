"""Questions about the paths of one function."""

from __future__ import annotations

from reviewbot.cfacts import FunctionFlow, function_view, object_of
from reviewbot.logic import Ternary

SHARE = b"""\
static void *share(struct demo *demo, int order)
{
	struct page *page = alloc_pages(GFP_KERNEL, order);
	void *mem;
	int ret;

	if (!page)
		return NULL;
	mem = page_address(page);
	mutex_lock(&demo->lock);
	ret = set_memory_decrypted((unsigned long)mem, 1 << order);
	mutex_unlock(&demo->lock);
	if (ret) {
		pr_err("cannot share\\n");
		__free_pages(page, order);
		return NULL;
	}
	ret = announce(demo, mem);
	if (ret)
		goto undo;
	if (demo->broken)
		panic("broken");
	return mem;
undo:
	set_memory_encrypted((unsigned long)page_address(page), 1 << order);
	return NULL;
}
"""


def view() -> FunctionFlow:
    found = function_view("demo.c", SHARE, name="share")
    assert found is not None
    return found


def test_what_runs_after_a_failure() -> None:
    """The failing branch alone is followed, and the object is known under its other names."""
    flow = view()
    site, = flow.calls("set_memory_decrypted")
    path, = flow.paths_after(site, "failure")
    assert [statement.text for statement in path.statements][-4:] == [
        "if (ret)", 'pr_err("cannot share\\n");', "__free_pages(page, order);", "return NULL;"]
    assert (path.ends, path.returns) == ("return", "NULL")
    assert [(call.callee, call.line) for call in flow.later_with(site, "failure")] == [("__free_pages", 15)]


def test_whether_every_path_passes_a_call() -> None:
    """A path that does not pass one is shown; one on which the machine stops does not count."""
    flow = view()
    site, = flow.calls("set_memory_decrypted")
    undone = flow.always_passes(site, frozenset({"set_memory_encrypted"}))
    assert undone.answer is Ternary.NO
    assert undone.missing[-1].text == "return mem;"
    assert flow.always_passes(site, frozenset({"announce"}), argument=None).answer is Ternary.YES
    assert flow.always_passes(site, frozenset({"__free_pages"}), "failure").answer is Ternary.YES


def test_locks_guards_and_what_ran_before() -> None:
    """Locks are told by name; what dominates the call has run."""
    flow = view()
    site, = flow.calls("set_memory_decrypted")
    assert flow.locks_at(site) == ("mutex_lock(&demo->lock)",)
    assert [str(guard.condition) for guard in flow.guards(site)] == ["page"]
    assert [statement.line for statement in flow.before(site)] == [3, 7, 9, 10]
    later, = flow.calls("announce")
    assert flow.locks_at(later) == ()


def test_objects_are_seen_through_casts_and_conversions() -> None:
    """A page, its address and the cast of that are one object."""
    assert object_of("(unsigned long)page_address(page)") == "page"
    assert object_of("virt_to_page((void *)(addr))") == "addr"
    assert object_of("demo->pages[0]") == "demo->pages[0]"
    assert object_of("(a) + (b)") == "(a) + (b)"


def test_a_function_is_found_by_line_or_not_at_all() -> None:
    """Any line of a function finds it; a line between functions finds none."""
    found = function_view("demo.c", SHARE, line=12)
    assert found is not None
    assert found.name == "share"
    assert function_view("demo.c", SHARE + b"\n\nint x;\n", line=29) is None


def test_cleanups_count_as_calls_at_the_end_of_a_life() -> None:
    """A variable with __free() gives its object back on every path."""
    data = b"""\
int f(void)
{
	void *mem __free(kfree) = kmalloc(1, GFP_KERNEL);

	if (set_memory_ro((unsigned long)mem, 1))
		return -EIO;
	return 0;
}
"""
    flow = function_view("f.c", data, name="f")
    assert flow is not None
    site, = flow.calls("set_memory_ro")
    assert flow.always_passes(site, frozenset({"kfree"}), "failure").answer is Ternary.YES
    assert flow.always_passes(site, frozenset({"vfree"}), "failure").answer is Ternary.NO


def follow(text: str, callee: str = "set_memory_encrypted") -> tuple[list[str], list[str]]:
    """Return the calls behind a call of the one function in the text: after its failure, and after its success."""
    flow = function_view("demo.c", text.encode(), line=text[:text.index("{")].count("\n") + 1)
    assert flow is not None
    site = flow.calls(callee)[0]
    failed, succeeded = ({call.callee for route in flow.paths_after(site, outcome) for step in route.statements
                          for call in step.calls} for outcome in ("failure", "success"))
    return sorted(failed), sorted(succeeded)


def test_bug_on_ends_a_path() -> None:
    """Where the condition of BUG_ON() holds nothing runs any more, whether it asks for the result alone or not."""
    for asked in ("ret", "ret < 0", "demo->gone || ret"):
        failed, succeeded = follow(
            "void demo_end(struct demo *demo)\n{\n\tint ret = set_memory_encrypted(demo->addr, 1);\n\n"
            f"\tBUG_ON({asked});\n\tfree_page(demo->addr);\n}}\n")
        assert "free_page" not in failed
        assert "free_page" in succeeded


def test_functions_that_never_come_back_end_a_path() -> None:
    """A function that the file declares as __noreturn ends a path, before or behind its name."""
    for declared in ("static void __noreturn demo_die(const char *why);", "void demo_die(const char *why) __noreturn;"):
        failed, _ = follow(
            f"{declared}\n\nvoid demo_end(unsigned long addr)\n{{\n\tif (set_memory_encrypted(addr, 1))\n"
            '\t\tdemo_die("still shared");\n\tfree_page(addr);\n}\n')
        assert failed == ["demo_die"]


def test_a_test_is_told_by_what_it_asks() -> None:
    """Behind a `!`, and in one part of a condition, the way that a path takes is told of what is tested there."""
    flow = function_view("a.c", b"""int f(struct d *d, int a)
{
	int ret = 0;

	if (!d->closed)
		ret = g(a);
	if (ret)
		return ret;
	if (a && !d->open)
		return h(a);
	return 0;
}
""", name="f")
    assert flow is not None
    around = flow.way_around(flow.calls("h")[0], past=flow.calls("g")[0]).missing
    assert [step.told for step in around if step.branch] == [
        "if (!d->closed): d->closed is true", "if (ret): false", "if (a && !d->open): a is true",
        "if (a && !d->open): d->open is false"]


def test_a_flag_that_the_failure_sets_decides_later() -> None:
    """A variable, a member, a negated or combined flag: what it keeps from running is on no path of a failure."""
    for before, setting, asking in (
            ("bool leak = false;", "if (set_memory_encrypted(addr, 1))\n\t\tleak = true;", "!leak"),
            ("int leak = 0;", "if (set_memory_encrypted(addr, 1))\n\t\tleak = 1;", "leak == 0"),
            ("", "if (set_memory_encrypted(addr, 1))\n\t\tdemo->shared = true;", "!demo->shared"),
            ("bool private;", "private = !set_memory_encrypted(addr, 1);", "private"),
            ("bool private = false;", "if (!set_memory_encrypted(addr, 1))\n\t\tprivate = true;", "private"),
            ("bool private;", "private = set_memory_encrypted(addr, 1) == 0;", "private"),
            ("int ret;", "ret = set_memory_encrypted(addr, 1);", "ret == 0")):
        failed, succeeded = follow(
            f"void demo_end(struct demo *demo, unsigned long addr)\n{{\n\t{before}\n\n\t{setting}\n"
            f"\tdemo_stop(demo);\n\tif ({asking})\n\t\tfree_page(addr);\n}}\n")
        assert "free_page" not in failed, asking
        assert "free_page" in succeeded, asking


def test_a_flag_that_is_written_again_decides_nothing() -> None:
    """A flag that something unknown is assigned to, and one of another object, leave both ways open."""
    for between in ("leak = demo_asks(demo);", "leak = false;", "leak &= demo->keep;"):
        failed, _ = follow(
            "void demo_end(struct demo *demo, unsigned long addr)\n{\n\tbool leak = false;\n\n"
            f"\tif (set_memory_encrypted(addr, 1))\n\t\tleak = true;\n\t{between}\n"
            "\tif (!leak)\n\t\tfree_page(addr);\n}\n")
        assert "free_page" in failed, between
    failed, _ = follow(
        "void demo_end(struct demo *demo, unsigned long addr)\n{\n\tif (set_memory_encrypted(addr, 1))\n"
        "\t\tdemo->shared = true;\n\tdemo = demo->next;\n\tif (!demo->shared)\n\t\tfree_page(addr);\n}\n")
    assert "free_page" in failed


def test_one_test_of_a_condition_goes_with_the_other() -> None:
    """What is done under a condition and undone under the same one: no path undoes what it has not done."""
    _, succeeded = follow(
        "int demo_open(struct demo *demo, unsigned long addr)\n{\n\tif (demo->shared)\n"
        "\t\tset_memory_decrypted(addr, 1);\n\tif (!demo->shared)\n\t\tdemo_plain(demo);\n\treturn 0;\n}\n",
        "set_memory_decrypted")
    assert succeeded == []


def test_a_flush_or_the_way_back_ends_the_search_for_a_flush() -> None:
    """A path that has put the same page back needs no flush; putting back another one does not help."""
    for back, answer in (("page", Ternary.YES), ("other", Ternary.NO)):
        flow = function_view("demo.c", (
            "int demo_hide(struct page *page, struct page *other)\n{\n"
            "\tint err = set_direct_map_invalid_noflush(page);\n\n\tif (err)\n\t\treturn err;\n"
            "\tif (demo_insert(page)) {\n"
            f"\t\tset_direct_map_default_noflush({back});\n\t\treturn -EBUSY;\n\t}}\n"
            "\tflush_tlb_all();\n\treturn 0;\n}\n").encode(), name="demo_hide")
        assert flow is not None
        site, = flow.calls("set_direct_map_invalid_noflush")
        assert flow.always_passes(site, frozenset({"flush_tlb_all"}), argument=None,
                                  undo=frozenset({"set_direct_map_default_noflush"})).answer is answer


HIDE = b"""\
static int hide(struct demo *demo, struct folio *f)
{
	struct page *page = find_page(demo);
	struct folio *other;
	int err;

	if (!page) {
		page = &f->page;
		err = set_direct_map_invalid_noflush(%s);
		if (err)
			return err;
		other = page_folio(page);
		mark(other);
		flush(page_address(page), PAGE_SIZE);
		page = next_page(demo);
		free_page_of(page);
	}
	use(page);
	return 0;
}
"""


def test_one_object_has_many_names() -> None:
    """An argument that is written otherwise is the same object, also by a name that holds another one elsewhere."""
    for written in (b"page", b"&f->page", b"folio_page(f, 0)"):
        flow = function_view("demo.c", HIDE % written, name="hide")
        assert flow is not None
        site, = flow.calls("set_direct_map_invalid_noflush")
        later = {call.callee for call in flow.later_with(site, "success")}
        assert {"page_folio", "mark", "flush"} <= later, written
        assert flow.always_passes(site, frozenset({"flush"}), "success").answer is Ternary.YES, written


def test_a_name_with_another_object_is_another_one() -> None:
    """Once a name is given something else it is no longer the object that it was."""
    flow = function_view("demo.c", HIDE % b"&f->page", name="hide")
    assert flow is not None
    flush, = flow.calls("flush")
    free, = flow.calls("free_page_of")
    assert flow.names_of(flush, 0) >= {"page", "f"}
    assert flow.names_of(free, 0) == {"page"}
    assert flow.is_given(flush, frozenset({"f"}), 0)
    assert not flow.is_given(free, frozenset({"f"}))
