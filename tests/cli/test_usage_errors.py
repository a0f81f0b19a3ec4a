"""What is wrong with a command line is said in one line, with status 2 and what was probably meant."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main
from reviewbot.cli.group import first_sentence
from reviewbot.cli.main import COMMANDS

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SERIES, TREE = str(EXAMPLES / "series.mbox"), str(EXAMPLES / "linux")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.mark.parametrize(("words", "said"), [
    (["revew", SERIES], "there is no command 'revew'; did you mean review"),
    (["frobnicate"], "the commands are review, "),
    (["model", "shwo"], "model: there is no command 'shwo'; did you mean show?"),
    (["--nonsense"], "no such option '--nonsense'"),
    (["review"], "review: missing argument 'SOURCE...'"),
    (["review", "-c", "b4.midmask=https://a.example/%s", SERIES],
     "-c: 'b4.midmask=https://a.example/%s' is a setting, and behind 'review' -c asks for a newer version"),
    (["review", SERIES, "-c", "key.name=value"], "before the command: 'reviewbot -c key.name=value review ...'"),
    (["-c", "review", SERIES], "behind the command, 'reviewbot review -c SOURCE' asks for a newer version of a series"),
    (["review", SERIES, "--fromat", "html"], "no such option '--fromat'; did you mean '--format'?"),
    (["review", SERIES, "--frmat", "html"], "no such option '--frmat'; did you mean '--"),
    (["review", SERIES, "--format", "htlm"], "did you mean 'html'?"),
    (["review", SERIES, "-o", "htlm=x"], "did you mean 'html=x'?"),
    (["review", SERIES, "-o", "json=-"], "for standard output say --format json"),
    (["review", SERIES, "-o", "json=/"], "json is one file, and this is a folder"),
    (["review", SERIES, "--patch", "99"], "the series has no patch 99; --patch takes numbers up to 10"),
    (["review", SERIES, "--patch", "one"], "patch numbers look like 2 or 1,3"),
    (["review", SERIES, "--kernel", "9.9"], "the model does not know Linux 9.9; it was read from"),
    (["review", SERIES, "--kernel", "6.99"], "there is no Linux 6.99"),
    (["review", SERIES, "--tree", TREE, "--scope", "dirvers/vault"],
     "--scope: the tree has no 'dirvers/vault'; name folders or files from the top of the tree, or all"),
    (["review", SERIES, "--tree"], "review: option '--tree' requires an argument; see "),
    (["review", SERIES, "--version-of-series", "x"], "'--version-of-series': 'x' is not a number; "),
    (["-c", "reviewbot.no-network=maybe", "review", SERIES],
     "reviewbot.no-network: 'maybe' is neither true nor false; 'git config"),
    (["help"], "there is no command 'help'; 'reviewbot --help' lists them, and 'reviewbot COMMAND --help' explains"),
    (["explain", "wieghts"], "did you mean weights"),
    (["resolve", "set_memory_ro", "--tree", TREE, "--config", "NO_SUCH_THING"],
     "--config: no Kconfig file of arm64, powerpc, riscv and x86 names 'NO_SUCH_THING'; check the name"),
    (["model", "explore", "vunmap-hibernation", "--arch", "arm64", "--config", "KFENCE &&"],
     "KFENCE &&: something is missing before or behind a '&&'; write it as in"),
    (["scan", "--tree", TREE, "-o", "/proc/x"], "/proc/x: cannot write: No such file or directory; -o FILE needs a"),
    (["review", SERIES, "--arch", "arm46"], "did you mean arm64"),
    (["review", "git:a...b", "--tree", TREE], "write git:a..b"),
    (["review", "v6.1...v6.2"], "a range of commits is written git:v6.1..v6.2"),
    (["model", "query", "--kernel", "9.9"], "the model does not know Linux 9.9"),
    (["completion", "tcsh"], "completion: 'tcsh' is not one of bash, zsh, fish; "),
    (["rules", "test", "/nosuchdir"], "rules test: '/nosuchdir': no such folder; "),
    (["rules", "--rules", SERIES], ": not a folder; "),
    (["model", "show", "amr64"], "did you mean arm64"),
    (["explain", "ignored-resullt"], "did you mean ignored-result"),
    (["resolve", "set_memory_rx", "--tree", TREE], "nearest are set_memory_rox, "),
])
def test_one_line_and_status_2(words: list[str], said: str) -> None:
    """Nothing is printed but the one line, and it says what to do."""
    result = run(*words)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.stderr
    assert said in result.stderr
    assert result.stderr.startswith("reviewbot: ")


@pytest.mark.parametrize("words", [["review", SERIES, "--no-network"], ["scan"], ["resolve", "set_memory_ro"]])
def test_a_folder_without_a_kernel_is_refused(words: list[str], tmp_path: Path) -> None:
    """A tree that has nothing of a kernel at its top would have every function nowhere."""
    (tmp_path / "notes.txt").write_text("no kernel")
    result = run(*words, "--tree", str(tmp_path))
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "kernel source tree" in result.stderr


def test_a_rules_folder_without_rules_is_refused(tmp_path: Path) -> None:
    """An empty folder would change nothing, and rules that stand one folder too high are named."""
    result = run("rules", "--rules", str(tmp_path))
    assert (result.exit_code, "this folder holds no rules" in result.stderr) == (2, True)
    (tmp_path / "my-rule").mkdir()
    (tmp_path / "my-rule" / "rule.toml").write_text("")
    assert "put 'my-rule' into" in run("rules", "--rules", str(tmp_path)).stderr


def test_a_name_of_the_family_is_known_without_a_definition() -> None:
    """A function of the family that the tree lacks is answered for: it is undeclared there."""
    result = run("resolve", "set_memory_nx", "--tree", TREE)
    assert (result.exit_code, "undeclared" in result.stdout) == (0, True)


def test_help_cuts_no_line() -> None:
    """The first sentence of each command stands whole in the list, and help is no wider than the terminal."""
    for words in ([], ["model"]):
        text = run(*words, "--help").output
        assert "..." not in text.replace("...]", "").replace("[ARGS]...", "")
        group = main if not words else main.commands.get("model") or main.get_command(click.Context(main), "model")
        assert isinstance(group, click.Group)
        assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(("words", "said"), [
    (("contract", "set_memory_ro", "--tree", "EMPTY"), "this is not a kernel tree"),
    (("contract", "nobody_has_this", "--tree", "TREE"), "no C file of the tree holds the name 'nobody_has_this'"),
    (("model", "explore", "nothing"), "there is no scenario 'nothing'"),
    (("model", "explore", "module"), "say with --arch"),
    (("model", "explore", "module", "--arch", "arm64", "--config", "KFENSE=y"),
     "depends on 'KFENSE'; did you mean KFENCE"),
    (("model", "query", "--symbol", "set_memory_or"), "did you mean set_memory_ro"),
])
def test_each_command_says_what_is_missing_of_its_own(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """What a command cannot do without is named in the one line, with status 2."""
    places = {"EMPTY": str(tmp_path), "TREE": TREE}
    done = run(*(places.get(word, word) for word in words))
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr


def test_a_finished_review_is_no_mail(tmp_path: Path) -> None:
    """The JSON of a review in place of its mails is told as what it is, and named as it was typed."""
    file = tmp_path / "review.json"
    file.write_text('{"schema": "reviewbot.review/1"}')
    done = run("review", str(file))
    assert (done.exit_code, done.stderr) == (
        4, f"reviewbot: {file}: is a finished review, not mail; give the mails that were reviewed\n")


def test_a_tree_in_place_of_mails_is_told_as_one() -> None:
    """A kernel tree as SOURCE is a forgotten --tree."""
    done = run("review", SERIES, TREE)
    assert (done.exit_code, f"write --tree {TREE}" in done.stderr, done.stderr.count("\n")) == (2, True, 1)


def test_another_series_is_no_earlier_version() -> None:
    """What has neither name nor file in common with the series says nothing about what became of it."""
    done = run("review", str(EXAMPLES / "loan.mbox"), "--tree", TREE, "--no-network", "--previous", SERIES)
    assert (done.exit_code, "is no earlier version of this series" in done.stderr) == (4, True)


def test_the_list_of_commands_says_what_each_one_says() -> None:
    """The help of the program is written without loading a command, in the words of each command's own help."""
    for name, (_, does) in COMMANDS.items():
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert does == first_sentence(command)


