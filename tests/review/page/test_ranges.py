"""Kinds of executable memory that an architecture's table gives another protection."""

from __future__ import annotations

import pytest
from one_patch import review

PATH = "arch/x86/mm/init.c"
HEAD = "struct execmem_info __init *execmem_arch_setup(void)\n{\n"
OPEN = "\texecmem_info = (struct execmem_info){\n\t\t.ranges = {\n"
TAIL = "\t\t},\n\t};\n\n\treturn &execmem_info;\n}\n"


def entry(kind: str, protection: str, flags: str = "EXECMEM_KASAN_SHADOW") -> str:
    return f"\t\t\t[EXECMEM_{kind}] = {{\n\t\t\t\t.flags\t= {flags},\n\t\t\t\t.pgprot\t= {protection},\n\t\t\t}},\n"


def told(old: str, new: str) -> list[str]:
    """Return what the page says of the table, one text for each row."""
    return [row.gist for row in review(HEAD + OPEN + old + TAIL, new, path=PATH).first_page.rows]


def table(*entries: str, above: str = "") -> str:
    return HEAD + above + OPEN + "".join(entries) + TAIL


def test_a_kind_with_another_protection_is_told_in_words() -> None:
    """The row says what the memory is for, what can be done with it now, and what before."""
    assert told(entry("DEFAULT", "PAGE_KERNEL") + entry("BPF", "PAGE_KERNEL"), table(
        entry("DEFAULT", "PAGE_KERNEL"), entry("BPF", "PAGE_KERNEL_ROX"))) == [
        ("memory for BPF programs now comes read-only and executable (PAGE_KERNEL_ROX); "
         "before it came writable and not executable (PAGE_KERNEL)")]


def test_a_variable_is_all_that_it_is_set_to_and_a_missing_kind_what_the_first_is() -> None:
    """Kinds that the table did not name had what its first kind has, and those with the same change are one row."""
    above = ("\tpgprot_t prot;\n\tunsigned int flags;\n\n\tif (demo_large()) {\n\t\tprot = PAGE_KERNEL_ROX;\n"
             "\t\tflags = EXECMEM_ROX_CACHE;\n\t} else {\n\t\tprot = PAGE_KERNEL;\n\t\tflags = 0;\n\t}\n\n")
    new = table(entry("MODULE_TEXT", "prot", "flags"), entry("FTRACE", "prot", "flags"),
                entry("KPROBES", "PAGE_KERNEL"), entry("BPF", "PAGE_KERNEL"), entry("MODULE_DATA", "PAGE_KERNEL"),
                above=above)
    assert told(entry("DEFAULT", "PAGE_KERNEL"), new) == [
        ("memory for module text and ftrace can now come read-only and executable (PAGE_KERNEL_ROX), out of the cache "
         "of large read-only pages (EXECMEM_ROX_CACHE); before it came writable and not executable (PAGE_KERNEL)")]


@pytest.mark.parametrize("new", [
    table(entry("MODULE_TEXT", "PAGE_KERNEL")),
    table(entry("DEFAULT", "PAGE_KERNEL"), entry("BPF", "PAGE_KERNEL")),
    table(entry("DEFAULT", "PAGE_KERNEL", "0")),
    table(entry("DEFAULT", "demo_prot()")),
    table(entry("DEFAULT", "PAGE_KERNEL"), entry("KPROBES ... EXECMEM_BPF", "PAGE_KERNEL")),
    table(entry("DEFAULT", "PAGE_KERNEL"), entry("DEMO", "PAGE_KERNEL_ROX")),
])
def test_a_table_that_says_the_same_or_cannot_be_read_is_no_row(new: str) -> None:
    """Another name of the first kind, a kind written out and other flags change no protection."""
    assert told(entry("DEFAULT", "PAGE_KERNEL"), new) == []


def test_kinds_from_one_to_another_are_all_between() -> None:
    """What the table says of kinds together is not what its first kind has."""
    assert told(entry("DEFAULT", "PAGE_KERNEL"), table(
        entry("MODULE_TEXT", "PAGE_KERNEL_ROX"), entry("KPROBES ... EXECMEM_BPF", "PAGE_KERNEL"))) == [
        ("memory for module text now comes read-only and executable (PAGE_KERNEL_ROX); "
         "before it came writable and not executable (PAGE_KERNEL)")]


def test_the_cache_alone_is_told() -> None:
    """The same protection out of the cache is other memory: it shares large pages."""
    assert told(entry("DEFAULT", "PAGE_KERNEL_ROX"), table(entry("DEFAULT", "PAGE_KERNEL_ROX", "EXECMEM_ROX_CACHE"),
                                                           entry("MODULE_DATA", "PAGE_KERNEL"))) == [
        ("memory for module text, kprobes, ftrace and BPF programs comes out of the cache of large read-only pages now "
         "(EXECMEM_ROX_CACHE)")]
