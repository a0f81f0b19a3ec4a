"""The model's files load strictly: each mistake is one line that names file, fact and key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_model import DEMO, GENERIC, load_small, write_model

from reviewbot.arch import load_model, parse_range, parse_version
from reviewbot.errors import DataError, UsageError
from reviewbot.resources import data_folder
from reviewbot.text import as_returned


@pytest.mark.parametrize(("text", "release"), [
    ("6.12", "6.12"), ("v6.12", "6.12"), ("6.12.48", "6.12"), ("6.12-rc3", "6.12"), (" 5.10 ", "5.10")])
def test_a_release_is_its_first_two_numbers(text: str, release: str) -> None:
    """A release is read from everything that people write for it."""
    assert str(parse_version(text)) == release


@pytest.mark.parametrize("text", ["", "6", "six.one", "6.x", "../6.1", "6.1..6.12"])
def test_other_text_is_no_release(text: str) -> None:
    """What is no release is refused with a hint."""
    with pytest.raises(UsageError, match=r"write it as in '6\.12'"):
        parse_version(text)


def test_ranges_include_both_ends_and_may_be_open() -> None:
    """A range holds at both ends; without an end it goes on."""
    closed, open_end, single = parse_range("5.10..6.1"), parse_range("6.2.."), parse_range("6.12")
    assert [parse_version(v) in closed for v in ("5.9", "5.10", "6.1", "6.2")] == [False, True, True, False]
    assert parse_version("7.3") in open_end
    assert [parse_version(v) in single for v in ("6.11", "6.12", "6.13")] == [False, True, False]


def test_a_profile_gives_what_the_fact_leaves_out(tmp_path: Path) -> None:
    """Fields and anchors of a profile reach the fact; the fact's own anchors come after them."""
    fact = load_small(tmp_path).fact("demo", "set_memory_ro", parse_version("6.1"))[0]
    assert (fact.splits, fact.errnos) == ("yes", (("ENOMEM", "no page for the table"),))
    assert [anchor.function for anchor in fact.anchors] == ["change_attr", "set_memory_ro"]


def test_a_bare_number_stands_for_an_error(tmp_path: Path) -> None:
    """A function that returns a positive number has that for its error, and C code spells it without a sign."""
    named = DEMO.replace('ENOMEM = "no page', '1 = "no page')
    fact = load_small(tmp_path, demo=named).fact("demo", "set_memory_ro", parse_version("6.1"))[0]
    assert [as_returned(name) for name in (*fact.possible_errnos(), "ENOMEM")] == ["1", "-ENOMEM"]


def test_the_symbol_takes_its_place_in_anchors(tmp_path: Path) -> None:
    """One fact with several names anchors each of them by `{symbol}`."""
    facts = load_small(tmp_path).generic.facts
    assert [(fact.symbol, fact.anchors[0].function) for fact in facts[:2]] == [
        ("set_memory_ro", "set_memory_ro"), ("set_memory_rw", "set_memory_rw")]


@pytest.mark.parametrize(("old", "new", "said"), [
    ('title = "demo"', 'titel = "demo"', r"demo.toml: key 'titel': is not a key of the schema"),
    ('arch = "demo"', 'arch = "other"', r"demo.toml: key 'arch': is 'other'"),
    ('status = "real"', 'status = "true"', r"profile 'worker': key 'status': is 'true'; it can be real"),
    ('sleeps = true', 'sleeps = "maybe"', r"key 'sleeps': must be true, false"),
    ('sleeps = true\n', '', r"key 'sleeps': is missing"),
    ('ENOMEM = "no page', 'nomem = "no page', r"key 'errnos': 'nomem' is not an errno"),
    ('partial_on_failure = true\n', '', r"key 'partial_on_failure': is missing, and the function may fail"),
    ('versions = "6.2.."', 'versions = "6.2..6.0"', r"fact 'set_memory_ro' 6.2..6.0: key 'versions': the range"),
    ('versions = "6.2.."', 'versions = "new"', r"key 'versions': 'new' is not a kernel release"),
    ('like = "worker"\ncondition', 'like = "lost"\ncondition', r"key 'like': there is no profile 'lost'"),
    ('condition = "ARCH_HAS_SET_MEMORY"', 'condition = "A &&"', r"key 'condition': the condition ends too early"),
    ('otherwise = "generic"', 'otherwise = "stub"', r"key 'otherwise': can only be 'generic'"),
    ('otherwise = "generic"', 'arches = ["demo"]', r"key 'arches': is for the facts of _generic.toml"),
    ('function = "change_attr"\nhas', 'function = "change_attr"\nhsa', r"anchor: key 'hsa': is not a key"),
    ('for = ["errnos"]', 'for = ["errno"]', r"anchor: key 'for': 'errno' is not a field"),
    ('file = "arch/demo/mm/pageattr.c"\nfunction = "change_attr"', 'file = "../x.c"\nfunction = "change_attr"',
     r"anchor: key 'file': must be a path inside the kernel"),
    ('summary = "One leaf."', 'summary = "One leaf.', r"demo.toml: cannot be read"),
])
def test_a_mistake_is_named_with_file_fact_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    """A file that does not follow the schema stops the run."""
    assert old in DEMO
    with pytest.raises(DataError, match=said) as caught:
        load_small(tmp_path, demo=DEMO.replace(old, new, 1))
    assert str(caught.value).startswith("demo.toml")
    assert caught.value.exit_status == 2


