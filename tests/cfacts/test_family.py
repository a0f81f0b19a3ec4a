"""The function families and their files."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewbot.cfacts import load_family
from reviewbot.errors import DataError

RULES = Path(__file__).parent.parent.parent / "rules" / "api"

GOOD = """\
family  = "demo"
summary = "Functions for a demonstration"

[[function]]
name = "demo_set"
prototype = "int demo_set(unsigned long addr, int numpages)"
returns = "int"
address = "virtual"
address_argument = 0
count = "pages"
count_argument = 1
failure = "The range may be unchanged."
undone_by = ["demo_clear"]
header = "linux/demo.h"
tier = "core"
"""


def write(folder: Path, text: str, name: str = "demo.toml") -> tuple[Path, ...]:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return (folder,)


def test_a_function_is_found_by_name_and_by_family(tmp_path: Path) -> None:
    """`api:demo` stands for the family, the plain name for one function."""
    family = load_family(write(tmp_path, GOOD))
    function = family.get("demo_set")
    assert function is not None
    assert (function.family, function.returns, function.undone_by) == ("demo", "int", ("demo_clear",))
    assert family.select("api:demo") == family.select("demo_set") == (function,)
    assert family.get("other") is None


@pytest.mark.parametrize(("old", "new", "says"), [
    ('returns = "int"', 'returns = "long"', "'returns' is 'long'"),
    ('tier = "core"', "", "'tier' is missing"),
    ('tier = "core"', 'tier = "core"\ncolour = "red"', "unknown key 'colour'"),
    ('undone_by = ["demo_clear"]', 'undone_by = "demo_clear"', "'undone_by' must be a list"),
    ('count_argument = 1', 'count_argument = true', "'count_argument' must be a number"),
    ('family  = "demo"', 'family  = "other"', "'family' must be 'demo'"),
    ('name = "demo_set"', 'name = "demo-set"', "'name' is no C identifier"),
    ('[[function]]', '[function]', "'function' must be a list"),
    ('summary', 'summary = = ', "cannot be read"),
])
def test_a_bad_file_is_named_with_its_key(tmp_path: Path, old: str, new: str, says: str) -> None:
    """A family file that does not follow its README stops the run with file and key."""
    with pytest.raises(DataError) as caught:
        load_family(write(tmp_path, GOOD.replace(old, new, 1)))
    assert says in str(caught.value)
    assert "demo.toml" in str(caught.value)


def test_a_function_stands_in_one_family_only(tmp_path: Path) -> None:
    """Two entries of one name in the same folder are an error; a later folder replaces."""
    write(tmp_path / "a", GOOD)
    again = GOOD.replace('"demo"', '"again"')
    with pytest.raises(DataError, match=r"stands in again\.toml already"):
        load_family(write(tmp_path / "a", again, "again.toml"))
    first, = write(tmp_path / "b", GOOD)
    second, = write(tmp_path / "c", GOOD.replace('returns = "int"', 'returns = "void"'))
    function = load_family((first, second)).get("demo_set")
    assert function is not None
    assert function.returns == "void"


def test_the_projects_own_families_load_and_fit_together() -> None:
    """Every undoing function is known, prototypes name their function, and argument numbers exist."""
    family = load_family((RULES,))
    names = family.names()
    for function in family.functions:
        assert set(function.undone_by) <= names, function.name
        assert f" {function.name}(" in function.prototype
        parameters = function.prototype.count(",") + 1
        for number in (function.address_argument, function.count_argument):
            assert number is None or number < parameters, function.name
    assert {"memory-permissions", "presence", "encryption", "caching", "granularity", "query"} <= set(family.families())
    assert "set_memory_ro" in family.made_by()["__SET_MEMORY_FUNC"]
