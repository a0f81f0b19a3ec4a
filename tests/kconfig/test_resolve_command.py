"""`reviewbot resolve` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli.resolve import resolve
from reviewbot.errors import UsageError
from tests.kconfig.trees import TREE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(resolve, [*words, "--no-progress"], catch_exceptions=False)


def test_json_has_the_promised_fields(folder: Path) -> None:
    """A list with one object a symbol; places as file:line or null, conditions as text, examples as a map."""
    done = run("set_memory_ro", "no_such_name", "--tree", str(folder), "--format", "json", "--arch", "fast,plain")
    found = json.loads(done.stdout)
    assert [one["symbol"] for one in found] == ["set_memory_ro", "no_such_name"]
    real = found[0]["resolution"][0]
    assert {"arch": "fast", "status": "real", "defined_in": "arch/fast/mm/pageattr.c:1", "condition": "CONFIG_MMU",
            "returns": "int", "example": {}}.items() <= real.items()
    assert found[1]["definitions"] == []
    assert [(one["arch"], one["status"], one["defined_in"]) for one in found[1]["resolution"]] == [
        ("fast", "undeclared", None), ("plain", "undeclared", None)]


def test_text_says_each_row_once(folder: Path) -> None:
    """Architectures with the same definition share a row."""
    done = run("set_memory_rox", "--tree", str(folder), "--config", "MMU || PLAIN")
    assert done.stdout == """\
set_memory_rox
  real       include/linux/set_memory.h:9  int
             on   fast
             when CONFIG_ARCH_HAS_SET_MEMORY
  macro      arch/odd/include/asm/set_memory.h:8  int
             on   odd
             when CONFIG_ARCH_HAS_SET_MEMORY
  stub       include/linux/set_memory.h:9  does nothing
             on   plain
             when !CONFIG_ARCH_HAS_SET_MEMORY
"""


@pytest.mark.parametrize(("words", "says"), [
    (("--arch", "vax"), "the tree has no architecture 'vax'"),
    (("--config", "A &&"), "the condition ends too early"),
    (("--from", "mm/none.c"), "the tree has no such file"),
])
def test_a_wrong_word_is_one_clear_line(folder: Path, words: tuple[str, ...], says: str) -> None:
    """The error says what does not fit and what would."""
    with pytest.raises(UsageError, match=says):
        run("set_memory_ro", "--tree", str(folder), *words)


def test_a_configuration_without_the_name_is_said(folder: Path) -> None:
    """Where nothing that was asked about can be built, that is the answer, and not the name alone."""
    done = run("set_memory_ro", "--tree", str(folder), "--arch", "fast", "--config", "MMU && !MMU")
    assert (done.exit_code, done.stdout) == (
        0, "set_memory_ro\n  there is no configuration in which 'MMU && !MMU' holds\n")
