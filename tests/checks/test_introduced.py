"""What a series introduces: findings are compared by what they say, before and after each patch and over the whole."""

from __future__ import annotations

import re
from pathlib import Path

from rule_example import TreeExample, mails_of

from reviewbot.arch import parse_version
from reviewbot.checks import analyse, find
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.findings.types import Finding
from reviewbot.mail import read_source
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series

KNOWLEDGE = load_knowledge(())
PATH = "drivers/demo/demo.c"
RULES = Path(__file__).resolve().parents[2] / "rules" / "checks"

LOCK = """int demo_lock(struct demo *d)
{
	d->locked = true;
	set_memory_ro((unsigned long)d->text, d->pages);
	return demo_tell(d);
}
"""


def found(*moments: str | dict[str, str], arches: tuple[str, ...] = ("arm64", "x86")) -> tuple[Finding, ...]:
    """Return all that the rules find in the patches that lead from each moment to the next."""
    trees = tuple({"Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", **({PATH: one} if isinstance(one, str) else one)}
                  for one in moments)
    example = TreeExample(arches=arches, moments=trees, marks={})
    [series] = find_series(read_source(mails_of(example), name="example")).series
    base = MemoryTree({path: text.encode() for path, text in trees[0].items()})
    analysis = analyse(series=series, patched=apply_series(series, base), family=KNOWLEDGE.family,
                       model=KNOWLEDGE.model, version=parse_version("6.12"), arches=arches)
    return find(KNOWLEDGE.rules, analysis)


def new(*moments: str | dict[str, str], arches: tuple[str, ...] = ("arm64", "x86")) -> list[tuple[int, str, str]]:
    """Return patch, rule and function of what the series brings and leaves, notes left out."""
    return [(one.patch, one.rule, one.function) for one in found(*moments, arches=arches)
            if one.introduced and one.level != "note"]


def test_first_call() -> None:
    """A call that was not there is introduced by the patch that brings it."""
    without = LOCK.replace("\tset_memory_ro((unsigned long)d->text, d->pages);\n", "")
    assert new(without, LOCK) == [(1, "ignored-result", "demo_lock")]


def test_argument_written_otherwise() -> None:
    """An argument written otherwise, over two lines or through a name, leaves the old defect an old one."""
    for spelled in ("set_memory_ro((unsigned long)(d->text), d->pages)", "set_memory_ro((ulong)d->text,\n\t\td->pages)",
                    "set_memory_ro((unsigned long)demo_text(d), d->pages)", "(void)set_memory_ro(d->addr, d->pages)"):
        after = LOCK.replace("set_memory_ro((unsigned long)d->text, d->pages)", spelled)
        assert after != LOCK
        assert new(LOCK, after) == []


def test_old_defect_stays_a_note() -> None:
    """What was there before and is touched is told once, as a note that the series does not introduce."""
    after = LOCK.replace("d->pages", "d->nr_pages")
    last = after.replace("nr_pages", "count")
    [old] = [one for one in found(LOCK, after, last) if one.rule == "ignored-result"]
    assert (old.patch, old.introduced, old.level) == (1, False, "note")


def test_renamed_function_and_names() -> None:
    """A function, its parameter and its place in the file may change at once."""
    other = "int demo_other(void)\n{\n\treturn 0;\n}\n"
    after = LOCK.replace("demo_lock", "demo_protect").replace("*d", "*demo").replace("d->", "demo->")
    assert new(f"{LOCK}\n{other}", f"{other}\n{after.replace('(d)', '(demo)')}") == []


def test_indentation() -> None:
    """Code that moves into a block is the same code."""
    after = LOCK.replace("\tset_memory_ro((unsigned long)d->text, d->pages);\n",
                         "\tif (d->text) {\n\t\tset_memory_ro((unsigned long)d->text, d->pages);\n\t}\n")
    assert new(LOCK, after) == []


