"""Writes the pages of the documentation site: the texts of this repository, the commands, the rules, and pictures.

    python docs/build_site.py build/site-source && mkdocs build --strict -f build/site-source/mkdocs.yml

`make docs` does both. Pictures are made from the examples by the program itself, so that they show what it does today.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))

from reviewbot.checks import Rule  # noqa: E402
from reviewbot.cli import main  # noqa: E402
from reviewbot.cli.knowledge import load_knowledge  # noqa: E402
from reviewbot.cli.rule_examples import examples_of  # noqa: E402

_EXAMPLE = ("review", "examples/series.mbox", "--tree", "examples/linux", "--no-network")
_PICTURE = ("model", "explore", "vunmap-hibernation", "--arch", "x86", "--kernel", "5.10", "--without", "tasks-frozen")
_COLUMNS = 80
_ROOMS = ("mail", "source", "cfacts", "kconfig", "checks", "contracts", "review", "report", "scan", "guards",
          "dependencies")
_MODEL = ("architecture-model", "machine")


def build(target: Path) -> None:
    """Write all pages below `target`/pages, and `target`/mkdocs.yml, which names each of them."""
    pages = target / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    pages.mkdir(parents=True)
    _copy(TOP / "README.md", pages / "index.md")
    for path in sorted((TOP / "docs").glob("*.md")):
        _copy(path, pages / path.name)
    for name in ("CONTRIBUTING", "CHANGELOG"):
        _copy(TOP / f"{name}.md", pages / f"{name.lower()}.md")
    for name in ("", "api", "arch", "scenarios"):
        _copy(TOP / "rules" / name / "README.md", pages / f"writing-{name or 'rules'}.md")
    _write(pages / "example.md", _example(pages))
    commands = _commands(pages)
    rules = _rules(pages)
    _write(target / "mkdocs.yml", _settings(commands, rules))


def _settings(commands: list[str], rules: list[Rule]) -> str:
    """Return the settings of mkdocs: every page in its place, nothing from elsewhere, and no dead link."""
    def titled(*names: str) -> list[dict[str, str] | str]:
        return [f"{name}.md" for name in names]

    nav = [
        {"Start": ["index.md", "example.md", "tools.md", "settings.md"]},
        {"Commands": [{name: _page_of(name)} for name in commands]},
        {"Rules": ["rules/index.md", *({rule.id: f"rules/{rule.id}.md"} for rule in rules), "sentences.md"]},
        {"Your own rules": titled("writing-rules", "writing-api", "writing-arch", "writing-scenarios")},
        {"The model": titled(*_MODEL)},
        {"How it is built": titled(*_ROOMS, "contributing", "changelog")},
    ]
    settings = {
        "site_name": "reviewbot", "docs_dir": "pages", "site_dir": "../site", "use_directory_urls": False,
        "theme": {"name": "readthedocs", "highlightjs": False, "analytics": {}}, "nav": nav,
        "validation": {"nav": {"omitted_files": "warn", "not_found": "warn"},
                       "links": {"not_found": "warn", "anchors": "warn", "unrecognized_links": "warn"}},
    }
    return json.dumps(settings, indent=1) + "\n"  # YAML takes JSON as it is


def _example(pages: Path) -> str:
    """Return the page with what the program says of the example, in text, as a page, and as a picture."""
    (pages / "pictures").mkdir()
    said = _run(*_EXAMPLE)
    _write(pages / "pictures" / "review.svg", _terminal(f"$ reviewbot {' '.join(_EXAMPLE)}\n{said}"))
    _write(pages / "pictures" / "scenario.svg", _run(*_PICTURE, "--format", "svg"))
    _write(pages / "pictures" / "review.html", _run(*_EXAMPLE, "--format", "html"))
    _write(pages / "pictures" / "arm64.html", _run("model", "show", "arm64", "--tree", "examples/linux", "--format",
                                                    "html"))
    return f"""# What it looks like

A review in a terminal, of the series in `examples/`:

![{_first_line(said)}](pictures/review.svg)

