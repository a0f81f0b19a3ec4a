"""Scenarios and configurations load strictly: each mistake is one line that names the file, the actor and the words."""

from __future__ import annotations

import pytest
from small_machine import demo_model, fact, real_model, run, runtime, scenario, steps

from reviewbot.arch import parse_version
from reviewbot.arch.machine import explore
from reviewbot.errors import DataError, UsageError

RO = fact("set_memory_ro")


@pytest.mark.parametrize(("text", "words"), [
    ("fly page", "this is no statement"),
    ("set_memory_ro(page, 2)", "is no call"),
    ("set_memory_ro(nothing)", "the scenario has no pages 'nothing'"),
    ("set_memory_ro(page) or set_memory_rw(rest)", "the calls take different pages"),
    ("fly_to_the_moon(page)", "the machine knows no 'fly_to_the_moon'"),
    ("goto nowhere", "there is no label 'nowhere'"),
    ("again:\nagain:\nend", "the label is there twice"),
    ("expect page happy", "'happy' is none of present"),
    ("assume luck: end", "the scenario has no assumption 'luck'"),
    ("if luck goto out\nout:\nend", "'luck' is neither a value of the actor nor a name of the model"),
    ("mutex_unlock map", "it does not hold map there"),
    ("for p in rest: for q in rest: read q", "a loop stands alone"),
    ("read " + "page+" * 100 + "page", "too long"),
    ("end\n" * 2100, "too long"),
    ("for page in rest: read page", "'page' is the name of pages already"),
])
def test_a_statement_that_means_nothing_is_refused(text: str, words: str) -> None:
    """The error names the scenario, the actor and the statement."""
    with pytest.raises(DataError) as problem:
        run(steps(text, pages="page = 1\nrest = 1"), RO)
    assert words in str(problem.value)
    assert "actor 'somebody'" in problem.value.where


@pytest.mark.parametrize(("old", "new", "words"), [
    ("leaf = 4", "leaf = 17", "key 'leaf'"),
    ("leaf = 4", "wings = 2", "'wings': is not a key"),
    ("page = 1", "page = 0", "must be a number of pages"),
    ("page = 1", "Page = 1", "is not a name of small letters"),
    ("page = 1", "vmap = 1", "has a meaning of its own"),
    ("page = 1", "page = 100", "64 at most"),
    ("page = 1", 'page = { count = 1, of_pages = "luck" }', "there is no assumption 'luck'"),
    ('steps = "end"', 'steps = ""', "one statement a line"),
    ('steps = "end"', 'steps = "end"\ncontext = "dream"', "'task' or 'atomic'"),
    ('title = "t"', "", "key 'title'"),
])
def test_a_scenario_outside_the_schema_is_refused(old: str, new: str, words: str) -> None:
    """What the schema does not know does not load."""
    good = 'title = "t"\ntext = "t"\nleaf = 4\n[pages]\npage = 1\n[[actor]]\nname = "a"\nsteps = "end"\n'
    scenario(good)
    with pytest.raises(DataError, match=words):
        scenario(good.replace(old, new))


def test_an_actor_may_be_there_in_two_times_but_not_twice() -> None:
    """Two actors of one name must not overlap."""
    actor = '[[actor]]\nname = "a"\nsteps = "end"\n'
    head = 'title = "t"\ntext = "t"\n[pages]\npage = 1\n'
    assert len(scenario(head + actor + 'versions = "5.10..6.1"\n' + actor
                        + 'versions = "6.2.."\n').actors) == 2
    with pytest.raises(DataError, match="is there twice"):
        scenario(head + actor + actor)


def test_a_loop_over_pages_is_written_out() -> None:
    """Each page of a group gets the statement, with its own name in the trace."""
    result = run(steps("for p in area: free p\nfree area", pages="area = 2"), RO)
    assert [event.step for event in result.events] == ["free area[0]", "free area[1]", "free area"]


