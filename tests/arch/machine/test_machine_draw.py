"""What is shown: lanes in a terminal, plain JSON, and an SVG that holds no script; and the command that shows it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_machine import fact, run, run_real, steps

from reviewbot.arch.machine import as_data, draw_svg, draw_text
from reviewbot.cli import main

SVG = "{http://www.w3.org/2000/svg}"


def command(*words: str) -> Result:
    return CliRunner().invoke(main, ["model", "explore", *words])


@pytest.mark.parametrize("width", [60, 80, 132])
def test_the_text_keeps_to_its_width(width: int) -> None:
    """Nothing is wider than the terminal, whatever the names are."""
    for name, without in (("vunmap-hibernation", ("tasks-frozen",)), ("hibernation-large-leaf", ()), ("kfence", ())):
        drawn = draw_text(run_real(name, "x86", "6.12", without=without), width=width)
        assert max(len(line) for line in drawn.splitlines()) <= width
        assert drawn == "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


def test_the_text_shows_each_actor_in_its_lane() -> None:
    """The last step is marked, and the others are not."""
    drawn = draw_text(run_real("vunmap-hibernation", "x86", "6.12", without=("tasks-frozen",)), width=100)
    lines = drawn.splitlines()
    head = next(line for line in lines if "vunmap  " in line)
    read = next(line for line in lines if "✗ read page" in line)
    assert read.index("✗") == head.index("hibernation")
    assert drawn.count("✗") == 1
    assert drawn.count("●") == 2


def test_the_svg_is_well_formed_and_inert() -> None:
    """It parses, has a circle for each step, no script, no link, and the words of the trace are escaped."""
    result = run(steps("free page\nfree page"), fact("set_memory_ro"))
    drawn = draw_svg(result)
    root = ET.fromstring(drawn)
    assert len(root.findall(f"{SVG}circle")) == len(result.events)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags == {"svg", "title", "rect", "line", "circle", "text"}
    assert "href" not in drawn
    assert "-&gt;" in drawn


def test_an_svg_is_drawn_for_what_holds_too() -> None:
    """A whole document with the sentence, and no lanes."""
    root = ET.fromstring(draw_svg(run_real("hibernation-page", "x86", "6.12")))
    assert "holds" in (root.findtext(f"{SVG}title") or "")
    assert root.findall(f"{SVG}circle") == []


def test_the_data_say_what_the_answer_rests_on() -> None:
    """The JSON has the assumptions, and which of them are needed."""
    data = as_data(run_real("vunmap-hibernation", "arm64", "6.12"))
    assert data["schema"] == "reviewbot.explore/1"
    assert data["outcome"] == "holds"
    assumptions = data["assumptions"]
    assert isinstance(assumptions, list)
    assert assumptions[0]["needed"] is True
    assert json.dumps(data) == json.dumps(as_data(run_real("vunmap-hibernation", "arm64", "6.12")))


def test_the_command_prints_and_says_by_its_status() -> None:
    """0 when it holds or does not exist there, 1 when it breaks."""
    holds = command("hibernation-page", "--arch", "x86", "--kernel", "6.12")
    assert (holds.exit_code, "holds, in every interleaving" in holds.output) == (0, True)
    broken = command("vunmap-hibernation", "--arch", "x86", "--kernel", "6.12", "--without", "tasks-frozen")
    assert (broken.exit_code, "✗ read page" in broken.output) == (1, True)
    absent = command("hibernation-page", "--arch", "powerpc", "--kernel", "6.12")
    assert (absent.exit_code, "nothing to explore" in absent.output) == (0, True)


def test_the_command_prints_json_and_svg() -> None:
    """The configuration, sizes and formats come from options."""
    words = ("hibernation-set-direct-map", "--arch", "arm64", "--kernel", "5.10", "--config",
             "DEBUG_PAGEALLOC=y,rodata=off")
    data = json.loads(command(*words, "--size", "page=2", "--format", "json").output)
    assert data["violation"]["property"] == "read"
    assert data["config"]["rodata_full"] is False
    assert ET.fromstring(command(*words, "--format", "svg").output).tag == f"{SVG}svg"


def test_the_list_names_every_scenario() -> None:
    """With titles and assumptions, in text and in JSON."""
    listed = command("--list")
    assert "vunmap-hibernation" in listed.output
    assert "[tasks-frozen]" in listed.output
    rows = json.loads(command("--list", "--format", "json").output)
    assert {"name", "title", "text", "config", "pages", "assumptions", "actors"} == set(rows[0])


@pytest.mark.parametrize(("words", "says"), [
    ((), "name a scenario"), (("vunmap-hibernaton", "--arch", "x86"), "vunmap-hibernation"),
    (("kfence", "--arch", "pdp11"), "pdp11"), (("kfence", "--arch", "x86", "--size", "page"), "is not a size"),
    (("kfence", "--arch", "x86", "--kernel", "new"), "is not a kernel release")])
def test_a_wrong_command_line_is_one_line(words: tuple[str, ...], says: str) -> None:
    """Exit status 2, and what to write instead."""
    result = command(*words)
    assert result.exit_code == 2
    assert says in result.output


def test_scenarios_of_an_own_folder_are_found(tmp_path: Path) -> None:
    """--rules DIR adds scenarios."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "mine.toml").write_text(
        'title = "Mine"\ntext = "t"\n[pages]\npage = 1\n[[actor]]\nname = "me"\nsteps = "free page"\n')
    result = command("mine", "--arch", "x86", "--rules", str(tmp_path))
    assert result.exit_code == 0
    assert "mine on x86" in result.output
