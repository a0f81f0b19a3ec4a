"""`reviewbot scan` from the command line to its output."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main
from reviewbot.report.scan_subsystems import subsystems

FILES = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
    "MAINTAINERS": "List of maintainers\n===\n\nMEMORY THINGS\nM:\tA <a@example.org>\nF:\tmm/\nX:\tmm/odd.c\n\n"
                   "NET THINGS\nF:\tnet/*/core.c\n\nTHE REST\nF:\t*\nF:\t*/\n",
    "mm/a.c": "void f(void)\n{\n\tset_memory_ro(1, 1);\n\tset_memory_ro(1, 1);\n}\n"
              "#ifdef CONFIG_B\nint g(void)\n{\n\treturn set_memory_x(1, 1);\n}\n#endif\n",
    "mm/odd.c": "void h(void)\n{\n\tWARN_ON(set_memory_nx(1, 1));\n}\n",
    "net/x/core.c": "int k(void)\n{\n\tif (set_memory_rw(1, 1))\n\t\treturn -EIO;\n\tg();\n\treturn 0;\n}\n",
}
NAMES = {"file", "line", "column", "function", "callee", "use", "path_condition", "note"}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for path, text in FILES.items():
        target = tmp_path / "linux" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return tmp_path / "linux"


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, ["scan", "--jobs", "1", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def rows(*arguments: str | Path) -> list[dict[str, object]]:
    result = run(*arguments, "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_jsonl_has_the_fields_of_the_contract_in_order(tree: Path) -> None:
    """One object a line for each call, by file, line and column."""
    found = rows("--tree", tree)
    assert [(row["file"], row["line"], row["column"], row["callee"], row["use"]) for row in found] == [
        ("mm/a.c", 3, 2, "set_memory_ro", "discarded"), ("mm/a.c", 4, 2, "set_memory_ro", "discarded"),
        ("mm/a.c", 9, 9, "set_memory_x", "returned"), ("mm/odd.c", 3, 10, "set_memory_nx", "warn-only"),
        ("net/x/core.c", 3, 6, "set_memory_rw", "handled")]
    assert all(set(row) == NAMES | {"fingerprint"} for row in found)
    assert (found[2]["function"], found[2]["path_condition"]) == ("g", "CONFIG_B")


def test_wrappers_name_what_they_hand_on(tree: Path) -> None:
    """With wrappers, a call of one says which function of the family is behind it."""
    through = [(row["callee"], row["use"], row["through"]) for row in rows("--tree", tree, "--with-wrappers")
               if "through" in row]
    assert through == [("g", "discarded", "set_memory_x")]


def test_paths_limit_the_report(tree: Path) -> None:
    """Only calls below the PATHs are printed; a PATH that is not there is an error of the command line."""
    assert {row["file"] for row in rows("--tree", tree, "net", "mm/odd.c")} == {"net/x/core.c", "mm/odd.c"}
    result = run("--tree", tree, "sound")
    assert (result.exit_code, result.stdout) == (2, "")
    assert run("--tree", tree, "../linux/mm").exit_code == 2


def test_terse_prints_what_counts_and_nothing_else(tree: Path) -> None:
    """Terse output is one compiler-like line for each lost failure, and empty when none is lost."""
    assert run("--tree", tree, "--format", "terse").stdout.splitlines() == [
        "mm/a.c:3: error: 'f()' drops the result of 'set_memory_ro()' [ignored-result]",
        "mm/a.c:4: error: 'f()' drops the result of 'set_memory_ro()' [ignored-result]",
        "mm/odd.c:3: warning: 'h()' only reports a failure of 'set_memory_nx()' and goes on [warn-only]"]
    quiet = run("--tree", tree, "--format", "terse", "net")
    assert (quiet.stdout, quiet.stderr, quiet.exit_code) == ("", "", 0)


def test_text_groups_by_subsystem(tree: Path) -> None:
    """The text names subsystems as MAINTAINERS does, with counts by use."""
    assert run("--tree", tree).stdout == (
        "5 calls in 3 files: 2 discarded, 1 warn-only, 1 handled, 1 returned\n"
        "\n"
        "MEMORY THINGS: 2 discarded, 1 returned\n"
        "  mm/a.c:3: discarded: set_memory_ro(1, 1)\n"
        "  mm/a.c:4: discarded: set_memory_ro(1, 1)\n"
        "\n"
        "mm: 1 warn-only\n"
        "  mm/odd.c:3: warn-only: WARN_ON(set_memory_nx(1, 1))\n"
        "\n"
        "1 other subsystem: no failure is lost\n")


def test_sarif_is_what_code_hosts_read(tree: Path) -> None:
    """SARIF carries rule, level, place and fingerprint of each lost failure."""
    log = json.loads(run("--tree", tree, "--format", "sarif").stdout)
    results = log["runs"][0]["results"]
    assert [(one["ruleId"], one["level"]) for one in results] == [
        ("ignored-result", "error"), ("ignored-result", "error"), ("warn-only", "warning")]
    region = results[0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"]) == (3, 2)
    assert len({one["partialFingerprints"]["reviewbotFingerprint/v1"] for one in results}) == 3


def test_a_path_is_meant_from_where_one_stands(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of the tree a PATH is one of that folder, as git has it; what only the top has is found as well."""
    monkeypatch.chdir(tree / "mm")
    for words, files in ((["."], {"mm/a.c", "mm/odd.c"}), (["odd.c"], {"mm/odd.c"}), (["../net"], {"net/x/core.c"}),
                         (["net"], {"net/x/core.c"}), ([".."], {"mm/a.c", "mm/odd.c", "net/x/core.c"})):
        found = CliRunner().invoke(main, ["scan", *words, "--tree", "..", "--format", "jsonl"])
        assert found.exit_code == 0, found.stderr
        assert {json.loads(line)["file"] for line in found.stdout.splitlines()} - {""} == files
    assert CliRunner().invoke(main, ["scan", "../..", "--tree", ".."]).exit_code == 2