def test_moved_to_another_file() -> None:
    """A function that moves to another file brings nothing, whatever it is called there."""
    rest = "int demo_tell(struct demo *d)\n{\n\treturn d->pages;\n}\n"
    before = {PATH: f"{rest}\n{LOCK}", "drivers/demo/lock.c": "int demo_nothing(void)\n{\n\treturn 0;\n}\n"}
    for name in ("demo_lock", "demo_seal"):
        after = {PATH: rest, "drivers/demo/lock.c": before["drivers/demo/lock.c"] + LOCK.replace("demo_lock", name)}
        assert new(before, after) == []


def test_moved_in_two_patches() -> None:
    """A function that one patch copies and the next one takes away at its old place is only moved."""
    rest = "int demo_tell(struct demo *d)\n{\n\treturn d->pages;\n}\n"
    here = {PATH: f"{rest}\n{LOCK}", "drivers/demo/lock.c": "int demo_nothing(void)\n{\n\treturn 0;\n}\n"}
    copied = here | {"drivers/demo/lock.c": here["drivers/demo/lock.c"] + LOCK}
    moved = copied | {PATH: rest}
    assert new(here, copied, moved) == []
    assert new(here, here | {PATH: rest}, moved) == []
    assert new(here, copied) == [(1, "ignored-result", "demo_lock")]


def test_moved_where_more_architectures_build_it() -> None:
    """Code that moves from one architecture's folder to common code is new for the other architectures alone."""
    rest = "int demo_tell(struct demo *d)\n{\n\treturn d->pages;\n}\n"
    before = {"arch/x86/mm/demo.c": f"{rest}\n{LOCK}", PATH: rest}
    after = {"arch/x86/mm/demo.c": rest, PATH: f"{rest}\n{LOCK}"}
    [one] = [one for one in found(before, after) if one.rule == "ignored-result" and one.introduced]
    assert one.arch == ("arm64",)
    assert "x86" not in one.message
    assert new(after, before) == []


def test_helper_taken_out() -> None:
    """Lines that become a helper are the same lines, whether the helper returns something or not."""
    call = "\tset_memory_ro((unsigned long)d->text, d->pages);\n"
    for head in ("static void demo_seal(struct demo *one)", "static int demo_seal(struct demo *one)"):
        body = call.replace("d->", "one->") + ("\treturn 0;\n" if "int" in head else "")
        after = f"{head}\n{{\n{body}}}\n\n{LOCK.replace(call, chr(9) + 'demo_seal(d);' + chr(10))}"
        assert new(LOCK, after) == []
        assert new(after, LOCK) == []


def test_revert() -> None:
    """A patch and its revert bring nothing, whether the patch brings a defect or mends one."""
    call = "\tset_memory_ro((unsigned long)d->text, d->pages);\n"
    without = LOCK.replace(call, "")
    mended = LOCK.replace(call, "\tif (set_memory_ro((unsigned long)d->text, d->pages))\n\t\treturn -EIO;\n")
    assert new(LOCK, without, LOCK) == []
    assert new(LOCK, mended, LOCK) == []
    assert new(without, LOCK, without) == []


def test_revert_of_what_made_it_milder() -> None:
    """A patch that only makes an old defect milder, and its revert, bring nothing."""
    call = "\tset_memory_ro((unsigned long)d->text, d->pages);\n"
    told = LOCK.replace(call, "\tint err;\n\n" + call.replace("\tset", "\terr = set") + "\tWARN(err, \"no\");\n")
    assert new(LOCK, told, LOCK) == []
    both = call + call.replace("_ro(", "_x(")
    sure = LOCK.replace(call, both)
    maybe = LOCK.replace(call, "\tif (demo_is_up())\n\t" + both)
    assert new(maybe, sure, maybe) == []


