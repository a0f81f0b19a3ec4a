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