@pytest.mark.parametrize("form", ["jsonl", "sarif"])
def test_a_baseline_hides_what_was_known_also_after_lines_moved(tree: Path, tmp_path: Path, form: str) -> None:
    """Calls that an earlier scan printed stay hidden when lines move; a new one is shown."""
    baseline = tmp_path / "known"
    assert run("--tree", tree, "--format", form, "-o", baseline).exit_code == 0
    moved = (tree / "mm/a.c").read_text().replace("void f", "\n\n\nvoid f")
    (tree / "mm/a.c").write_text(moved + "void n(void)\n{\n\tset_memory_nx(9, 1);\n}\n")
    result = run("--tree", tree, "--format", "terse", "--baseline", baseline, "--fail-on", "error")
    assert result.exit_code == 1
    assert result.stdout == "mm/a.c:17: error: 'n()' drops the result of 'set_memory_nx()' [ignored-result]\n"
    (tree / "mm/a.c").write_text(moved)
    assert run("--tree", tree, "--format", "terse", "--baseline", baseline, "--fail-on", "warning").exit_code == 0


def test_a_file_that_is_no_baseline_is_one_clear_line(tree: Path, tmp_path: Path) -> None:
    """A baseline that cannot be read names the file and the line."""
    (tmp_path / "no").write_text('{"file": "x"}\n')
    result = run("--tree", tree, "--baseline", tmp_path / "no")
    assert result.exit_code == 4
    assert re.fullmatch(r"reviewbot: .*no:1: .*\n", result.stderr)
    assert run("--tree", tree, "--baseline", tmp_path / "absent").exit_code == 4


@pytest.mark.parametrize(("level", "status"), [("never", 0), ("question", 1), ("warning", 1), ("error", 1)])
def test_the_exit_status_follows_fail_on(tree: Path, level: str, status: int) -> None:
    """Only something at or above the level gives 1."""
    assert run("--tree", tree, "--fail-on", level).exit_code == status
    assert run("--tree", tree, "--fail-on", level, "net").exit_code == 0


def test_the_cache_can_be_left_out_and_may_be_damaged(tree: Path, tmp_path: Path) -> None:
    """The same output comes without a cache, with one, and with a damaged one, which a note tells."""
    first = run("--tree", tree, "--no-cache", "--format", "jsonl")
    assert not (tmp_path / "cache").exists()
    for _ in range(2):
        assert run("--tree", tree, "--format", "jsonl").stdout == first.stdout
    file = tmp_path / "cache/reviewbot/index.sqlite"
    file.write_bytes(b"damage" * 999)
    result = run("--tree", tree, "--format", "jsonl", "-v")
    assert result.stdout == first.stdout
    assert "the cache was damaged and starts anew" in result.stderr