def test_fixup() -> None:
    """A defect that a later patch mends is a note that names that patch; one that a later patch only moves stays."""
    call = "\tset_memory_ro((unsigned long)d->text, d->pages);\n"
    without = LOCK.replace(call, "")
    mended = LOCK.replace(call, "\tif (set_memory_ro((unsigned long)d->text, d->pages))\n\t\treturn -EIO;\n")
    [one] = [one for one in found(without, LOCK, mended) if one.rule == "ignored-result"]
    assert (one.patch, one.introduced, one.level, one.fixed_by) == (1, True, "note", 2)
    renamed = LOCK.replace("demo_lock", "demo_seal")
    assert new(without, LOCK, renamed) == [(1, "ignored-result", "demo_lock")]


def test_one_more_of_the_same_kind() -> None:
    """Of calls alike, as many are new as there are more of them; one on another object is new where it stands."""
    second = "\tset_memory_ro((unsigned long)d->data, d->data_pages);\n"
    after = LOCK.replace("\treturn demo_tell", f"{second}\treturn demo_tell")
    [one] = [one for one in found(LOCK, after) if one.rule == "ignored-result" and one.introduced]
    assert "d->data" in one.code
    twice = LOCK.replace("\treturn demo_tell", f"\td->text = demo_next(d);\n{LOCK.splitlines()[3]}\n\treturn demo_tell")
    assert len(new(LOCK, twice)) == 1


def test_one_mended_and_another_broken() -> None:
    """That one call is mended excuses no other one that is no longer looked at."""
    good = "\tif (set_memory_ro((unsigned long)d->data, d->pages))\n\t\treturn -EIO;\n"
    bad = "\tset_memory_ro((unsigned long)d->data, d->pages);\n"
    before = LOCK.replace("\treturn demo_tell", f"{good}\treturn demo_tell")
    after = before.replace(good, bad).replace(
        "\tset_memory_ro((unsigned long)d->text, d->pages);\n",
        "\tif (set_memory_ro((unsigned long)d->text, d->pages))\n\t\treturn -EIO;\n")
    [one] = [one for one in found(before, after) if one.rule == "ignored-result" and one.introduced]
    assert "d->data" in one.code


HELPER = """static int demo_seal(struct demo *d)
{
	return d->pages;
}

int demo_start(struct demo *d)
{
	return demo_tell(d);
}
"""
FALLIBLE = HELPER.replace("return d->pages;", "return set_memory_ro((unsigned long)d->text, d->pages);")


def test_fallible_through_a_later_patch() -> None:
    """A dropped result of a helper that can only fail since a later patch is that later patch's doing."""
    dropped = HELPER.replace("\treturn demo_tell", "\tdemo_seal(d);\n\treturn demo_tell")
    after = FALLIBLE.replace("\treturn demo_tell", "\tdemo_seal(d);\n\treturn demo_tell")
    assert new(HELPER, dropped, after) == [(2, "ignored-result", "demo_start")]
    assert new(HELPER, FALLIBLE, after) == [(2, "ignored-result", "demo_start")]
    assert new(dropped, after) == [(1, "ignored-result", "demo_start")]


def test_lossy_through_a_later_patch() -> None:
    """A void helper that loses an error only since a later patch is named there, at the call that cannot know."""
    void = HELPER.replace("static int", "static void").replace("return d->pages;", "d->sealed = 1;")
    called = void.replace("\treturn demo_tell", "\tdemo_seal(d);\n\treturn demo_tell")
    lossy = called.replace("d->sealed = 1;", "set_memory_ro((unsigned long)d->text, d->pages);")
    assert (2, "error-lost-in-void", "demo_start") in new(void, called, lossy)
    assert all(patch == 2 for patch, _, _ in new(void, called, lossy))


HIDE = """int demo_hide(struct demo *d)
{
	unsigned long addr = (unsigned long)page_address(d->page);
	int err;

	err = set_direct_map_invalid_noflush(d->page);
	if (err)
		return err;
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	return 0;
}
"""


