"""The program's own scenarios on the program's own model: what holds, what it rests on, and what breaks how."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_machine import real_model, real_scenarios, run_real

from reviewbot.arch import parse_version
from reviewbot.arch.machine import Result, as_data, draw_svg, draw_text, explore
from reviewbot.arch.machine.setting import read_setting
from reviewbot.logic import TRUE, parse_condition

MAIN = ("x86", "arm64", "riscv", "s390", "powerpc", "loongarch")
RELEASES = tuple(map(str, real_model().releases))


def steps(result: Result) -> list[tuple[str, str]]:
    return [(event.actor, event.step) for event in result.events]


@pytest.mark.parametrize("arch", ["x86", "arm64"])
@pytest.mark.parametrize("kernel", RELEASES)
def test_vunmap_against_hibernation_rests_on_the_freezer(arch: str, kernel: str) -> None:
    """Nothing else keeps safe_copy_page() from a page between its two changes."""
    safe = run_real("vunmap-hibernation", arch, kernel)
    assert (safe.outcome, safe.rests_on) == ("holds", ("tasks-frozen",))
    wrong = run_real("vunmap-hibernation", arch, kernel, without=("tasks-frozen",))
    assert wrong.outcome == "broken"
    assert steps(wrong) == [("hibernation", "is = kernel_page_present(page)"),
                            ("vunmap", "set_direct_map_invalid_noflush(page)"), ("hibernation", "read page")]


@pytest.mark.parametrize("kernel", RELEASES)
def test_x86_maps_back_what_went_away_as_a_page(kernel: str) -> None:
    """A page that went not present alone is an entry of its own: mapping it back never fails."""
    result = run_real("hibernation-page", "x86", kernel)
    assert result.outcome == "holds"
    assert dict(result.config)["direct_map_of_pages"] is False


@pytest.mark.parametrize(("kernel", "how"), [("5.10", "kernel_map_pages(page, 1)"), ("6.1", "hibernate_map_page(page)"),
                                             ("6.12", "hibernate_map_page(page)"), ("7.3", "hibernate_map_page(page)")])
def test_x86_fails_to_map_a_page_of_a_leaf_that_is_not_present(kernel: str, how: str) -> None:
    """After set_memory_np() of a whole leaf the split fails for want of memory, and the error is dropped."""
    result = run_real("hibernation-large-leaf", "x86", kernel)
    assert steps(result)[0] == ("owner", "set_memory_np(page+rest)")
    assert steps(result)[-2:] == [("hibernation", how), ("hibernation", "read page")]
    assert result.events[-2].outcome == "-ENOMEM inside, dropped: no page for the table that a split needs"
    with_debugging = run_real("hibernation-large-leaf", "x86", kernel, config=("DEBUG_PAGEALLOC=y",))
    assert with_debugging.outcome == "holds"


def test_arm64_does_not_map_back_with_another_function() -> None:
    """5.10 with rodata=off and debugging: __kernel_map_pages() acts, and set_direct_map_*() do nothing."""
    wrong = run_real("hibernation-set-direct-map", "arm64", "5.10", config=("rodata=off", "DEBUG_PAGEALLOC=y"))
    assert wrong.outcome == "broken"
    assert steps(wrong)[0] == ("owner", "free page")
    assert wrong.events[0].outcome == "kernel_map_pages(0)"
    assert steps(wrong)[-2:] == [("hibernation", "set_direct_map_default_noflush(page)"), ("hibernation", "read page")]
    assert wrong.events[-2].outcome.startswith("does nothing: !rodata_full")
    assert run_real("hibernation-set-direct-map", "arm64", "5.10").outcome == "holds"
    assert run_real("hibernation-debug-pagealloc", "arm64", "5.10", config=("rodata=off",)).outcome == "holds"
    for kernel in ("5.12", "6.1", "6.12", "7.3"):
        assert run_real("hibernation-set-direct-map", "arm64", kernel, config=("rodata=off",)).outcome == "holds"


def test_a_buffer_is_not_freed_after_a_failed_decryption() -> None:
    """Freeing it because it cannot be decrypted is the refuted advice; leaking it holds."""
    for arch in ("x86", "arm64"):
        assert run_real("hypervisor-buffer", arch, "6.12").outcome == "holds"
        wrong = run_real("hypervisor-buffer-freed", arch, "6.12")
        assert wrong.violation is not None
        assert wrong.violation.text == "driver frees buffer[0] and nobody knows whether it is private or shared"


def test_old_riscv_sleeps_in_the_page_allocator() -> None:
    """__kernel_map_pages() of 5.10 takes a sleeping lock on behalf of an allocation in an interrupt."""
    result = run_real("debug-pagealloc", "riscv", "5.10")
    assert result.violation is not None
    assert result.violation.broken == "sleep"
    assert run_real("debug-pagealloc", "riscv", "6.12").outcome == "holds"


def test_loongarch_keeps_secret_memory_mapped() -> None:
    """set_direct_map_invalid_noflush() says 0 inside the direct window and does nothing."""
    result = run_real("secretmem", "loongarch", "6.12")
    assert result.violation is not None
    assert result.violation.text == "fault takes page to be absent, and it is writable in the direct map"


def test_kfence_rests_on_its_pool_where_nothing_looks() -> None:
    """On arm64 a pool in blocks would be believed protected; on x86 KFENCE is told, and switches itself off."""
    arm64 = run_real("kfence", "arm64", "6.12", config=("rodata=off",))
    assert (arm64.outcome, arm64.rests_on) == ("holds", ("pool-of-pages",))
    x86 = run_real("kfence", "x86", "6.12", without=("pool-of-pages",))
    assert x86.outcome == "holds"


def test_arm64_splits_blocks_that_are_in_use() -> None:
    """With BBML2 nobody beside the page notices; only KFENCE rests on a pool of pages, whose split would sleep."""
    for kernel in ("7.2", "7.3"):
        blocks = run_real("arm64-block-split", "arm64", kernel)
        assert (blocks.outcome, blocks.rests_on) == ("holds", ("pool-of-pages",))
        assert dict(blocks.config)["direct_map_of_pages"] is False
        assert run_real("arm64-block-split", "arm64", kernel, config=("!bbml",)).outcome == "holds"


def test_a_scenario_of_one_architecture_is_absent_elsewhere() -> None:
    """What it sets need not have a name on the other architectures."""
    elsewhere = run_real("arm64-block-split", "x86", "7.3", config=("bbml",))
    assert (elsewhere.outcome, elsewhere.why) == ("absent", "the scenario is about arm64")


@pytest.mark.parametrize("arch", ["x86", "arm64"])
def test_a_folio_zapped_as_a_whole_comes_back_with_a_split(arch: str) -> None:
    """The restore of one page can fail although the zap could not; freed all the same, the page is not mapped."""
    assert run_real("guest-memfd-restore", arch, "7.3").outcome == "holds"
    wrong = run_real("guest-memfd-restore-unchecked", arch, "7.3")
    assert wrong.violation is not None
    assert wrong.violation.text == ("guest-memfd frees first while it is not present in the direct map "
                                    "as part of a large leaf")
    assert wrong.events[-2].failed


def test_a_late_pool_that_was_not_split_switches_kfence_off() -> None:
    """kfence_protect_page() refuses the large leaf, so nobody takes a page to be absent that is not."""
    late = run_real("kfence-late-pool", "x86", "7.3")
    assert (late.outcome, late.never) == ("holds", ())


def test_what_is_shared_comes_back_before_the_next_kernel() -> None:
    """Without the lock a driver shares the page again behind kexec, and a host that refuses leaves it shared."""
    safe = run_real("kexec-shared", "x86", "7.3")
    assert (safe.outcome, safe.rests_on) == ("holds", ("conversions-stopped", "host-agrees"))
    wrong = run_real("kexec-shared", "x86", "7.3", without=("conversions-stopped",))
    assert wrong.violation is not None
    assert wrong.violation.broken == "view"


def test_a_conversion_sleeps_so_it_waits_for_the_hotplug_thread() -> None:
    """In the STARTING section of a processor the call would sleep with interrupts off."""
    safe = run_real("cpu-hotplug-conversion", "x86", "7.3")
    assert (safe.outcome, safe.rests_on) == ("holds", ("in-the-hotplug-thread",))
    wrong = run_real("cpu-hotplug-conversion", "x86", "7.3", without=("in-the-hotplug-thread",))
    assert wrong.violation is not None
    assert wrong.violation.broken == "sleep"


def test_the_execmem_cache_keeps_what_runs_beside_a_module() -> None:
    """Not executable before writable: no page is both, and a neighbour's trampoline goes on running."""
    assert run_real("execmem-running", "x86", "7.3").outcome == "holds"
    cache = run_real("execmem-cache", "x86", "7.3")
    assert (cache.outcome, cache.rests_on) == ("holds", ("flushed-before-free",))
    swapped = replace(real_scenarios()["execmem-running"], actors=tuple(
        replace(actor, steps=tuple({"err = set_memory_nx(part)": "err = set_memory_rw(part)",
                                    "err = set_memory_rw(part)": "err = set_memory_nx(part)"}.get(step, step)
                                   for step in actor.steps)) for actor in real_scenarios()["execmem-running"].actors))
    wrong = explore(swapped, real_model(), arch="x86", version=parse_version("7.3"))
    assert wrong.violation is not None
    assert wrong.violation.broken == "write-execute"