def test_a_git_tree_is_read_at_any_revision(tree: Path) -> None:
    """In a git repository the revision counts, not the files that lie there."""
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments], cwd=tree, check=True,
                       capture_output=True)
    before = rows("--tree", tree)
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")
    git("tag", "one")
    (tree / "mm/a.c").write_text("int f;\n")
    assert rows("--tree", tree) == before
    git("commit", "-qam", "two")
    assert [row["file"] for row in rows("--tree", tree)] == ["mm/odd.c", "net/x/core.c"]
    assert rows("--tree", tree, "--rev", "one") == before
    assert run("--tree", tree, "--rev", "none-such").exit_code == 4


@pytest.mark.parametrize("arguments", [["--tree", "/no/such/folder"], ["--tree", "{tree}", "--rev", "v1"]])
def test_a_tree_that_cannot_be_opened_is_exit_4(tree: Path, arguments: list[str]) -> None:
    """No folder, or a revision of something that has none, is one clear line."""
    result = run(*[word.format(tree=tree) for word in arguments])
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (4, "", 1)


def test_hostile_files_are_reported_not_raised(tree: Path) -> None:
    """Names with control characters, deep nesting and bytes that are no text give rows or skips."""
    (tree / "mm/\x1b[31m.c").write_text("void f(void)\n{\n\tset_memory_ro(1, 1);\n}\n")
    deep = "(" * 50_000 + "set_memory_ro(1, 1)" + ")" * 50_000
    (tree / "mm/deep.c").write_text("void f(void)\n{\n" + deep + ";\n}\n")
    (tree / "mm/odd-bytes.c").write_bytes(b"\xff\xfe\0void f(void)\n{\n\tset_memory_ro(\xff, 1);\n}\n")
    for form in ("text", "jsonl", "terse", "sarif"):
        result = run("--tree", tree, "--format", form, "--with-wrappers")
        assert result.exit_code == 0
        assert "\x1b" not in result.stdout


def test_maintainers_patterns_are_read_as_the_kernel_means_them() -> None:
    """The longest matching pattern wins; X: takes files out; a star does not match a slash."""
    owners = subsystems(FILES["MAINTAINERS"], ["mm/a.c", "mm/odd.c", "net/x/core.c", "net/x/y/core.c", "top.c"])
    assert owners == {"mm/a.c": "MEMORY THINGS", "mm/odd.c": "mm", "net/x/core.c": "NET THINGS",
                      "net/x/y/core.c": "net/x/y", "top.c": "the top folder"}


@pytest.mark.kernel
def test_a_real_tree_gives_the_same_bytes_twice(kernel_tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a kernel, a scan with its index says what a scan without one says, and loses no file."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    arguments = ["scan", "--tree", str(kernel_tree("6.12")), "--format", "jsonl", "--with-wrappers"]
    first = CliRunner().invoke(main, arguments)
    again = CliRunner().invoke(main, arguments)
    assert first.stdout == again.stdout
    found = [json.loads(line) for line in first.stdout.splitlines()]
    callees = {row["callee"] for row in found}
    assert {"set_direct_map", "set_kernel_memory", "map_page_into_agp", "VGA_MAP_MEM", "module_set_memory",
            "bpf_jit_binary_lock_ro", "x86_platform.guest.enc_status_change_prepare"} <= callees
    assert not any(row["file"] == "drivers/char/agp/generic.c" and row["callee"] == "map_page_into_agp"
                   and row["path_condition"] == "!CONFIG_X86" for row in found)


def test_what_may_not_be_read_is_said(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file or folder that this user may not read is no file without calls: every form says that it was not looked
    at, and the index does not take it for read."""
    real = os.open

    def refuse(path: str, *rest: Any, **more: Any) -> int:
        if Path(path).name in {"a.c", "net"}:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path, *rest, **more)

    monkeypatch.setattr("reviewbot.source.folders.os.open", refuse)
    text = run("--tree", tree).stdout
    assert "Not looked at (2):\n  mm/a.c: Permission denied\n  net: Permission denied\n" in text
    terse = run("--tree", tree, "--format", "terse")
    assert terse.stderr == "reviewbot: not looked at: mm/a.c and 1 more: Permission denied\n"
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tree.parent / "cache"))
    assert "Not looked at" not in run("--tree", tree).stdout
    assert len(rows("--tree", tree)) == 5
