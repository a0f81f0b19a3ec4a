"""`reviewbot contract` prints what a tree teaches about a function."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from reviewbot.cli import main

_FILES = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
    "Kconfig": "mainmenu \"Demo\"\n",
    "mm/attach.c": "static int demo_low(int nr)\n{\n\tif (nr)\n\t\treturn -EINVAL;\n\treturn 0;\n}\n\n"
                   "int demo_attach(int nr)\n{\n\treturn demo_low(nr);\n}\n",
    "mm/call.c": "int f(void)\n{\n\tif (demo_attach(1))\n\t\treturn 1;\n\tdemo_detach(1);\n\treturn 0;\n}\n",
}


def tree(folder: Path) -> Path:
    for name, text in _FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_text(tmp_path: Path) -> None:
    """The definition, what the handed-on function gives, and the callers each have a line with their place."""
    done = CliRunner().invoke(main, ["contract", "demo_attach", "--tree", str(tree(tmp_path))])
    assert done.exit_code == 0, done.output
    assert "demo_attach() returns int" in done.output
    assert "by demo_low(), whose result it hands on: gives a negative errno (mm/attach.c:4)" in done.output
    assert "undone by demo_detach()? 1 of 1 functions that call it call both" in done.output
    assert "1 tested: mm/call.c:3" in done.output


def test_json(tmp_path: Path) -> None:
    """The same as data, each source named."""
    done = CliRunner().invoke(main, ["contract", "demo_attach", "--tree", str(tree(tmp_path)), "--format", "json"])
    [one] = json.loads(done.output)
    assert one["callers"]["ways"] == [{"how": "tested", "count": 1,
                                       "places": [{"file": "mm/call.c", "line": 3, "function": "f"}]}]
    assert {entry["by"] for entry in one["gives"]} == {"body", "demo_low"}


def test_unknown_name(tmp_path: Path) -> None:
    """A name that the tree does not hold is a usage error, and names of the family that are near stand in it."""
    for name, said in (("demo_none", "check the name"), ("set_memory_roo", "nearest are set_memory_ro")):
        done = CliRunner().invoke(main, ["contract", name, "--tree", str(tree(tmp_path))])
        assert (done.exit_code, said in done.stderr, done.stderr.count("\n")) == (2, True, 1)


def test_what_is_not_shown_is_counted(tmp_path: Path) -> None:
    """Of many callers the first stand there, with how many more there are."""
    top = tree(tmp_path)
    (top / "mm/many.c").write_text("".join(f"void g{at}(void)\n{{\n\tdemo_attach({at});\n}}\n" for at in range(5)))
    done = CliRunner().invoke(main, ["contract", "demo_attach", "--tree", str(top)])
    assert "5 dropped: mm/many.c:3, mm/many.c:7, mm/many.c:11 and 2 more" in done.output
    assert "6 calls read; the result is tested or returned by 1" in done.output