def test_two_drivers_of_a_realm_share_pages_of_one_block() -> None:
    """Every refusal ends in a page that is given up, and the private neighbour is never touched."""
    result = run_real("realm-sharing", "arm64", "7.3")
    assert (result.outcome, result.never) == ("holds", ())


@pytest.mark.parametrize("name", sorted(real_scenarios()))
def test_every_scenario_has_an_answer_everywhere(name: str) -> None:
    """On each main architecture and release a scenario holds, breaks, or says why it does not exist there."""
    for arch in MAIN:
        for kernel in RELEASES:
            if name == "direct-map-crowd" and (arch, kernel) != ("arm64", "6.12"):
                continue             # thousands of states: once is enough here
            result = run_real(name, arch, kernel)
            assert result.outcome in {"holds", "broken", "absent"}
            assert (result.outcome == "absent") == bool(result.why)
            assert (result.outcome == "broken") == bool(result.events)
            assert draw_text(result, width=80)


# What no interleaving reaches although the scenario holds, and why that is no hole in it.
UNREACHED = {
    ("direct-map-crowd", "hibernation"): "what is being freed is never seen half done, because its owner is frozen",
    ("cpu-hotplug-conversion", "driver"): "as hypervisor-buffer",
    ("cpu-hotplug-conversion", "hotplug"): "as hypervisor-buffer",
    ("guest-memfd-restore", "guest-memfd"): "a zap of a whole large leaf needs no split, and then it cannot fail",
    ("hibernation-large-leaf", "hibernation"): "on powerpc set_memory_np() refuses a leaf of the linear map",
    ("hibernation-page", "hibernation"): "on loongarch the page never goes away: set_direct_map_*() do nothing there",
    ("hypervisor-buffer", "driver"): "on s390 and powerpc no call with right arguments fails, so nothing is given up",
    ("hypervisor-buffer-freed", "driver"): "as hypervisor-buffer",
    ("vunmap-hibernation", "hibernation"): "as direct-map-crowd",
}


