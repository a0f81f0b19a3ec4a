"""What becomes of a result, on small C files whose calls carry their expected use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewbot.cfacts import Family, load_family, read_file

HERE = Path(__file__).parent
RULES = HERE.parent.parent / "rules" / "api"
_MARK = re.compile(r"/\* USE: ([\w-]+) \*/")


@pytest.fixture(scope="module")
def family() -> Family:
    return load_family((RULES,))


@pytest.mark.parametrize("path", sorted((HERE / "uses").glob("*.c")), ids=lambda path: path.stem)
def test_every_marked_call_has_its_use_and_no_other_call_is_seen(path: Path, family: Family) -> None:
    """The marks of the file and the uses that are found are the same, line by line."""
    data = path.read_bytes()
    expected = {number: mark.group(1) for number, line in enumerate(data.decode().split("\n"), 1)
                if (mark := _MARK.search(line))}
    facts = read_file(path.name, data, names=family)
    assert {call.span.line: call.use for call in facts.calls} == expected
    assert facts.skips == ()


def test_there_are_many_cases_and_half_of_them_are_look_alikes() -> None:
    """The classes that real trees hardly show have at least forty cases, half of them fine."""
    marks = {path.stem: len(_MARK.findall(path.read_text())) for path in sorted((HERE / "uses").glob("*.c"))}
    wrong = marks["void_cast"] + marks["unread"] + marks["overwritten"]
    fine = marks["void_cast_look_alikes"] + marks["unread_look_alikes"] + marks["overwritten_look_alikes"]
    assert wrong + fine >= 40
    assert fine >= 20


def test_an_overwritten_result_names_the_path(family: Family) -> None:
    """The evidence of an overwritten result ends with the line that overwrites it."""
    data = (HERE / "uses" / "overwritten.c").read_bytes()
    calls = [call for call in read_file("f.c", data, names=family).calls if call.use == "overwritten"]
    assert calls[2].function == "on_one_path"
    assert [step.text for step in calls[2].steps] == ["if (both)", "overwritten here"]
    assert calls[2].variable == "ret"