@pytest.mark.parametrize(("config", "words"), [
    ("nonsense", "nothing here is named 'nonsense'"), ("rodata_full=maybe", "cannot read"),
    ("rodata_full || KFENCE", "cannot read"), ("!KFENCE=y", "cannot read")])
def test_a_configuration_that_means_nothing_is_refused(config: str, words: str) -> None:
    """The error says what there is."""
    with pytest.raises(UsageError) as problem:
        run(steps("end"), RO, runtime("rodata_full", "1"), config=(config,))
    assert words in str(problem.value)


def test_what_the_caller_sets_goes_over_what_the_scenario_sets() -> None:
    """Each name is set once: by the caller, by the scenario, or by the model."""
    one = steps("end", more='config = ["rodata_full=n", "KFENCE=y"]')
    result = run(one, RO, runtime("rodata_full", "0"), config=("rodata_full && DEBUG_PAGEALLOC=y",))
    assert dict(result.config) == {"CONFIG_DEBUG_PAGEALLOC": True, "CONFIG_KFENCE": True, "rodata_full": True}


def test_a_configuration_that_no_kernel_has_is_not_explored() -> None:
    """A name that needs what was taken away is a reason, not an answer."""
    needs = runtime("DEBUG_PAGEALLOC", "0", 'requires = "!HIBERNATION"')
    result = run(steps("end"), RO, needs, config=("DEBUG_PAGEALLOC=y,HIBERNATION=y",))
    assert (result.outcome, result.why) == ("absent", "DEBUG_PAGEALLOC cannot be had on demo without !HIBERNATION")


@pytest.mark.parametrize(("how", "words"), [
    ({"without": ("luck",)}, "has no assumption 'luck'"), ({"sizes": {"luck": 2}}, "has no pages 'luck'"),
    ({"sizes": {"page": 0}}, "not a size"), ({"sizes": {"page": 10**12}}, "not a size"),
    ({"sizes": {"page": 999}}, "not a size")])
def test_names_that_do_not_exist_are_refused(how: dict[str, object], words: str) -> None:
    """Assumptions and groups of pages are those of the scenario."""
    with pytest.raises(UsageError, match=words):
        run(steps("end"), RO, **how)


@pytest.mark.parametrize(("entry", "words"), [
    (runtime("rodata_full", "1", 'parameters = { "rodata=off" = "no" }'), "true or false for each word"),
    (runtime("rodata_full", "rodata ||"), "key 'holds'"),
    (runtime("rodata_full", "1", 'requires = "(" '), "key 'requires'"),
    (runtime("rodata full", "1"), "is not a C name"),
    (runtime("rodata_full", "1", "wings = 2"), "not a key"),
    (runtime("rodata_full", "1").partition("[[runtime.anchor]]")[0], "no anchor"),
    (fact("set_memory_rw", guard="rodata ||"), "key 'guard'"),
    (fact("set_memory_rw", large_leaf="broken"), "key 'large_leaf'")])
def test_the_machines_part_of_the_model_loads_strictly(entry: str, words: str) -> None:
    """Runtime names and guards follow the schema, and each has its anchor."""
    with pytest.raises(DataError) as problem:
        demo_model(entry)
    assert words in str(problem.value)


def test_an_architectures_own_name_goes_over_the_generic_one() -> None:
    """A runtime name of an architecture replaces the generic one in the releases that it covers."""
    by_name = {entry.name: entry for entry in real_model().runtimes("arm64", parse_version("6.12"))}
    assert by_name["can_set_direct_map"].holds == "rodata_full || debug_pagealloc_enabled || kfence_needs_pages"
    assert "rodata_full" not in {entry.name for entry in real_model().runtimes("x86", parse_version("6.12"))}


def test_an_unknown_architecture_is_refused() -> None:
    """The model says which it knows."""
    with pytest.raises(UsageError, match="no architecture 'pdp11'"):
        explore(steps("end"), demo_model(RO), arch="pdp11", version=parse_version("6.12"))