@pytest.mark.parametrize("words", [("scan", "--format", "jsonl", "--jobs", "1"), ("resolve", "set_memory_ro"),
                                   ("contract", "set_memory_ro"), ("index", "--jobs", "1"), ("model", "check")])
def test_the_tree_around_the_current_directory_is_taken(words: tuple[str, ...], tmp_path: Path,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command that reads a tree takes the one that somebody stands in, as review does; outside it says so."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    outside = run(*words)
    assert (outside.exit_code, outside.stderr.count("\n")) == (2, 1)
    assert "no kernel tree around the current directory; say with --tree which" in outside.stderr
    top = tmp_path / "linux"
    for path, text in {"Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", "Kconfig": "", "arch/Kconfig": "",
                       "arch/x86/Kconfig": "config MMU\n\tdef_bool y\n",
                       "mm/a.c": "int set_memory_ro(unsigned long a, int n)\n{\n\treturn 0;\n}\n"}.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text)
    monkeypatch.chdir(top / "mm")
    inside, named = run(*words), run(*words, "--tree", str(top))
    assert inside.exit_code == named.exit_code != 2, inside.stderr
    assert inside.stdout == named.stdout


@pytest.mark.parametrize(("words", "said"), [
    (("-o", "html=a.html", "-o", "html=b.html"), "-o names two places for html: a.html and b.html"),
    (("-o", "html=no/a", "-o", "json=no/a"), "-o names one file for html and json"),
    (("--b4-review", "-o", "b4-review=no/"), "--b4-review and -o b4-review=DIR exclude each other"),
])
def test_no_report_is_lost_without_a_word(words: tuple[str, ...], said: str) -> None:
    """Two places for one form, one file for two, and a folder that an option overrules are refused."""
    done = run("review", SERIES, *words)
    assert (done.exit_code, said in done.stderr) == (2, True)


