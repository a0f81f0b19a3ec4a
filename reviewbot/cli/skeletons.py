"""`reviewbot rules new` and `reviewbot model new`: the files of a rule, or of an architecture, to begin with."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click

from reviewbot.arch import load_model
from reviewbot.checks import Rule
from reviewbot.cli import words
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.cli.output import make_folder
from reviewbot.cli.rule_examples import examples_of
from reviewbot.cli.streams import write_file
from reviewbot.errors import UsageError
from reviewbot.patterns import regex
from reviewbot.resources import data_folder
from reviewbot.text import clip, nearest, quote_names, visible

__all__ = ["left_of_template", "new_arch", "new_rule"]

_EACH = 2  # examples, bad and good, that a rule needs
_HINT = "name a folder that can be written"
_ID = regex(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_ARCH = regex(r"[a-z][a-z0-9]*")
_DOC = """\
# {id}

## What it finds
Which code is found, in words that the author of a patch knows.

## Why it matters
What goes wrong, for whom, and when.

## Example
```c
{example}
```

## How to fix
What the author writes instead.

## When it is wrong
Where the code is right all the same, and what the rule says then.

## References
Files and functions of the kernel that show it.
"""


def left_of_template(rule: Rule) -> tuple[str, ...]:
    """Return the headings of the rule's text below which the template's words still stand."""
    parts = [part.partition("\n") for part in _DOC.split("\n## ")[1:]]
    return tuple(heading for heading, _, words in parts if "{" not in words and words.strip() in rule.doc)


@click.command(name="new")
@click.argument("folder", metavar="DIR/RULE", type=click.Path(path_type=Path))
@click.option("--like", default="ignored-result", show_default=True, metavar="RULE", shell_complete=words.rule_ids,
              help="Begin with what this rule matches and says; a kind of check stands for its first rule.")
def new_rule(folder: Path, like: str) -> None:
    """Make the files of a rule to begin with: rule.toml, doc.md, two bad and two good examples, which hold.

    The last part of the path is the rule's id: the defect, as a noun phrase. The rule is a draft. Change what it
    matches and its examples until 'reviewbot rules test DIR/RULE' is content, then what it says.
    """
    rules = load_knowledge(()).rules
    name = folder.resolve().name
    if not _ID.fullmatch(name):
        raise UsageError(f"'{visible(clip(name, 60))}' is no id of a rule", hint="write it as in 'ignored-result'")
    if folder.exists():
        raise UsageError("is there already", where=str(folder), hint="name a folder that is to be made")
    if any(rule.id == name for rule in rules):
        raise UsageError(f"there is a rule '{name}' already", hint="with --rules yours would take its place; name it "
                         "otherwise")
    model = _model_of(rules, like)
    make_folder(folder, hint=_HINT)
    write_file(folder / "rule.toml", _begun(model, name), hint=_HINT)
    examples = _few(model)
    first = next((path for path in examples if path.is_file()), None)
    shown = first.read_text(encoding="utf-8").split("\n", 1)[1].rstrip() if first else "/* the shortest example */"
    write_file(folder / "doc.md", _DOC.format(id=name, example=shown), hint=_HINT)
    for path in examples:
        for one in sorted({path, *model.folder.glob(f"{path.stem}.*")} if path.is_file() else {path}):
            if one.is_dir():
                shutil.copytree(one, folder / one.name)
            else:
                write_file(folder / one.name, one.read_bytes(), hint=_HINT)
    click.echo(f"reviewbot: {folder} begins as '{model.id}' does; change it, then: reviewbot rules test {folder}; a "
               "draft speaks in a review with --drafts", err=True)


def _model_of(rules: tuple[Rule, ...], like: str) -> Rule:
    """Return the rule of that id, or the first one of that kind, stable ones first. Raises UsageError for none."""
    for rule in (*(one for one in rules if one.id == like), *(one for one in rules if one.status == "stable"), *rules):
        if like in {rule.id, rule.kind}:
            return rule
    near = nearest(like, [*(rule.id for rule in rules), *sorted({rule.kind for rule in rules})])
    raise UsageError(f"there is no rule and no kind '{visible(clip(like, 60))}'", hint=f"did you mean "
                     f"{quote_names(near, joint='or')}?" if near else "'reviewbot rules' lists the rules")


def _few(rule: Rule) -> list[Path]:
    """Return two bad and two good examples of the rule, the short ones first."""
    def size(path: Path) -> tuple[int, str]:
        files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
        return sum(one.stat().st_size for one in files), path.name

    every = sorted(examples_of(rule), key=size)
    return [path for kind in ("bad_", "good_")
            for path in [one for one in every if one.name.startswith(kind)][:_EACH]]


def _begun(model: Rule, name: str) -> str:
    """Return the rule's data under the new name: a draft of which nothing was counted yet."""
    text = (model.folder / "rule.toml").read_text(encoding="utf-8")
    head, match, rest = text.partition("[match]")
    head = re.sub(r"(?m)^status( *)= .*$", r'status\1= "draft"', head)
    head = re.sub(r"(?m)^confidence( *)= .*$", r'confidence\1= "low"', head)
    begun = f"# {name}: begun as {model.id}. rules/README.md has the kinds of check and their options.\n"
    return f"{begun}{head}{match}{rest}"


@click.command(name="new")
@click.argument("arch")
@click.option("-o", "output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write there instead of to standard output: DIR/arch/ARCH.toml, for --rules DIR.")
def new_arch(arch: str, output: Path | None) -> None:
    """Write the file of an architecture to begin with: one that does nothing of its own.

    ARCH is the name of its folder in arch/. Every statement has the place in the tree that bears it; 'reviewbot model
    check --arch ARCH --tree DIR --rules DIR' says which do not hold there, and those are what has to be written.
    """
    if not _ARCH.fullmatch(arch):
        raise UsageError(f"'{visible(clip(arch, 60))}' is no folder of arch/", hint="write it as in 'loongarch'")
    known = {one.name for one in load_model((data_folder("rules"),)).own}
    if arch in known:
        raise UsageError(f"the model has '{arch}' already", hint=f"'reviewbot model show {arch}' shows it")
    bare = (data_folder("rules") / "arch" / "_bare.toml").read_text(encoding="utf-8")
    text = (f"# {arch}: docs/architecture-model.md has the keys. A function that does something of its own is a\n"
            "# [[fact]] with symbol, versions, file, returns, may_fail, splits, flushes, sleeps and alias.\n"
            f'arch    = "{arch}"\ntitle   = "{arch}"\nsummary = "What the linear map is made of, and what changes it '
            f'later."\n\n{bare[bare.index("[[fact]]"):].replace("{arch}", arch)}')
    if output is None:
        click.echo(text, nl=False)
        return
    if output.exists():
        raise UsageError("is there already", where=str(output), hint="name a file that is to be made")
    make_folder(output.parent, hint=_HINT)
    write_file(output, text, hint=_HINT)
    click.echo(f"reviewbot: {output} says that {arch} does nothing of its own; where it does: reviewbot model check "
               f"--arch {arch} --tree DIR --rules {output.parent.parent}", err=True)
