"""`reviewbot model`: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.arch import load_model
from reviewbot.cli import main
from reviewbot.resources import data_folder


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["model", *arguments])


@pytest.fixture
def demo(tmp_path: Path) -> tuple[Path, Path]:
    """Return a rules folder with an architecture of its own, and a tree in which it holds."""
    rules, tree = tmp_path / "rules", tmp_path / "tree"
    (rules / "arch").mkdir(parents=True)
    (rules / "arch" / "_generic.toml").write_text(
        'arch = "*"\ntitle = "all"\narches = []\nreleases = ["6.12"]\nsummary = "Stubs."\n')
    (rules / "arch" / "x86.toml").write_text(
        'arch = "x86"\ntitle = "demo"\nsummary = "Leaves."\n'
        '[[fact]]\nsymbol = "set_memory_np"\nversions = "5.10.."\nstatus = "real"\nfile = "arch/x86/a.c"\n'
        'returns = "int"\nmay_fail = false\nsplits = "no"\nflushes = false\nsleeps = false\nalias = "linear"\n'
        '[[fact.anchor]]\nfile = "arch/x86/a.c"\nfunction = "set_memory_np"\nhas = "return 0;"\nfor = ["may_fail"]\n')
    # The program's own files of the other architectures are not what is tested here.
    for path in (data_folder("rules") / "arch").glob("[a-z]*.toml"):
        if path.stem != "x86":
            (rules / "arch" / path.name).write_text(
                f'arch = "{path.stem}"\ntitle = "{path.stem}"\nsummary = "Nothing."\n')
    (rules / "backends").mkdir()
    for path in (data_folder("rules") / "backends").glob("*.toml"):
        (rules / "backends" / path.name).write_text(f'arch = "{path.stem}"\n')
    (tree / "arch" / "x86").mkdir(parents=True)
    (tree / "Kconfig").write_text("")
    (tree / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 12\n")
    (tree / "arch" / "x86" / "a.c").write_text("int set_memory_np(unsigned long a, int n)\n{\n\treturn 0;\n}\n")
    return rules, tree


def test_show_is_a_table_over_releases() -> None:
    """Without a release the page shows what changed from one to the next."""
    result = _run("show", "x86")
    assert result.exit_code == 0
    assert "set_memory_rox" in result.output
    assert "not declared" in result.output
    assert all(len(line) <= 80 for line in result.output.splitlines())


def test_show_of_one_release_gives_the_reason_of_each_error() -> None:
    """With a release each function is said in full."""
    result = _run("show", "x86", "--kernel", "6.12")
    assert result.output.startswith("x86 (32 and 64 bit), Linux 6.12\n")
    assert "ENOMEM: a large leaf must be split" in " ".join(result.output.split())


def test_show_as_json_has_releases_as_text() -> None:
    """The page is plain data."""
    page = json.loads(_run("show", "x86", "--format", "json").output)
    assert page["releases"] == [str(release) for release in load_model((data_folder("rules"),)).releases]
    assert page["sections"][0]["table"][0]["cells"][0] == {"word": "ENOMEM EFAULT EINVAL", "same": False}


def test_show_with_a_tree_says_where_each_fact_stands(demo: tuple[Path, Path]) -> None:
    """A kernel tree gives the release and the lines."""
    rules, tree = demo
    result = _run("show", "x86", "--tree", str(tree), "--rules", str(rules))
    assert result.output.startswith("demo, Linux 6.12\n")
    assert "stands at  arch/x86/a.c: set_memory_np 3" in result.output


def test_show_of_an_edited_tree_says_what_is_gone(demo: tuple[Path, Path]) -> None:
    """What does not stand in the tree is said at the function that rests on it."""
    rules, tree = demo
    (tree / "arch" / "x86" / "a.c").write_text("int set_memory_np(unsigned long a, int n)\n{\n\treturn -EIO;\n}\n")
    result = _run("show", "x86", "--tree", str(tree), "--rules", str(rules))
    assert "gone: arch/x86/a.c; the code is not there" in result.output


@pytest.mark.parametrize("named", ["page.html", "html=page.html"])
def test_show_writes_the_page_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    """`-o` takes a path, or a format with its path; nothing is printed then."""
    monkeypatch.chdir(tmp_path)
    result = _run("show", "s390", *(() if "=" in named else ("--format", "html")), "-o", named)
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "page.html").read_text() == _run("show", "s390", "--format", "html").output


def test_show_into_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """An unwritable path is named, with status 2."""
    result = _run("show", "s390", "--format", "html", "-o", str(tmp_path / "no" / "page.html"))
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "cannot write: No such file or directory" in result.stderr


def test_query_prints_the_list_of_the_contract() -> None:
    """One object for each architecture, release and function."""
    rows = json.loads(_run("query", "--arch", "x86,s390", "--kernel", "6.12", "--symbol", "set_memory_ro",
                           "--format", "json").output)
    assert [(row["arch"], row["version"], row["status"]) for row in rows] == [
        ("s390", "6.12", "macro"), ("x86", "6.12", "real")]


@pytest.mark.parametrize(("arguments", "said"), [
    (["show", "vax"], "the model has no architecture 'vax'"),
    (["query", "--symbol", "set_memory_rr"], "the model knows no function 'set_memory_rr'"),
    (["query", "--kernel", "new"], "'new' is not a kernel release")])
def test_a_question_that_makes_no_sense_is_refused(arguments: list[str], said: str) -> None:
    """One line on the error stream, and exit status 2."""
    result = _run(*arguments)
    assert (result.exit_code, said in result.stderr, result.stderr.count("\n")) == (2, True, 1)


def test_check_says_what_holds(demo: tuple[Path, Path]) -> None:
    """Where everything stands the counts are all that is printed."""
    rules, tree = demo
    result = _run("check", "--tree", str(tree), "--arch", "x86", "--rules", str(rules))
    assert result.exit_code == 0
    assert result.output.split() == ["holds", "moved", "gone", "x86", "2", "0", "0"]


def test_check_names_what_is_gone_and_what_rests_on_it(demo: tuple[Path, Path]) -> None:
    """Drift ends with status 1 and points at the fields that must be read again."""
    rules, tree = demo
    (tree / "arch" / "x86" / "a.c").write_text("int set_memory_np(unsigned long a, int n)\n{\n\treturn -EIO;\n}\n")
    result = _run("check", "--tree", str(tree), "--arch", "x86", "--rules", str(rules))
    assert result.exit_code == 1
    assert "gone  arch/x86/a.c" in result.output
    assert "x86: set_memory_np (may_fail)" in result.output


def test_check_as_json_has_the_line(demo: tuple[Path, Path]) -> None:
    """Each anchor is one object with its place."""
    rules, tree = demo
    result = _run("check", "--tree", str(tree), "--arch", "x86", "--rules", str(rules), "--format", "json")
    assert [(row["outcome"], row["file"], row["line"]) for row in json.loads(result.output)] == [
        ("holds", "arch/x86/a.c", 3), ("holds", "arch/x86/a.c", 1)]


def test_check_of_what_is_no_kernel_asks_for_the_release(tmp_path: Path) -> None:
    """A folder without a kernel's Makefile is refused, unless the release is named."""
    result = _run("check", "--tree", str(tmp_path))
    assert result.exit_code == 2
    assert "name its release with --kernel X.Y" in result.stderr


def test_query_gives_lines_of_a_tree() -> None:
    """With --tree the evidence stands at a line of it, and the tree's release is the one that is asked."""
    tree = Path(__file__).resolve().parents[2] / "examples" / "linux"
    words = ["--arch", "arm64", "--symbol", "set_direct_map_invalid_noflush", "--tree", str(tree), "--format", "json"]
    result = CliRunner().invoke(main, ["model", "query", *words])
    rows = json.loads(result.stdout)
    assert {row["version"] for row in rows} == {"6.12"}
    assert any(step["line"] > 0 for row in rows for step in row["evidence"])