def test_what_stood_around_an_old_call() -> None:
    """A call that stays is a new defect when the patch takes away what made it right, and an old one otherwise."""
    unflushed = HIDE.replace("\tflush_tlb_kernel_range(addr, addr + PAGE_SIZE);\n", "\tdemo_tell(addr);\n")
    assert (1, "missing-flush", "demo_hide") in new(HIDE, unflushed)
    assert new(unflushed, unflushed.replace("d->page", "d->pages[0]")) == []
    assert new(unflushed, HIDE) == []
    assert new(unflushed, HIDE, unflushed) == []
    locked = HIDE.replace("\terr = set", "\tspin_lock(&d->lock);\n\terr = set").replace(
        "\tif (err)", "\tspin_unlock(&d->lock);\n\tif (err)")
    assert new(HIDE, locked) == [(1, "sleeps-in-atomic", "demo_hide")]


SHARE = """int demo_share(struct demo *d)
{
	d->page = alloc_pages(GFP_KERNEL, 2);
	if (!d->page)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)page_address(d->page), 4))
		goto free;
	return 0;

free:
	__free_pages(d->page, 2);
	return -EIO;
}
"""


def test_freed_after_a_failure() -> None:
    """The free behind a failure is the old one when its label, its function or its object is called otherwise."""
    assert ("freed-in-unknown-state" in {rule for _, rule, _ in new("", SHARE)})
    for after in (SHARE.replace("free:", "out_free:").replace("goto free", "goto out_free"),
                  SHARE.replace("demo_share", "demo_map"), SHARE.replace("d->page", "d->buffer"),
                  SHARE.replace("\t\tgoto free;\n\treturn 0;\n\nfree:\n\t__free_pages(d->page, 2);\n\treturn -EIO;\n",
                                "\t{\n\t\t__free_pages(d->page, 2);\n\t\treturn -EIO;\n\t}\n\treturn 0;\n")):
        assert after != SHARE
        assert new(SHARE, after) == []
    leaked = SHARE.replace("\t__free_pages(d->page, 2);\n", "")
    assert "freed-in-unknown-state" in {rule for _, rule, _ in new(leaked, SHARE)}
    assert new(SHARE, leaked, SHARE) == []


def test_calls_made_one() -> None:
    """Two calls that become one bring nothing; one that becomes a loop over several is still the old one."""
    twice = LOCK.replace("\treturn demo_tell", "\tset_memory_ro((unsigned long)d->data, 1);\n\treturn demo_tell")
    once = twice.replace("\tset_memory_ro((unsigned long)d->data, 1);\n", "").replace("d->text, d->pages", "d->all, 9")
    assert new(twice, once) == []
    loop = LOCK.replace("\tset_memory_ro((unsigned long)d->text, d->pages);\n",
                        "\tfor (i = 0; i < d->parts; i++)\n\t\tset_memory_ro(d->part[i].addr, d->part[i].pages);\n")
    assert new(LOCK, loop) == []


def test_dropped_before_and_only_warned_about_now() -> None:
    """A patch that begins to look at a result and goes on all the same is told so quietly: the warning is its own."""
    after = LOCK.replace("\tset_memory_ro((unsigned long)d->text, d->pages);",
                         "\tif (set_memory_ro((unsigned long)d->text, d->pages))\n\t\tpr_err(\"still open\\n\");")
    assert after != LOCK
    assert new(LOCK, after) == []
    told = [one for one in found(LOCK, after) if one.rule == "warn-only"]
    assert [(one.introduced, one.level, one.function) for one in told] == [(True, "note", "demo_lock")]
    assert "Before the patch the result was not looked at" in told[0].notes[0]
    assert not [one for one in found(after, after.replace("still open", "open")) if one.introduced]


def test_two_calls_for_one_of_what_drops_its_error_inside() -> None:
    """What a primitive drops inside itself is no new loss where a function has two calls of it instead of one."""
    def body(call: str) -> str:
        return f"void demo_map(struct demo *d, int on)\n{{\n{call}\tdemo_use(d->page);\n}}\n"

    one = body("\t__kernel_map_pages(d->page, d->pages, on);\n")
    two = body("\tif (on)\n\t\t__kernel_map_pages(d->page, d->pages, 1);\n\telse\n"
               "\t\t__kernel_map_pages(d->page, d->pages, 0);\n")
    lost = (1, "error-lost-in-void", "demo_map")
    assert lost in new(body(""), one)
    assert lost not in new(one, two)