@pytest.mark.parametrize("words", [
    ("review", "IN", "--tree", TREE, "-o", "json=IN"),
    ("review", SERIES, "--tree", TREE, "--previous", "IN", "-o", "terse=IN"),
    ("review", SERIES, "--tree", TREE, "--suppressions", "IN", "-o", "eml=./IN"),
    ("reply", "IN", "-o", "IN"),
    ("fetch", "IN", "-o", "IN"),
    ("scan", "--tree", TREE, "--baseline", "IN", "-o", "IN"),
], ids=lambda words: " ".join(words[::2][:3]))
def test_what_is_read_is_not_written_over(words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                          ) -> None:
    """An output that is also an input is refused before anything is done, also where it is spelled another way."""
    monkeypatch.chdir(tmp_path)
    Path("IN").write_bytes(Path(SERIES).read_bytes())
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "IN: this file is read, and would be written over; nothing was done; name another place" in result.stderr
    assert Path("IN").read_bytes() == Path(SERIES).read_bytes()


@pytest.mark.parametrize(("words", "said"), [
    (["review", "topic"], "topic: there is no such file or folder; check the name; commits are written git:"),
    (["review", "program"], "program: is a program, not mail; give the mails of a series"),
    (["review", "log"], "log: holds no commit that shows a plain diff; 'git log -p' prints them, but not those of"),
    (["review", b"no\xfc.mbox".decode("utf-8", "surrogateescape")], "no\\xfc.mbox: there is no such file"),
    (["serve", "r/series.json"], "r/series.json: this is a file; name its folder, r"),
])
def test_an_input_of_another_kind_is_told_as_that(words: list[str], said: str, tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    """One line names the input as it was typed, what it is, and what would do."""
    monkeypatch.chdir(tmp_path)
    Path("r").mkdir()
    Path("r/series.json").write_text("{}")
    Path("program").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(200))
    Path("log").write_text(f"commit {'a' * 40}\nAuthor: A <a@b.example>\n\n    Title\n\n file.c | 2 +-\n")
    result = run(*words)
    assert (result.exit_code, result.stderr.count("\n"), said in result.stderr) == (4, 1, True), result.stderr


def test_a_device_takes_several_forms() -> None:
    """What keeps nothing loses nothing."""
    done = run("review", SERIES, "--tree", TREE, "--no-network", "-o", "html=/dev/null", "-o", "json=/dev/null")
    assert done.exit_code == 0, done.stderr


def test_what_the_series_was_put_on_is_said_whole() -> None:
    """`-v` names the kind of tree, its release and how the base was found, without a gap for what is not there."""
    done = run("review", SERIES, "--tree", TREE, "--no-network", "-v")
    assert "v2: base: a folder, Linux 6.12 (blob-ids)\n" in done.stderr
