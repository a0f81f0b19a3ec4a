"""Memory that is touched behind a hook which took it away."""

from __future__ import annotations

from reviewbot.checks.hunked import hunk_functions
from reviewbot.contracts.away import known_hooks, touched_when_away
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, outlines_of
from reviewbot.series.diff import parse_diff
from reviewbot.source import MemoryTree

HELPER = b"static void demo_wipe(void *at, int n)\n{\n\tmemset(at, 0, n);\n}\n"
TEACHER = Teacher(MemoryTree({}), near="demo.c", data=HELPER)


def found(body: str) -> list[tuple[str, str]]:
    data = f"int f(struct d *d, struct page *page, unsigned long a)\n{{\n{body}\n}}\n".encode()
    [[outline]] = outlines_of("demo.c", data, most=1)
    return said(outline)


def said(outline: Outline) -> list[tuple[str, str]]:
    return [(hit.shape, hit.symbol) for hit in touched_when_away(outline, TEACHER)]


def test_every_hook_can_be_said() -> None:
    """Each hook denies something that something does, and says what becomes of it."""
    hooks = known_hooks()
    assert hooks.reads
    assert hooks.writes
    for hook in hooks.away:
        assert hook.denies <= {"reads", "writes"}
        assert hook.denies
        assert hook.how
        assert not hook.how.endswith(".")


def test_other_names_of_the_same_memory() -> None:
    """A cast, a conversion, a variable made by one and a helper do not hide the memory."""
    assert found("set_memory_ro(a, 1);\nmemset((void *)a, 0, 8);") == [("touched-behind", "memset")]
    assert found("void *at = page_address(page);\narch_free_page(page, 0);\nmemset(at, 0, 8);") == [
        ("touched-behind", "memset")]
    assert found("set_memory_np(a, 1);\ndemo_wipe((void *)a, 8);") == [("touched-behind", "demo_wipe")]
    assert found("set_memory_ro((unsigned long)d->code, 1);\nd->code->first = 1;") == [("touched-behind", "d->code")]


def test_a_write_that_excludes_the_question_is_found() -> None:
    """What is written where clearing at free is off meets the pattern, behind the hook as before the check of it; where
    it is on no page has one."""
    hook, check, write = "kernel_poison_pages(page, 1);\n", "kernel_unpoison_pages(page, 1);\n", (
        "if (init)\n\tclear_highpage(page);\n")
    off = "bool init = !want_init_on_free() && d->zero;\n"
    on = "bool init = want_init_on_free() && d->zero;\n"
    assert found(off + hook + write) == [("touched-behind", "clear_highpage")]
    assert found(off + write + check) == [("touched-in-front", "clear_highpage")]
    assert not found(on + hook + write)
    assert not found(on + write + check)
    assert not found(off + check + write)


def test_other_memory_is_left_alone() -> None:
    """A field beside the memory, the next entry and a page's own description are not what was taken away."""
    assert not found("set_memory_ro((unsigned long)d->code, 1);\nd->pages = 1;")
    assert not found("arch_free_page(page, 0);\npage->private = 1;")
    assert not found("arch_free_page(page, 0);\npage = next(page);\nclear_highpage(page);")
    assert not found("set_memory_ro(a, 1);\nmemcmp((void *)a, d, 8);")


def test_a_hook_that_failed_took_nothing_away() -> None:
    """The way on which the hook's result is not 0 is not followed."""
    assert not found("int ret = set_memory_ro(a, 1);\nif (ret)\n\tmemset((void *)a, 0, 8);\nreturn ret;")
    assert not found("if (set_memory_ro(a, 1)) {\n\tmemset((void *)a, 0, 8);\n\treturn -1;\n}\nreturn 0;")
    assert found("if (!set_memory_ro(a, 1))\n\tmemset((void *)a, 0, 8);\nreturn 0;")


def test_what_is_given_back_may_be_touched() -> None:
    """Behind the call that brings the memory back it may be touched, in front of it not."""
    assert not found("set_memory_ro(a, 1);\nset_memory_rw(a, 1);\nmemset((void *)a, 0, 8);")
    assert not found("debug_pagealloc_map_pages(page, 1);\nclear_highpage(page);")
    assert found("clear_highpage(page);\narch_alloc_page(page, 0);") == [("touched-in-front", "clear_highpage")]
    assert not found("kernel_map_pages(page, 1, 1);\nclear_highpage(page);")
    assert found("kernel_map_pages(page, 1, 0);\nclear_highpage(page);")
    assert not found("clear_highpage(page);\ndebug_pagealloc_map_pages(page, 1, 0);")
    assert found("debug_pagealloc_map_pages(page, 1, 0);\nclear_highpage(page);")


def test_a_hunk_alone_shows_an_order() -> None:
    """A hunk that begins within a statement and a block is read from its first whole line, with its own numbers."""
    [file] = parse_diff(
        "diff --git a/demo.c b/demo.c\n--- a/demo.c\n+++ b/demo.c\n"
        "@@ -40,5 +40,6 @@ static int demo_give(struct page *page,\n"
        " \t\t\t  PAGE_SIZE << order);\n \t}\n \tarch_free_page(page, order);\n+\tclear_highpage(page);\n"
        " \tdemo_list(page);\n }\n").files
    [(old, new)] = hunk_functions(file)
    assert new.name == "demo_give"
    assert said(new) == [("touched-behind", "clear_highpage")]
    assert [hit.line for hit in touched_when_away(new, TEACHER)] == [43]
    assert old is not None
    assert not said(old)


def test_a_hunk_between_functions_shows_each_by_its_name() -> None:
    """Where a function ends and another begins within a hunk, what is said is of the one that has the lines."""
    [file] = parse_diff(
        "diff --git a/demo.c b/demo.c\n--- a/demo.c\n+++ b/demo.c\n"
        "@@ -40,7 +40,8 @@ static int demo_first(struct page *page)\n"
        " \tarch_free_page(page, 0);\n }\n \n static int demo_second(struct page *page)\n {\n"
        "+\tclear_highpage(page);\n \tdemo_list(page);\n }\n").files
    assert [(new.name, said(new)) for _, new in hunk_functions(file)] == [("demo_first", []), ("demo_second", [])]


def test_a_function_between_directives_is_whole() -> None:
    """A function that stands between `#ifdef` and `#endif` is read, one with a directive in it is not."""
    text = ("diff --git a/mm/demo.c b/mm/demo.c\n--- a/mm/demo.c\n+++ b/mm/demo.c\n@@ -10,3 +10,16 @@ int demo;\n"
            " int demo_one;\n+#ifdef CONFIG_DEMO\n+static int demo_in(int n)\n+{\n+\treturn n;\n+}\n+#endif\n"
            "+static int demo_cut(int n)\n+{\n+#ifdef CONFIG_DEMO\n+\tn++;\n+#endif\n+\treturn n;\n+}\n"
            " int demo_two;\n int demo_three;\n")
    [file] = parse_diff(text).files
    assert [new.name for _, new in hunk_functions(file)] == ["demo_in"]