def test_a_loss_that_no_kernel_can_bring_about() -> None:
    """A way that some kernel builds, and on which none comes to what would be lost, is told by a note that says so."""
    tree = {
        "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n\nconfig ARCH_HAS_SET_DIRECT_MAP\n\tbool\n\n'
                   'config DEBUG_PAGEALLOC\n\tbool "Unmap free pages"\n\tdepends on !PPC\n',
        "arch/x86/Kconfig": "config X86\n\tdef_bool y\n\tselect ARCH_HAS_SET_DIRECT_MAP\n",
        "arch/powerpc/Kconfig": "config PPC\n\tdef_bool y\n",
        "Kbuild": "obj-y += drivers/\n", "drivers/Makefile": "obj-y += demo/\n",
        "drivers/demo/Makefile": "obj-y += demo.o\n",
        "include/linux/mm.h": "#ifdef CONFIG_DEBUG_PAGEALLOC\n"
                              "void __kernel_map_pages(struct page *page, int n, int on);\n\n"
                              "static inline void debug_pagealloc_map_pages(struct page *page, int n)\n{\n"
                              "\t__kernel_map_pages(page, n, 1);\n}\n#else\n"
                              "static inline void debug_pagealloc_map_pages(struct page *page, int n) {}\n#endif\n"}
    before = "#include <linux/mm.h>\n\nint demo_count(void)\n{\n\treturn 1;\n}\n"
    show = ("\nvoid demo_show(struct page *page)\n{\n\tif (!IS_ENABLED(CONFIG_ARCH_HAS_SET_DIRECT_MAP))\n"
            "\t\tdebug_pagealloc_map_pages(page, 1);\n\tdemo_read(page);\n}\n")
    told = [one for one in found(tree | {PATH: before}, tree | {PATH: before + show}, arches=("powerpc", "x86"))
            if one.rule == "error-lost-in-void"]
    assert [(one.level, one.introduced, one.function, one.arch) for one in told] == [
        ("note", True, "demo_show", ("powerpc",))]
    assert told[0].message.endswith("No configuration of powerpc and x86 comes from this line to '__kernel_map_pages'.")


def test_use_of_the_result_written_otherwise() -> None:
    """Another way to drop a result is the same drop; that nobody is warned any longer is news, a warning is none."""
    call = "\tset_memory_ro((unsigned long)d->text, d->pages);\n"
    unread = LOCK.replace("\td->locked", "\tint ret;\n\n\td->locked").replace("\tset_mem", "\tret = set_mem")
    warned = LOCK.replace(call, f"\tif ({call.strip()[:-1]})\n\t\tpr_warn(\"demo: not protected\\n\");\n")
    assert new(LOCK, unread) == new(unread, LOCK) == new(LOCK, warned) == []
    assert new(warned, LOCK) == [(1, "ignored-result", "demo_lock")]


def test_if_lines_around_a_call() -> None:
    """An old call that comes out of an `#if` is new for the architectures that can build it now."""
    call = "\tset_memory_ro((unsigned long)d->text, d->pages);\n"
    guarded = LOCK.replace(call, f"#ifdef CONFIG_X86\n{call}#endif\n")
    [one] = [one for one in found(guarded, LOCK) if one.introduced]
    assert (one.rule, one.arch) == ("ignored-result", ("arm64",))
    assert new(LOCK, guarded) == []


def test_functions_made_one() -> None:
    """Two functions that become one, and one that becomes two, have the calls that they had; a copy has its own."""
    second = LOCK.replace("demo_lock", "demo_lock_data").replace("text", "data")
    calls = [line for text in (LOCK, second) for line in text.splitlines(True) if "set_memory" in line]
    both = f"int demo_lock(struct demo *d)\n{{\n{''.join(calls)}\treturn 0;\n}}\n"
    assert new(f"{LOCK}\n{second}", both) == new(both, f"{LOCK}\n{second}") == []
    assert new(LOCK, f"{LOCK}\n{second}") == [(1, "ignored-result", "demo_lock_data")]


