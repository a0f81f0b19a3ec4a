"""Derivation: what the code says by itself, and that the stored facts say the same of every real function."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from reviewbot.arch import Derivation, Derived, Fact, Model, compare, derive_for, load_model, parse_version
from reviewbot.arch.agreement import symbols_given, worker_files
from reviewbot.resources import data_folder
from reviewbot.source import DirectoryTree, MemoryTree

PAGEATTR = "arch/demo/mm/pageattr.c"
CODE = b"""
static int change_range(unsigned long start, unsigned long size)
{
	if (!size)
		return 0;
	if (start >= end_of_map)
		return -EINVAL;
	mutex_lock(&map_lock);
	table = alloc_page(GFP_KERNEL);
	mutex_unlock(&map_lock);
	if (!table)
		return -ENOMEM;
	flush_tlb_kernel_range(start, start + size);
	return 0;
}

static int one_page(pte_t *ptep, unsigned long addr, void *data)
{
	return pte_none(*ptep) ? -EFAULT : 0;
}

int set_memory_ro(unsigned long addr, int numpages)
{
	if (!can_change())
		return 0;
	change_range(addr, PAGE_SIZE);
	return change_range(addr, numpages * PAGE_SIZE);
}

int set_memory_np(unsigned long addr, int numpages)
{
	return walk_pages(addr, numpages, one_page, NULL);
}

void __kernel_map_pages(struct page *page, int numpages, int enable)
{
	if (!debug_pagealloc_enabled())
		return;
	set_memory_ro((unsigned long)page_address(page), numpages);
}

#ifdef CONFIG_DEMO_SPLIT
int set_memory_4k(unsigned long addr, int numpages)
{
	return -EBUSY;
}
#else
int set_memory_4k(unsigned long addr, int numpages)
{
	return ops->split(addr);
}
#endif
"""


def _derive(symbol: str, **given: bool) -> Derived:
    derived = Derivation(MemoryTree({PAGEATTR: CODE}), {}, given=given).derive(PAGEATTR, symbol)
    assert derived is not None
    return derived


def test_errors_come_through_inner_calls() -> None:
    """The errors of a function are its own and those of the calls whose result it returns."""
    derived = _derive("set_memory_ro")
    assert derived.errnos == ("EINVAL", "ENOMEM")
    assert derived.may_fail is True
    made = [mark.text for title, mark in derived.evidence if title == "errno ENOMEM"]
    assert made == ["change_range() makes -ENOMEM"]


def test_errors_of_what_a_caller_fills_in_are_assumed() -> None:
    """An error of a worker is sure for a caller that hands on its arguments, not for one that hands in its own object,
    nor where the code of the worker alone tells of it."""
    code = b"""
int set_memory_ro(unsigned long addr, int numpages)
{
	if (!numpages)
		return -EINVAL;
	return change_all(&addr, numpages);
}

int set_memory_rw(unsigned long addr, int numpages)
{
	struct change change = { .pages = numpages };

	return change_all(&change, 1);
}

static int own(int numpages)
{
	return numpages ? 0 : -EPERM;
}

int set_memory_x(unsigned long addr, int numpages)
{
	return own(numpages);
}
"""
    reader = Derivation(MemoryTree({PAGEATTR: code}), {}, errnos={"change_all": ("EFAULT",)})
    told = {name: reader.derive(PAGEATTR, name) for name in ("set_memory_ro", "set_memory_rw", "set_memory_x")}
    assert {name: (one.errnos, one.assumed) for name, one in told.items() if one} == {
        "set_memory_ro": (("EFAULT", "EINVAL"), ()), "set_memory_rw": (("EFAULT",), ("EFAULT",)),
        "set_memory_x": (("EPERM",), ("EPERM",))}


def test_a_dropped_result_is_told() -> None:
    """An inner call that can fail and whose result nobody reads is a drop, in an int function and in a void one."""
    assert _derive("set_memory_ro").drops == ("change_range",)
    assert _derive("__kernel_map_pages").drops == ("set_memory_ro",)
    assert _derive("__kernel_map_pages").may_fail is False


def test_early_exits_are_no_ops() -> None:
    """A test that returns success at once says when nothing is done; one that returns an error does not."""
    assert _derive("set_memory_ro").noop_when == ("!can_change()", "!size")
    assert _derive("__kernel_map_pages").noop_when == ("!debug_pagealloc_enabled()",)


def test_effects_come_through_calls() -> None:
    """Allocations, flushes, locks and sleeping are those of everything the function calls."""
    derived = _derive("set_memory_ro")
    assert derived.allocates == (("alloc_page", "GFP_KERNEL"),)
    assert derived.flushes_by == ("flush_tlb_kernel_range",)
    assert derived.locks == ("mutex_lock(&map_lock)",)
    assert derived.sleeps_by == ("alloc_page", "mutex_lock")


def test_callbacks_and_unread_calls() -> None:
    """A callback's error reaches the caller of the walk; a walk that was not read may add others and says so."""
    derived = _derive("set_memory_np")
    assert derived.errnos == ("EFAULT",)
    assert derived.open == ("walk_pages",)


