"""A changed gate is a question only where somebody loses what he had."""

from __future__ import annotations

from rule_example import TreeExample, findings_in_trees

from reviewbot.cli.knowledge import load_knowledge

KNOWLEDGE = load_knowledge(())
RULE = next(rule for rule in KNOWLEDGE.rules if rule.id == "config-gate-changed")
ARM64 = "arch/arm64/mm/pageattr.c"


CALLER = "void demo(struct page *page)\n{\n\t__kernel_map_pages(page, 1, 0);\n}\n"


def gate(condition: str) -> str:
    return ("void __kernel_map_pages(struct page *page, int numpages, int enable)\n{\n"
            f"\tif ({condition})\n\t\treturn;\n"
            "\tset_memory_valid((unsigned long)page_address(page), numpages, enable);\n}\n")


FILES = {"Makefile": "VERSION = 5\nPATCHLEVEL = 10\n", "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
         "arch/arm64/Kconfig": "config ARM64\n\tdef_bool y\n\tselect ARCH_HAS_SET_DIRECT_MAP\n"
                               "config ARCH_HAS_SET_DIRECT_MAP\n\tbool\nconfig DEMO\n\tbool\n"}


def told(old: str, new: str, *, caller: bool = True, path: str = ARM64) -> list[str]:
    """Return the levels of what is said when a file changes."""
    files = {**FILES, "mm/demo.c": CALLER if caller else "int demo;\n"}
    moments = ({**files, path: old}, {**files, path: new})
    return [one.level for one in findings_in_trees(TreeExample(arches=("arm64",), moments=moments, marks={}),
                                                   RULE, KNOWLEDGE)]


def levels(old: str, new: str, *, caller: bool = True) -> list[str]:
    return told(gate(old), gate(new), caller=caller)


def kconfig(old: str, new: str) -> list[str]:
    return told(old, new, path="arch/arm64/Kconfig.debug")


def test_a_function_that_stops_working_is_asked_about() -> None:
    """Where it worked and does nothing now somebody has to answer; where it works more often nobody has."""
    narrow, wide = "!rodata_full", "!debug_pagealloc_enabled() && !rodata_full"
    assert levels(wide, narrow) == ["question"]
    assert levels(narrow, wide) == ["note"]


def test_a_guard_that_is_taken_away_is_asked_about() -> None:
    """A function that did nothing somewhere and now always works is a question, unless another test takes its place."""
    guarded = gate("!rodata_full")
    bare = guarded.replace("\tif (!rodata_full)\n\t\treturn;\n", "")
    assert told(guarded, bare) == ["question"]
    assert told(guarded, gate("!demo_platform_has(page)")) in ([], ["note"])


def test_an_option_that_needs_less_is_asked_about() -> None:
    """A symbol that is no longer asked for is a question; one selected or asked for more is the patch's word."""
    option = "config DEMO_WX\n\tbool \"Warn\"\n\tdepends on MMU{}\n"
    lines = {more: option.format(more) for more in ("", " && STRICT_KERNEL_RWX")}
    assert kconfig(lines[" && STRICT_KERNEL_RWX"], lines[""]) == ["question"]
    assert kconfig(lines[""], lines[" && STRICT_KERNEL_RWX"]) == ["note"]
    assert kconfig(lines[""], lines[""] + "\tselect ARCH_HAS_SET_MEMORY\n") == ["note"]


def test_a_function_without_a_caller_asks_nothing() -> None:
    """Nobody loses anything where nobody calls."""
    assert levels("!debug_pagealloc_enabled() && !rodata_full", "!rodata_full", caller=False) == ["note"]


def moved(*, caller_before: str, caller_after: str, old: str, new: str) -> list[str]:
    """Return the levels of what is said when the function and its only caller change together."""
    files = {**FILES, "mm/demo.c": caller_before, ARM64: old}
    after = {**files, "mm/demo.c": caller_after, ARM64: new}
    return [one.level for one in findings_in_trees(TreeExample(arches=("arm64",), moments=(files, after), marks={}),
                                                   RULE, KNOWLEDGE)]


def test_a_guard_that_only_changes_sides_is_no_question() -> None:
    """Where the callers ask now what the function asked before, or the other way, nothing is different for them."""
    guarded = gate("!debug_pagealloc_enabled()")
    bare = guarded.replace("\tif (!debug_pagealloc_enabled())\n\t\treturn;\n", "")
    asks = CALLER.replace("\t__kernel", "\tif (debug_pagealloc_enabled())\n\t\t__kernel")
    assert "question" not in moved(caller_before=CALLER, caller_after=asks, old=guarded, new=bare)
    assert "question" not in moved(caller_before=asks, caller_after=CALLER, old=bare, new=guarded)
    assert "question" not in moved(caller_before=asks, caller_after=asks, old=guarded, new=bare)
    assert "question" in moved(caller_before=CALLER, caller_after=CALLER, old=guarded, new=bare)


def test_always_is_not_said_of_a_function_with_a_stub() -> None:
    """A function that stands under an #ifdef is not always there: what callers get elsewhere is another one."""
    guarded = gate("!debug_pagealloc_enabled()")
    bare = guarded.replace("\tif (!debug_pagealloc_enabled())\n\t\treturn;\n", "")
    files = {**FILES, "mm/demo.c": CALLER}
    texts = [f"#ifdef CONFIG_DEMO\n{text}#endif\n" for text in (guarded, bare)]
    found = findings_in_trees(TreeExample(arches=("arm64",), moments=(
        {**files, ARM64: texts[0]}, {**files, ARM64: texts[1]}), marks={}), RULE, KNOWLEDGE)
    assert found
    assert all("always" not in one.message and "when CONFIG_DEMO now" in one.message for one in found)
