"""The embedded model: it loads, it is complete, and it stands in the trees it was read from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from reviewbot.arch import Fact, Model, load_model, parse_version
from reviewbot.arch.bare import bare_architectures
from reviewbot.arch.check import check
from reviewbot.arch.query import query
from reviewbot.arch.releases import is_release
from reviewbot.cfacts import load_family
from reviewbot.resources import data_folder
from reviewbot.source import DirectoryTree, OverlayTree

RELEASES = tuple(map(str, load_model((data_folder("rules"),)).releases))
MAIN = ("arm64", "loongarch", "powerpc", "riscv", "s390", "x86")
WITHOUT_FACTS = frozenset((
    "__set_memory_4k", "__set_memory_enc_pgtable", "__set_memory_nx", "__set_memory_prot", "__set_memory_range",
    "__set_memory_ro", "__set_memory_rox", "__set_memory_rw", "__set_memory_rwnx", "__set_memory_x",
    "_set_memory_uc", "_set_memory_wb", "_set_memory_wc", "_set_memory_wt", "_set_pages_array",
    "change_page_attr_clear", "change_page_attr_set", "clear_mce_nospec", "cpa_clear_pages_array",
    "cpa_process_alias", "cpa_set_pages_array", "kernel_map_pages_in_pgd", "kernel_unmap_pages_in_pgd",
    "set_mce_nospec", "set_memory_wt", "set_pages_nx", "set_pages_x",
))
SET_MEMORY = "arch/x86/mm/pat/set_memory.c"


@cache
def _model() -> Model:
    return load_model((data_folder("rules"),))


def test_the_model_knows_the_main_architectures_and_their_releases() -> None:
    """All main architectures have a file, and each release that they were read from has its day."""
    model = _model()
    assert set(MAIN) <= {arch.name for arch in model.own}
    without = [str(release) for release in model.releases if not is_release(release, data_folder("rules"))]
    assert without == [], "no day in rules/releases.toml"


def test_the_page_about_the_model_names_its_releases() -> None:
    """`docs/architecture-model.md` says in which releases a fact needs an anchor: those that the model was read from.
    """
    page = (Path(__file__).resolve().parents[2] / "docs" / "architecture-model.md").read_text()
    assert f"is held against ({', '.join(str(release) for release in _model().releases)})" in " ".join(page.split())


def test_an_architecture_stands_in_one_place() -> None:
    """What does nothing of its own is a line of `_bare.toml`; once it has a file, that line goes."""
    folder = data_folder("rules") / "arch"
    twice = set(bare_architectures(folder / "_bare.toml")) & {path.stem for path in folder.glob("*.toml")}
    assert twice == set(), "in rules/arch/_bare.toml and in a file"


def test_every_generic_symbol_is_answered_on_every_architecture() -> None:
    """No cell of architecture, release and function is empty for what generic code names."""
    model = _model()
    symbols = sorted({fact.symbol for fact in model.generic.facts})
    # LoongArch came with 5.19, and hibernation's helpers are told apart by what the architecture can do.
    empty = [(arch, str(release), symbol) for arch in model.arches for release in model.releases for symbol in symbols
             if not model.fact(arch, symbol, release) and not (arch == "loongarch" and str(release) == "5.10")]
    assert empty == []


def test_every_function_of_the_family_has_facts_or_is_known_to_have_none() -> None:
    """Of a function without a fact in rules/arch the model says nothing; the trees still do."""
    known = {fact.symbol for fact in _facts()}
    without = {one.name for one in load_family((data_folder("rules") / "api",)).functions} - known
    assert without - WITHOUT_FACTS == set(), "no fact in rules/arch; give them some, or name them in WITHOUT_FACTS"
    assert WITHOUT_FACTS - without == set(), "they have facts now, or are no longer in rules/api"


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


def test_what_splits_every_leaf_is_named_where_splits_are_told() -> None:
    """set_memory_4k() takes no leaf for whole: a sentence about the edges of a range alone would be false of it."""
    model = _model()
    for arch in model.own:
        for release in model.releases:
            fact = next(iter(model.fact(arch.name, "set_memory_4k", release)), None)
            told = [said.text for said in model.statements(arch.name, release) if said.topic == "split"]
            if told and fact is not None and fact.status == "real":
                assert any("set_memory_4k()" in text for text in told), (arch.name, str(release))


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


PAGEATTR = "arch/{}/mm/pageattr.c"
OTHER_EDITS = {
    "a no-op guard removed": (
        "6.12", "arm64", PAGEATTR, "set_direct_map_invalid_noflush",
        "\tif (!can_set_direct_map())\n\t\treturn 0;\n", "",
        {("set_direct_map_invalid_noflush", "noop_when")}),
    "an errno changed in the worker": (
        "6.1", "arm64", PAGEATTR, "change_memory_common", "return -EINVAL;", "return -EPERM;",
        {(name, field) for name in ("change_memory_common", "set_memory_nx", "set_memory_ro", "set_memory_rw",
                                    "set_memory_x") for field in ("errnos", "may_fail")}),
    "the order of two tests changed": (
        "6.1", "arm64", PAGEATTR, "change_memory_common",
        "(?s)(\tarea = find_vm_area.*?)(\tif \\(!numpages\\)\n\t\treturn 0;\n)", r"\2\1",
        {(name, "noop_when") for name in ("change_memory_common", "set_memory_nx", "set_memory_ro", "set_memory_rw",
                                          "set_memory_x")}),
    "an allocation that must not sleep": (
        "6.12", "x86", SET_MEMORY, "split_large_page", "GFP_KERNEL", "GFP_ATOMIC",
        {("split_large_page", "sleeps"), ("split_large_page", "split_alloc"), ("set_memory_ro", "sleeps"),
         ("set_memory_ro", "split_alloc"), ("set_direct_map_invalid_noflush", "sleeps")}),
    "a lock no longer taken": (
        "6.1", "s390", PAGEATTR, "change_page_attr", "\tmutex_lock(&cpa_mutex);\n", "",
        {(name, field) for name in ("__set_memory", "change_page_attr", "set_memory_4k", "set_memory_nx",
                                    "set_memory_ro", "set_memory_rw", "set_memory_x")
         for field in ("locks", "sleeps")}),
    "a void function that returns an error": (
        "6.12", "riscv", PAGEATTR, "__kernel_map_pages", "void __kernel_map_pages(", "int __kernel_map_pages(",
        {("__kernel_map_pages", "returns")}),
    "a flush dropped": (
        "6.12", "powerpc", PAGEATTR, "change_page_attr", "\tflush_tlb_kernel_range(addr, addr + PAGE_SIZE);\n", "",
        {(name, "flushes") for name in ("__kernel_map_pages", "change_memory_attr", "set_memory_np",
                                        "set_memory_nx", "set_memory_p", "set_memory_ro", "set_memory_rox",
                                        "set_memory_rw", "set_memory_x")} | {("change_page_attr", "")}),
    "a flush where the name says none": (
        "5.10", "riscv", PAGEATTR, "set_direct_map_invalid_noflush", "\tmmap_read_unlock(&init_mm);\n",
        "\tmmap_read_unlock(&init_mm);\n\tflush_tlb_kernel_range(start, end);\n",
        {("set_direct_map_invalid_noflush", "flushes")}),
    "a window that is no longer left out": (
        "7.3", "loongarch", PAGEATTR, "set_direct_map_default_noflush",
        "\tif (addr < vm_map_base)\n\t\treturn 0;\n", "",
        {("set_direct_map_default_noflush", "noop_when")}),
    "an answer turned round": (
        "6.12", "x86", "arch/x86/include/asm/kfence.h", "kfence_protect_page", "\t\treturn false;", "\t\treturn true;",
        {("kfence_protect_page", "")}),
    "a function renamed": (
        "7.3", "s390", PAGEATTR, "set_direct_map_default_noflush", "set_direct_map_default_noflush(",
        "set_direct_map_reset_noflush(", {("set_direct_map_default_noflush", "returns")}),
    "an errno of a platform changed": (
        "6.12", "powerpc", "arch/powerpc/platforms/pseries/svm.c", "set_memory_encrypted", "return -EINVAL;",
        "return -EPERM;", {("set_memory_encrypted", "errnos"), ("set_memory_encrypted", "may_fail"),
                           ("set_memory_encrypted", "partial_on_failure")}),
}


def _function(text: str, name: str) -> str:
    found = re.search(rf"(?ms)^[a-z][^\n;{{}}]*\b{name}\([^;{{]*\)\n\{{.*?^\}}\n", text)
    assert found, name
    return found[0]


def _broken_fields(model: Model, tree: OverlayTree, arch: str, release: str) -> set[tuple[str, str]]:
    return {(item.subject, field) for item in check(model, tree, arches=[arch], version=parse_version(release))
            if item.outcome != "holds" and item.kind == "fact" for field in (item.anchor.holds_for or ("",))}


@pytest.mark.kernel
@pytest.mark.parametrize("edit", OTHER_EDITS)
def test_an_edit_breaks_the_right_fields_and_no_others(kernel_tree: Callable[[str], Path], edit: str) -> None:
    """Deliberate edits of other architectures and releases break the fields that they change, of no other function."""
    release, arch, path, function, old, new, hit = OTHER_EDITS[edit]
    path = path.format(arch)
    base = DirectoryTree(kernel_tree(release))
    text = (base.read(path) or b"").decode()
    body = _function(text, function)
    edited = re.sub(old, new, body, count=1) if old.startswith("(?s)") else body.replace(old, new, 1)
    assert edited != body
    tree = OverlayTree(base, {path: text.replace(body, edited, 1).encode()})
    broken = _broken_fields(_model(), tree, arch, release)
    assert hit <= broken
    symbols = {symbol for symbol, _ in hit}
    if edit != "an allocation that must not sleep":  # which all that may split rest on
        assert {symbol for symbol, _ in broken} == symbols


DEFAULTS = {
    "rodata=": ("6.1", "arm64", "init/main.c", "rodata_enabled __ro_after_init = true", "= false"),
    "debug_pagealloc=": ("6.12", "riscv", "mm/debug_page_alloc.c",
                         "IS_ENABLED(CONFIG_DEBUG_PAGEALLOC_ENABLE_DEFAULT)", "true"),
    "kfence.sample_interval=": ("7.3", "arm64", "mm/kfence/core.c", "= CONFIG_KFENCE_SAMPLE_INTERVAL", "= 0"),
}


@pytest.mark.kernel
@pytest.mark.parametrize("switch", DEFAULTS)
def test_another_default_breaks_the_switch_and_no_fact(kernel_tree: Callable[[str], Path], switch: str) -> None:
    """The code in which a switch has its default is part of what the model knows of it."""
    release, arch, path, old, new = DEFAULTS[switch]
    base = DirectoryTree(kernel_tree(release))
    text = (base.read(path) or b"").decode()
    assert old in text
    tree = OverlayTree(base, {path: text.replace(old, new).encode()})
    broken = [item for item in check(_model(), tree, arches=[arch], version=parse_version(release))
              if item.outcome != "holds"]
    assert {(item.kind, item.subject, item.anchor.holds_for) for item in broken} == {("switch", switch, ("default",))}


NEUTRAL = {
    "blank lines and comments": lambda text: text.replace("{\n", "{ /* a remark */\n\n\n"),
    "another indentation": lambda text: text.replace("\t", "    ").replace(";\n", " ;\n"),
    "two hundred lines lower": lambda text: "\n" * 200 + text,
    "a new function below": lambda text: f"{text}\nint brand_new(void)\n{{\n\tflush_tlb_all();\n\treturn -EIO;\n}}\n",
    "a new variable": lambda text: text.replace("\tint ret;\n", "\tint ret;\n\tint unused;\n"),
}


@pytest.mark.kernel
@pytest.mark.parametrize(("release", "arch", "path"), [
    ("5.10", "riscv", PAGEATTR), ("6.1", "s390", PAGEATTR), ("6.1", "powerpc", PAGEATTR), ("6.12", "x86", SET_MEMORY),
    ("6.12", "loongarch", PAGEATTR), ("7.3", "arm64", PAGEATTR), ("7.3", "arm64", "arch/arm64/mm/mmu.c")])
def test_an_edit_that_changes_nothing_breaks_nothing(kernel_tree: Callable[[str], Path], release: str, arch: str,
                                                     path: str) -> None:
    """White space, comments, moved lines, new functions and new variables leave every fact alone."""
    base = DirectoryTree(kernel_tree(release))
    text = (base.read(path.format(arch)) or b"").decode()
    for name, change in NEUTRAL.items():
        tree = OverlayTree(base, {path.format(arch): change(text).encode()})
        assert _broken_fields(_model(), tree, arch, release) == set(), name