@pytest.mark.parametrize("name", sorted(real_scenarios()))
def test_what_holds_does_not_hold_because_nothing_happens(name: str) -> None:
    """Where a scenario holds every actor takes steps, and every step is taken but for those with a reason."""
    for arch in MAIN:
        for kernel in RELEASES:
            if name == "direct-map-crowd" and (arch, kernel) != ("arm64", "6.12"):
                continue
            result = run_real(name, arch, kernel)
            if result.outcome != "holds":
                continue
            assert result.states > len(result.actors)
            assert {(name, actor) for actor, _ in result.never} <= set(UNREACHED), (arch, kernel)
            for actor in result.scenario.actors:
                lines = [step for step in actor.steps if not step.endswith(":")]
                assert sum(never == actor.name for never, _ in result.never) < len(lines)


def test_a_kernel_that_cannot_hibernate_is_no_answer() -> None:
    """Neither s390 nor riscv before 6.4 hibernates: that nothing goes wrong there says nothing."""
    for arch, kernel in (("s390", "6.12"), ("riscv", "6.1")):
        result = run_real("hibernation-set-direct-map", arch, kernel)
        assert (result.outcome, result.why) == ("absent", f"HIBERNATION cannot be had on {arch} in {kernel}")


def test_every_scenario_exists_somewhere() -> None:
    """No scenario is absent on all main architectures."""
    for name in sorted(real_scenarios()):
        assert any(run_real(name, arch, "7.3").outcome != "absent" for arch in ("x86", "arm64", "loongarch")), name


def test_the_same_question_gives_the_same_bytes() -> None:
    """Text, JSON and SVG of two runs are equal."""
    first, second = (run_real("hibernation-large-leaf", "x86", "6.12") for _ in range(2))
    assert draw_text(first, width=100) == draw_text(second, width=100)
    assert as_data(first) == as_data(second)
    assert draw_svg(first) == draw_svg(second)


def test_more_pages_give_more_states_and_the_same_answer() -> None:
    """The size of an area does not change what is true of it."""
    small, large = (run_real("vunmap-hibernation", "x86", "6.12", sizes={"rest": count}) for count in (1, 6))
    assert small.outcome == large.outcome == "holds"
    assert large.states > small.states


def test_guards_are_read_from_the_model() -> None:
    """Every entry of noop_when that starts with a condition over names of the model is a guard of the machine."""
    found = set()
    model = real_model()
    for arch in model.arches:
        for release in RELEASES:
            setting = read_setting(model, arch, parse_version(release), ())
            for symbol in model.symbols:
                for fact in model.fact(arch, symbol, parse_version(release)):
                    found |= {str(guard) for text in fact.noop_when if (guard := setting.guard_of(text)) != TRUE}
    assert found == {
        "0", "can_set_direct_map", "debug_pagealloc_enabled", "debug_pagealloc_enabled || rodata_full",
        "debug_pagealloc_enabled_static", "mem_encrypt_active", "rodata_full"}


def test_the_names_of_every_guard_are_known() -> None:
    """A guard of the model that the machine could not decide would silently count as work."""
    model = real_model()
    unknown = set()
    for arch in model.arches:
        for release in RELEASES:
            setting = read_setting(model, arch, parse_version(release), ())
            for symbol in model.symbols:
                for fact in model.fact(arch, symbol, parse_version(release)):
                    for text in (fact.guard, fact.alias_guard, fact.sleep_guard):
                        names = parse_condition(text).variables() if text else frozenset()
                        unknown |= {(arch, release, symbol, name) for name in names if not setting.knows(name)}
    assert unknown == set()