def test_configuration_decides_between_arms() -> None:
    """Code that the configuration rules out is left out; a call by pointer leaves open whether it can fail."""
    assert _derive("set_memory_4k", CONFIG_DEMO_SPLIT=True).errnos == ("EBUSY",)
    other = _derive("set_memory_4k", CONFIG_DEMO_SPLIT=False)
    assert (other.errnos, other.open, other.may_fail) == ((), ("->split()",), None)


def test_a_changed_guard_disagrees_with_the_fact() -> None:
    """compare() names each field in which the stored fact and the code differ, with the lines."""
    fact = next(fact for fact in _model().fact("x86", "set_memory_ro", parse_version("6.12")))
    wrong = replace(fact, may_fail=False, errnos=(), noop_when=(), guard="", flushes=True, sleeps=True, drops=())
    derived = derive_for(MemoryTree({PAGEATTR: CODE}), PAGEATTR, "set_memory_ro", None)
    assert derived is not None
    found = {entry.field: entry for entry in compare(derived, wrong)}
    assert sorted(found) == ["drops", "errnos", "may_fail", "noop_when"]
    assert found["noop_when"].derived == "!can_change(); !size"
    assert all(entry.evidence for entry in found.values())


@pytest.mark.parametrize(("said", "differs"), [("numpages == 0", False), ("nr == 0: returns 0", False),
                                               ("the address is not mapped", True)])
def test_an_empty_range_is_one_thing(said: str, differs: bool) -> None:
    """The model may speak of numpages where a worker asks for the size, but it must speak of an empty range."""
    fact = next(iter(_model().fact("x86", "set_memory_ro", parse_version("6.12"))))
    derived = derive_for(MemoryTree({PAGEATTR: CODE}), PAGEATTR, "change_range", None)
    assert derived is not None
    assert derived.noop_when == ("!size",)
    found = {entry.field for entry in compare(derived, replace(fact, noop_when=(said,), guard=""))}
    assert ("noop_when" in found) is differs


def test_a_bool_is_no_errno() -> None:
    """A function that answers true or false fails with `false`, of which the derivation says nothing."""
    fact = next(iter(_model().fact("x86", "kfence_protect_page", parse_version("6.12"))))
    assert [name for name, _ in fact.errnos] == ["false"]
    code = (b"bool kfence_protect_page(unsigned long addr, bool protect)\n{\n\tif (!pte)\n\t\treturn false;\n"
            b"\tflush_tlb_one_kernel(addr);\n\treturn true;\n}\n")
    derived = derive_for(MemoryTree({PAGEATTR: code}), PAGEATTR, "kfence_protect_page", None)
    assert derived is not None
    assert compare(derived, fact) == ()


@cache
def _model() -> Model:
    return load_model((data_folder("rules"),))


@cache
def _limits() -> tuple[dict[str, object], ...]:
    path = Path(__file__).with_name("derivation_limits.toml")
    return tuple(tomllib.loads(path.read_text(encoding="utf-8"))["limit"])


def _real_facts(version: str) -> Iterator[tuple[str, Fact, dict[str, bool]]]:
    """Yield every fact about real code in a release, with what is certain of the architecture's configuration."""
    asked = parse_version(version)
    for arch in _model().arches:
        given = {}
        for symbol, shown_by in (("ARCH_HAS_SET_MEMORY", "set_memory_ro"),
                                 ("ARCH_HAS_SET_DIRECT_MAP", "set_direct_map_invalid_noflush")):
            given[f"CONFIG_{symbol}"] = any(f.status == "real" for f in _model().fact(arch, shown_by, asked))
            given[f"CONFIG_{symbol}_MODULE"] = False
        for symbol in _model().symbols:
            for fact in _model().fact(arch, symbol, asked):
                if fact.status == "real":
                    yield arch, fact, given


@pytest.mark.kernel
@pytest.mark.parametrize("version", ["5.10", "6.1", "6.12", "7.2", "7.3"])
def test_every_real_function_agrees_with_its_fact(kernel_tree: Callable[[str], Path], version: str) -> None:
    """Code and stored fact of each real function say the same, but for the known limits of the derivation."""
    reader = Derivation(DirectoryTree(kernel_tree(version)), {})
    differing: dict[tuple[str, str, str, str], None] = {}
    missing = []
    for arch, fact, given in _real_facts(version):
        own = reader.with_places(worker_files(_model(), arch, parse_version(version)), {**given, **symbols_given(fact)})
        derived = own.derive(fact.defined_in.split(":")[0], fact.symbol)
        if derived is None:
            missing.append((arch, fact.symbol))
            continue
        differing.update(dict.fromkeys((arch, fact.symbol, entry.field, entry.derived)
                                       for entry in compare(derived, fact)))
    known = {(entry["arch"], symbol, entry["field"], entry["derived"]): symbol
             for entry in _limits() if version in entry["versions"] for symbol in entry["symbols"]}  # type: ignore[operator, attr-defined]
    assert missing == []
    assert [entry for entry in differing if entry not in known] == []
    for entry in _limits():
        if version in entry["versions"]:  # type: ignore[operator]
            assert any((entry["arch"], symbol, entry["field"], entry["derived"]) in differing
                       for symbol in entry["symbols"]), f"no longer needed: {entry}"  # type: ignore[attr-defined]