def test_same_answer_for_neighbours_made_one() -> None:
    """Patches that are made one, or cut in two by file, bring the same."""
    other = {"drivers/demo/other.c": "int demo_other(void)\n{\n\treturn 0;\n}\n"}
    changed = {"drivers/demo/other.c": "int demo_other(void)\n{\n\tset_memory_rw(1, 1);\n\treturn 0;\n}\n"}
    without = LOCK.replace("\tset_memory_ro((unsigned long)d->text, d->pages);\n", "")
    whole = new({PATH: without} | other, {PATH: LOCK} | changed)
    cut = new({PATH: without} | other, {PATH: LOCK} | other, {PATH: LOCK} | changed)
    assert [place[1:] for place in whole] == [place[1:] for place in cut]
    assert len(whole) == 2


def test_helper_by_another_name() -> None:
    """A call of a helper that now has another name, or another helper around the same function, says nothing new."""
    header = "static inline void demo_map(struct page *page, int on)\n{\n\t__kernel_map_pages(page, 1, on);\n}\n"
    body = ("void demo_prepare(struct demo *d)\n{\n\tspin_lock(&d->lock);\n\tdemo_map(d->page, 0);\n"
            "\tspin_unlock(&d->lock);\n}\n")
    after = f"{header}\n{body}".replace("demo_map", "demo_debug_map")
    assert new(f"{header}\n{body}", after) == []


def test_callers_of_callers() -> None:
    """Where a patch makes a helper lose an error, its callers are named, not the callers of these."""
    void = HELPER.replace("int demo", "void demo").replace("return d->pages;", "d->sealed = 1;").replace(
        "\treturn demo_tell", "\tdemo_seal(d);\n\tdemo_tell")
    outer = f"{void}\nint demo_probe(struct demo *d)\n{{\n\tdemo_start(d);\n\tdemo_tell(d);\n\treturn 0;\n}}\n"
    lossy = outer.replace("d->sealed = 1;", "set_memory_ro((unsigned long)d->text, d->pages);")
    assert [place for place in new(outer, lossy) if place[1] == "error-lost-in-void"] == [
        (1, "error-lost-in-void", "demo_start")]


def test_in_place_of_what_the_tree_does_not_have_any_more() -> None:
    """A series for an older kernel takes out calls of a function that is gone: what they did nobody can tell here."""
    path = "mm/page_alloc.c"
    body = """void free_pages_prepare(struct page *page, unsigned int order)
{
	demo_check(page);
	CALL;
	demo_tell(page);
}
"""
    def rules(before: str, after: str) -> set[str]:
        moments = ({path: body.replace("CALL", text)} for text in (before, after))
        return {rule for _, rule, _ in new(*moments, arches=("x86",))}

    sleeping, losing = "(void)set_memory_np(demo_address(page), 1)", "__kernel_map_pages(page, 1 << order, 0)"
    assert (rules("demo_map(page)", sleeping), rules("demo_map(page)", losing)) == (
        {"ignored-result", "sleeps-in-atomic"}, {"error-lost-in-void"})
    gone = "kernel_map_pages(page, 1 << order, 0)"
    assert (rules(gone, sleeping), rules(gone, losing)) == ({"ignored-result"}, set())


def test_a_mark_is_lost_where_it_is_one() -> None:
    """A bit that is nothing without an option is told with the option."""
    folder = RULES / "mark-lost-with-protection"
    before, after = ((folder / f"bad_asked_for_behind_the_mask{end}").read_text() for end in (".before.c", ".c"))
    path = re.search(r"path: (\S+)", after)
    assert path
    moments = ({path[1]: before}, {path[1]: after})
    assert [one.config for one in found(*moments, arches=("x86",)) if one.rule == folder.name] == ["CONFIG_X86_64"]