The same as [one HTML file](pictures/review.html), and what the model knows of [arm64](pictures/arm64.html).

Who runs against whom, as `reviewbot {' '.join(_PICTURE)} --format svg` draws it:

![A scenario that breaks after three steps](pictures/scenario.svg)
"""


def _commands(pages: Path) -> list[str]:
    """Write a page for each command with the words of its help; return their names."""
    names = []
    for name, command in _every(main, ""):
        parts = name.split()
        _write(pages / _page_of(name),
               f"# reviewbot {name}\n\n```text\n{_run(*parts, '--help').rstrip()}\n```\n")
        names.append(name)
        assert command.help
    return names


def _page_of(command: str) -> str:
    return f"commands/reviewbot-{command.replace(' ', '-')}.md"


def _every(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{before}{name}", command
        if isinstance(command, click.Group):
            yield from _every(command, f"{before}{name} ")


def _rules(pages: Path) -> list[Rule]:
    """Write a page for each rule, and the list of them; return the rules."""
    rules = sorted(load_knowledge(()).rules, key=lambda rule: rule.id)
    lines = ["# Rules", "", "| rule | level | finds |", "| --- | --- | --- |"]
    for rule in rules:
        draft = "" if rule.status == "stable" else f" ({rule.status})"
        lines.append(f"| [{rule.id}]({rule.id}.md) | {rule.level} | {_cell(rule.summary)}{draft} |")
        _write(pages / "rules" / f"{rule.id}.md", _rule(rule))
    _write(pages / "rules" / "index.md", "\n".join(lines) + "\n")
    return rules


def _rule(rule: Rule) -> str:
    head, _, rest = rule.doc.partition("\n")
    parts = [head, "", f"*{rule.summary}.* Level: {rule.level}. Status: {rule.status}. Kind of check: `{rule.kind}`.",
             "", rest.strip(), "", "## Examples that hold it to this"]
    for path in examples_of(rule):
        what = "Found" if path.name.startswith("bad_") else "Not found"
        title = path.stem.partition("_")[2].replace("_", " ")
        files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
        parts += ["", f"### {what}: {title}"]
        for file in files:
            name = [f"`{file.relative_to(path).as_posix()}`", ""] if path.is_dir() else []
            parts += ["", *name, f"```c\n{file.read_text(encoding='utf-8').rstrip()}\n```"]
    return "\n".join(parts) + "\n"


def _run(*words: str) -> str:
    """Return what the program prints for the words, as on a terminal that is 80 columns wide."""
    done = CliRunner(env={"COLUMNS": str(_COLUMNS), "NO_COLOR": "1"}).invoke(main, list(words), prog_name="reviewbot",
                                                                             terminal_width=_COLUMNS)
    if done.exit_code not in {0, 1}:
        raise SystemExit(f"reviewbot {' '.join(words)}: {done.output}")
    return done.stdout


def _terminal(text: str) -> str:
    """Return a picture of lines on a terminal, with nothing in it from elsewhere."""
    lines = [line[part:part + _COLUMNS] for line in text.rstrip().split("\n")
             for part in range(0, len(line) or 1, _COLUMNS)]
    rows = "\n".join(f'<text x="16" y="{28 + 18 * number}" xml:space="preserve">{html.escape(line)}</text>'
                     for number, line in enumerate(lines))
    width, height = 32 + _COLUMNS * 8, 32 + 18 * len(lines)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            f' role="img"><title>{html.escape(lines[0])}</title>\n'
            f'<rect width="100%" height="100%" rx="6" fill="#16181d"/>\n'
            f'<g fill="#e6e6e6" font-family="monospace" font-size="13.3">\n{rows}\n</g>\n</svg>\n')


def _first_line(text: str) -> str:
    return re.sub(r"[\[\]()]", "", text.split("\n", 1)[0])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _copy(source: Path, target: Path) -> None:
    _write(target, source.read_text(encoding="utf-8"))


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    os.chdir(TOP)
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        build(Path(sys.argv[1] if len(sys.argv) > 1 else "build/site-source").resolve())
