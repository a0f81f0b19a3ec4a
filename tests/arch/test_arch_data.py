"""The embedded model: it loads, it is complete, and it stands in the trees it was read from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from reviewbot.arch import Fact, Model, check, load_model, parse_version, query
from reviewbot.resources import data_folder
from reviewbot.source import DirectoryTree, OverlayTree

RELEASES = ("5.10", "6.1", "6.12", "7.3")
MAIN = ("arm64", "loongarch", "powerpc", "riscv", "s390", "x86")
SET_MEMORY = "arch/x86/mm/pat/set_memory.c"


@cache
def _model() -> Model:
    return load_model((data_folder("rules"),))


def test_the_model_knows_the_main_architectures_and_their_releases() -> None:
    """All main architectures have a file, and the releases are those that the files were read from."""
    model = _model()
    assert set(MAIN) <= {arch.name for arch in model.own}
    assert tuple(map(str, model.releases)) == RELEASES


def test_every_generic_symbol_is_answered_on_every_architecture() -> None:
    """No cell of architecture, release and function is empty for what generic code names."""
    model = _model()
    symbols = sorted({fact.symbol for fact in model.generic.facts})
    # LoongArch came with 5.19, and hibernation's helpers are told apart by what the architecture can do.
    empty = [(arch, str(release), symbol) for arch in model.arches for release in model.releases for symbol in symbols
             if not model.fact(arch, symbol, release) and not (arch == "loongarch" and str(release) == "5.10")]
    assert empty == []


def test_a_function_that_may_fail_says_how() -> None:
    """Each errno has a reason, and a function that can fail has at least one."""
    for fact in _facts():
        assert not fact.may_fail or fact.errnos, fact.symbol
        assert all(reason for _, reason in fact.errnos), fact.symbol


def _facts() -> Iterator[Fact]:
    model = _model()
    yield from (fact for arch in (model.generic, *model.own) for fact in arch.facts)


def test_a_stub_neither_fails_nor_splits() -> None:
    """What does nothing has no errors, splits nothing and flushes nothing."""
    for row in query(_model(), [], [], []):
        if row["status"] in {"stub", "undeclared"}:
            assert (row["may_fail"], row["errnos"], row["flushes"]) == (False, [], False), row


def test_ranges_of_one_symbol_leave_no_known_release_out() -> None:
    """An architecture's own facts about a symbol do not skip a release between two that they cover."""
    model = _model()
    for arch in model.own:
        for symbol in {fact.symbol for fact in arch.facts}:
            covered = [any(fact.symbol == symbol and release in fact.versions for fact in arch.facts)
                       for release in model.releases]
            if True in covered and not any(fact.symbol == symbol for fact in model.generic.facts):
                last = len(covered) - covered[::-1].index(True)
                assert all(covered[covered.index(True):last]), (arch.name, symbol)


@pytest.mark.kernel
@pytest.mark.parametrize("release", RELEASES)
def test_every_anchor_holds_in_the_tree_of_its_release(kernel_tree: Callable[[str], Path], release: str) -> None:
    """The whole model stands in the releases that it was read from."""
    tree = DirectoryTree(kernel_tree(release))
    broken = [(item.arch, item.subject, item.anchor.file, item.why)
              for item in check(_model(), tree, arches=(), version=parse_version(release)) if item.outcome != "holds"]
    assert broken == []


EDITS = {
    "a guard removed": (
        SET_MEMORY, "if (!(__supported_pte_mask & _PAGE_NX))\n\t\treturn 0;", "",
        {"set_memory_x", "set_memory_nx"}, {"set_memory_ro", "set_memory_rox"}),
    "an errno changed": (
        SET_MEMORY, "\tif (!base)\n\t\treturn -ENOMEM;", "\tif (!base)\n\t\treturn -EAGAIN;",
        {"split_large_page", "set_memory_ro", "set_direct_map_default_noflush"},
        {"__split_large_page", "set_pages_array_uc", "kernel_page_present"}),
    "a flush dropped": (
        SET_MEMORY, "\tflush_tlb_all();\n\tspin_unlock(&pgd_lock);", "\tspin_unlock(&pgd_lock);",
        {"__split_large_page"}, {"set_memory_ro", "split_large_page"}),
    "a sleeping call removed": (
        SET_MEMORY, "\tvm_unmap_aliases();\n\n\tcpa.vaddr = addr;", "\tcpa.vaddr = addr;",
        {"change_page_attr_set_clr", "set_memory_ro"}, {"set_direct_map_invalid_noflush", "set_memory_encrypted"}),
    "an alias looked at again": (
        SET_MEMORY, ".flags = CPA_NO_CHECK_ALIAS };", ".flags = 0 };",
        {"__set_pages_np", "set_direct_map_invalid_noflush"}, {"set_memory_np", "set_memory_np_noalias"}),
    "a configuration gate changed": (
        SET_MEMORY, "#ifdef CONFIG_DEBUG_PAGEALLOC\nvoid __kernel", "#ifdef CONFIG_KFENCE\nvoid __kernel",
        {"__kernel_map_pages"}, {"set_direct_map_default_noflush"}),
    "a lock taken in earnest": (
        SET_MEMORY, "if (!down_read_trylock(&mem_enc_lock))\n\t\t\treturn -EBUSY;", "down_read(&mem_enc_lock);",
        {"set_memory_encrypted", "set_memory_decrypted"}, {"set_memory_np"}),
    "the true error handed on": (
        SET_MEMORY, "\treturn -EINVAL;\n}\n\nint set_pages_array_uc", "\treturn ret;\n}\n\nint set_pages_array_uc",
        {"set_pages_array_uc", "set_pages_array_wc"}, {"set_pages_array_wb", "set_memory_uc"}),
    "large leaves with debug_pagealloc": (
        "arch/x86/mm/init.c", "(X86_FEATURE_PSE) && !debug_pagealloc_enabled()", "(X86_FEATURE_PSE)",
        {"__kernel_map_pages"}, {"set_memory_ro"}),
    "a select removed": (
        "arch/x86/Kconfig", "\tselect ARCH_HAS_MEM_ENCRYPT\n", "",
        {"set_memory_encrypted", "set_memory_decrypted"}, {"set_memory_ro"}),
}


@pytest.mark.kernel
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_the_tree_breaks_the_facts_that_rest_on_it(kernel_tree: Callable[[str], Path], edit: str) -> None:
    """Each deliberate edit breaks the facts about what it changes and leaves their neighbours alone."""
    path, old, new, hit, spared = EDITS[edit]
    base = DirectoryTree(kernel_tree("6.12"))
    before = (base.read(path) or b"").decode()
    assert old in before
    tree = OverlayTree(base, {path: before.replace(old, new).encode()})
    broken = [item for item in check(_model(), tree, arches=["x86"], version=parse_version("6.12"))
              if item.outcome != "holds"]
    subjects = {item.subject for item in broken if item.kind == "fact"}
    assert hit <= subjects
    assert not spared & subjects
    assert {item.anchor.file for item in broken} == {path}