def test_a_fact_without_an_anchor_does_not_load(tmp_path: Path) -> None:
    """Every fact can be checked somewhere."""
    bare = DEMO + '[[fact]]\nsymbol = "set_memory_p"\nversions = "6.2.."\nstatus = "undeclared"\n'
    with pytest.raises(DataError, match=r"fact 'set_memory_p' 6.2..: key 'anchor': the fact has no anchor"):
        load_small(tmp_path, demo=bare)


def test_a_fact_needs_an_anchor_in_every_known_release(tmp_path: Path) -> None:
    """An anchor for a part of the range leaves the other releases without one."""
    late = DEMO + ('[[fact]]\nsymbol = "set_memory_p"\nversions = "5.10.."\nstatus = "undeclared"\n'
                   '[[fact.anchor]]\nfile = "a.c"\nlacks = "set_memory_p"\nversions = "6.2.."\n')
    with pytest.raises(DataError, match=r"the fact has no anchor in 5\.10"):
        load_small(tmp_path, demo=late)


def test_two_facts_do_not_cover_the_same_release_and_condition(tmp_path: Path) -> None:
    """Overlapping ranges are variants only under different conditions."""
    with pytest.raises(DataError, match="two facts cover the same release under the same condition"):
        load_small(tmp_path, demo=DEMO.replace('versions = "5.10..6.1"', 'versions = "5.10..6.2"')
                   .replace('condition = "ARCH_HAS_SET_MEMORY"\n', ""))


def test_generic_facts_of_different_architectures_do_not_overlap(tmp_path: Path) -> None:
    """Two generic facts for the same release may be about different architectures."""
    more = "".join(f'[[fact]]\nsymbol = "hibernate"\nversions = "5.10.."\nstatus = "undeclared"\narches = ["{arch}"]\n'
                   '[[fact.anchor]]\nfile = "a.c"\nlacks = "hibernate"\n' for arch in ("bare", "demo"))
    assert len(load_small(tmp_path, generic=GENERIC + more).generic.facts) == 5


def test_a_stub_cannot_fail(tmp_path: Path) -> None:
    """A fallback that returns a constant has no errors."""
    with pytest.raises(DataError, match="key 'may_fail': a stub cannot fail"):
        load_small(tmp_path, generic=GENERIC.replace('returns = "int"', 'returns = "int"\nmay_fail = true'))


def test_a_later_folder_replaces_a_file_of_the_same_name(tmp_path: Path) -> None:
    """A user's folder can bring its own description of an architecture."""
    first = write_model(tmp_path / "first")
    (tmp_path / "second" / "arch").mkdir(parents=True)
    (tmp_path / "second" / "arch" / "demo.toml").write_text('arch = "demo"\ntitle = "mine"\nsummary = "Nothing."\n')
    model = load_model((first, tmp_path / "second"))
    assert model.arch("demo").title == "mine"


def test_without_the_generic_file_there_is_no_model(tmp_path: Path) -> None:
    """A folder without `_generic.toml` is an incomplete installation."""
    with pytest.raises(DataError, match="install reviewbot again"):
        load_model((tmp_path,))


def test_architectures_with_nothing_of_their_own_are_one_line_each(tmp_path: Path) -> None:
    """Each line of _bare.toml is an architecture with the facts and statements below; a file of its own replaces it."""
    model = load_model((data_folder("rules"),))
    alpha, arc = model.arch("alpha"), model.arch("arc")
    assert alpha.summary != arc.summary
    assert [replace(fact, arch="", anchors=(), notes="") for fact in alpha.facts] == [
        replace(fact, arch="", anchors=(), notes="") for fact in arc.facts]
    assert {anchor.file for fact in arc.facts for anchor in fact.anchors} == {"arch/arc/Kconfig"}
    assert not any("{arch}" in statement.text for statement in arc.statements)
    (tmp_path / "arch").mkdir()
    (tmp_path / "arch" / "arc.toml").write_text('arch = "arc"\ntitle = "arc"\nsummary = "Mine."\n')
    assert load_model((data_folder("rules"), tmp_path)).arch("arc").summary == "Mine."


@pytest.mark.parametrize(("text", "said"), [
    ('[architecture]\n"../x" = "s"\n', "is no folder of arch/"), ("[architecture]\nx = 5\n", "must be a text"),
    ("architecture = 5\n", "must be a table"), ('[architecture]\nx = "s"\n[nonsense]\n', "not a key of the schema"),
])
def test_a_bare_file_that_is_wrong_says_where(tmp_path: Path, text: str, said: str) -> None:
    """It is held to the schema as the others are."""
    (tmp_path / "arch").mkdir()
    (tmp_path / "arch" / "_bare.toml").write_text(text)
    with pytest.raises(DataError) as caught:
        load_model((data_folder("rules"), tmp_path))
    assert said in str(caught.value)
    assert "_bare.toml" in str(caught.value)


def test_a_topic_that_no_review_prints_is_for_the_model_alone(tmp_path: Path) -> None:
    """A statement about it says itself that it decides nothing in a series."""
    statement = '\n[[statement]]\ntopic = "flush"\nversions = "5.10.."\ntext = "demo() flushes."\n'
    with pytest.raises(DataError, match="is 'flush', which no review prints: it needs aside = true"):
        load_small(tmp_path, demo=DEMO + statement)


def test_what_a_file_says_is_kept_by_its_bytes(tmp_path: Path) -> None:
    """A file that is written anew is read anew, and what stands in the others is the same value as before."""
    first = load_small(tmp_path / "one")
    other = load_small(tmp_path / "two", demo=DEMO.replace('title = "', 'title = "More than '))
    again = load_small(tmp_path / "three")
    assert first.arch("demo").title != other.arch("demo").title
    assert first.generic is other.generic
    assert again.arch("demo") is first.arch("demo")
