"""The words that a shell is offered are those that the command takes."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from reviewbot.arch import load_model
from reviewbot.cli import main, words
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.resources import data_folder


def offered(kind: str, begun: str, **params: object) -> list[str]:
    context = click.Context(click.Command("any"))
    context.params.update(params)
    return [item.value for item in getattr(words, kind)(context, click.Option(["--x"]), begun)]


def test_the_words_are_those_of_the_data() -> None:
    """Rules, architectures, releases and functions are offered as they load, without loading them."""
    knowledge, model = load_knowledge(()), load_model((data_folder("rules"),))
    assert {rule.id for rule in knowledge.rules} <= set(offered("rule_ids", ""))
    assert offered("arches", "") == list(model.arches)
    assert offered("releases", "") == sorted(map(str, model.releases))
    assert set(offered("functions", "")) == {function.name for function in knowledge.family.functions}
    assert offered("arches", "x86,ris") == ["x86,riscv"]
    assert "vunmap-hibernation" in offered("scenarios", "v")


def test_ids_are_those_of_the_named_review(tmp_path: Path) -> None:
    """Rows first, then findings; a file that is no review offers nothing."""
    file = tmp_path / "r.json"
    file.write_text(json.dumps({"first_page": {"rows": [{"id": "row-1"}]}, "findings": [{"id": "2-x-ab"}]}))
    assert offered("ids", "", review=file) == ["row-1", "2-x-ab"]
    assert offered("ids", "2", review=file) == ["2-x-ab"]
    assert offered("ids", "row-1,2", review=file) == ["row-1,2-x-ab"]


@pytest.mark.parametrize("text", ["", "[]", "{\"findings\": 5}", "null"])
def test_what_is_no_review_offers_nothing(text: str, tmp_path: Path) -> None:
    """A prompt never shows an error in place of words."""
    file = tmp_path / "r.json"
    file.write_text(text)
    assert offered("ids", "", review=file) == []
    assert offered("ids", "", review=tmp_path) == []
    assert offered("ids", "") == []


def _completed(*words: str) -> list[str]:
    """Return what a shell is offered for the last of the words."""
    return [item.value for item in ShellComplete(main, {}, "reviewbot", "_X").get_completions([*words[:-1]], words[-1])]


def test_options_that_wait_for_their_value_are_completed(tmp_path: Path) -> None:
    """Ids behind reply's --select, forms behind review's -o, and weights among what can be explained."""
    file = tmp_path / "r.json"
    file.write_text(json.dumps({"first_page": {"rows": [{"id": "row-1"}]}, "findings": []}))
    assert _completed("reply", str(file), "--select", "ro") == ["row-1"]
    assert _completed("review", "x.mbox", "-o", "ht") == ["html="]
    assert _completed("explain", "wei") == ["weights"]
