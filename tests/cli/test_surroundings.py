"""What people look for around a program: man pages, completion, and a list of what changed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from update_man import MAN

from reviewbot import __version__
from reviewbot.cli import main
from reviewbot.cli.manpage import man_pages

TOP = Path(__file__).resolve().parents[2]
PAGES = man_pages(main, "reviewbot")


def test_the_man_pages_are_those_of_the_commands() -> None:
    """Each command has its page in man/, word for word; `python tests/cli/update_man.py` writes them anew."""
    kept = {path.name: path.read_text(encoding="utf-8") for path in MAN.glob("*.1")}
    old = [name for name, text in PAGES.items() if kept.get(name) != text] + sorted(set(kept) - set(PAGES))
    assert old == [], "tests/cli/update_man.py writes man/ anew"


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not here")
@pytest.mark.parametrize("name", sorted(PAGES))
def test_man_has_no_complaint(name: str) -> None:
    """The formatter takes every page without a warning."""
    run = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", str(MAN / name)], capture_output=True, text=True,
                         env={"MANWIDTH": "80", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, check=True)
    assert run.stderr == ""
    assert "EXIT STATUS" in re.sub(r".\x08", "", run.stdout)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_and_installed(shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script calls the program back; --install puts it where the shell looks."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    script = CliRunner().invoke(main, ["completion", shell]).stdout
    assert "_REVIEWBOT_COMPLETE" in script
    result = CliRunner().invoke(main, ["completion", shell, "--install"])
    assert result.exit_code == 0
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.read_text().strip() for path in written] == [script.strip()]
    assert str(written[0]) in result.stderr


def test_completion_knows_commands_options_and_formats() -> None:
    """What the shell asks is answered from the commands themselves."""
    def ask(words: str, at: int) -> list[str]:
        run = CliRunner().invoke(main, [], prog_name="reviewbot", env={
            "_REVIEWBOT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(at)})
        return [line.split(",", 1)[1] for line in run.stdout.splitlines()]

    assert {"review", "reply", "rules", "resolve"} <= set(ask("reviewbot re", 1) + ask("reviewbot ru", 1))
    assert "--require-complete" in ask("reviewbot review --req", 2)
    assert ask("reviewbot review --format ht", 3) == ["html"]


def test_the_changelog_begins_with_this_version() -> None:
    """Whoever upgrades finds what is new under the version that --version prints."""
    newest = re.search(r"^## (\S+)", (TOP / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == __version__, "CHANGELOG.md and reviewbot/__init__.py name different versions"


def test_every_command_is_in_the_readme() -> None:
    """A command that README does not name is not found."""
    readme = (TOP / "README.md").read_text()
    lacking = [name for name in main.list_commands(None) if f"reviewbot {name}" not in readme]
    assert lacking == [], "README.md lacks them"


def test_every_command_is_in_the_list() -> None:
    """A function of reviewbot/cli that click makes a command, and that no group has, cannot be called."""
    def of(group: click.Group) -> Iterator[click.Command]:
        for name in group.list_commands(click.Context(group)):
            command = group.get_command(click.Context(group), name)
            assert command is not None
            yield command
            yield from of(command) if isinstance(command, click.Group) else ()

    known = {id(command) for command in of(main)}
    for path in sorted((TOP / "reviewbot" / "cli").glob("*.py")):
        module = import_module(f"reviewbot.cli.{path.stem}")
        made = {name for name, value in vars(module).items() if isinstance(value, click.Command) and value is not main
                and getattr(value.callback, "__module__", "") == module.__name__ and id(value) not in known}
        assert made == set(), "not in reviewbot/cli/main.py"


@pytest.mark.skipif(shutil.which("vim") is None, reason="vim is not here")
def test_vim_takes_every_line_of_the_terse_form(tmp_path: Path) -> None:
    """With the errorformat that docs/tools.md gives, each line is an entry of the quickfix list with file and line."""
    setting = next(line.strip() for line in (TOP / "docs" / "tools.md").read_text().splitlines()
                   if line.strip().startswith("set errorformat="))
    done = CliRunner().invoke(main, ["review", str(TOP / "examples" / "series.mbox"), "--tree", str(
        TOP / "examples" / "linux"), "--no-network", "-q", "--format", "terse"])
    (tmp_path / "terse.txt").write_text(done.stdout)
    (tmp_path / "ask.vim").write_text(f"{setting}\ncgetfile terse.txt\n"
                                      "call writefile(map(filter(getqflist(), 'v:val.valid'), "
                                      "'bufname(v:val.bufnr) . \":\" . v:val.lnum'), 'found.txt')\nqa!\n")
    subprocess.run(["vim", "-es", "-u", "NONE", "-S", "ask.vim"], cwd=tmp_path, check=False, timeout=60)
    assert (tmp_path / "found.txt").read_text().splitlines() == [
        ":".join(line.split(":")[:2]) for line in done.stdout.splitlines()]
