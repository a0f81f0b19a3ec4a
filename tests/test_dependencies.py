"""The page about what the program rests on, held against the packages that are installed and the lock."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = dict(re.findall(r"^([a-z0-9_.-]+)==([^\s;\\]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
PAGE = (ROOT / "docs" / "dependencies.md").read_text()
ROWS = re.findall(r"^\| ([^|]+) \| ([\d.][^|]*) \| ([^|]+) \| [^|]+ \|$", PAGE, re.MULTILINE)
NAMED = [[name for name in re.split(r"[,() ]+", row[0]) if name and name != "optional"] for row in ROWS]
SAID = {"BSD-3-Clause": r"BSD", "BSD-2-Clause": r"BSD", "MIT": r"MIT", "ISC": r"ISC", "Apache-2.0": r"Apache",
        "MPL-2.0": r"MPL|Mozilla", "ZPL-2.1": r"ZPL|Zope"}


def needed() -> set[str]:
    """Return the names of all packages that an installation of the program brings along."""
    found: set[str] = set()
    left = [re.split(r"[^\w.-]", text)[0].lower() for text in PROJECT["dependencies"]]
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        left += [re.split(r"[^\w.-]", text)[0].lower().replace("_", "-")
                 for text in metadata.requires(name) or () if ";" not in text]
    return found


def test_the_page_names_every_package_and_no_other() -> None:
    """What pip installs for the program, directly or behind it, has its place in the table."""
    assert {name.lower() for row in NAMED for name in row} == needed()


@pytest.mark.parametrize(("names", "row"), list(zip(NAMED, ROWS, strict=True)), ids=lambda value: str(value[0]))
def test_versions_and_licences_are_those_of_the_lock(names: list[str], row: tuple[str, str, str]) -> None:
    """A row's versions are those that the tests run with, and its licences those the packages themselves name."""
    versions, licences = row[1].strip().split(", "), row[2].strip().split(", ")
    for name, version in zip(names, versions, strict=False):
        assert LOCK[name] == version
    for number, name in enumerate(names):
        data = metadata.metadata(name)
        told = " ".join([*data.get_all("License-Expression", []), *data.get_all("Classifier", []),
                         *(text[:60] for text in data.get_all("License", []))])
        assert re.search(SAID[licences[min(number, len(licences) - 1)]], told), (name, told)


def test_the_licence_is_the_same_wherever_it_stands() -> None:
    """pyproject, the licence's text and the page agree, and the licence can be combined with Apache-2.0."""
    assert PROJECT["license"] == "GPL-2.0-or-later"
    text = (ROOT / "LICENSE").read_text()
    assert "GNU GENERAL PUBLIC LICENSE" in text
    assert "Version 2, June 1991" in text
    assert "any later version" in text
    assert f"The project itself is {PROJECT['license']}." in PAGE
