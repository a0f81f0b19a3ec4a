"""What every command loads first: the function families, the architecture model and the rules."""

from __future__ import annotations

from pathlib import Path

from reviewbot.arch import KernelVersion, Model, is_release, load_model, parse_version
from reviewbot.cfacts import load_family
from reviewbot.checks import load_checks
from reviewbot.errors import UsageError
from reviewbot.resources import data_folder
from reviewbot.review import Knowledge
from reviewbot.text import quote_names

__all__ = ["known_release", "load_knowledge", "rule_folders"]

_PARTS = ("checks", "api", "arch", "scenarios", "lists", "page")


def rule_folders(extra: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the program's own rules folder and those that `--rules` names, in that order.

    Raises UsageError for a named folder that holds nothing of what such a folder may hold: it would change nothing.
    """
    for folder in extra:
        if not any((folder / part).is_dir() and any((folder / part).iterdir()) for part in _PARTS):
            below = [one.name for one in sorted(folder.iterdir()) if (one / "rule.toml").is_file()]
            raise UsageError("this folder holds no rules", where=str(folder), hint=(
                f"put '{below[0]}' into {folder}/checks/" if below else
                f"rules stand in {quote_names([f'{part}/' for part in _PARTS], joint='or')} below it"))
    return (data_folder("rules"), *extra)


def known_release(text: str, model: Model) -> KernelVersion:
    """Return the release that the text names. Raises UsageError for one that the model cannot answer for."""
    version = parse_version(text)
    if not model.releases[0] <= version <= model.releases[-1] and not is_release(version, data_folder("rules")):
        raise UsageError(f"the model does not know Linux {version}",
                         hint=f"it was read from {model.releases[0]} to {model.releases[-1]}")
    if not is_release(version, data_folder("rules")) and version not in model.releases:
        raise UsageError(f"there is no Linux {version}", hint="name a release such as "
                         f"{quote_names([str(one) for one in model.releases], joint='or')}")
    return version


def load_knowledge(extra: tuple[Path, ...], *, drafts: bool = True) -> Knowledge:
    """Return everything below the rules folders. Raises DataError for the first file that does not load.

    A folder given with `--rules` may hold `checks/`, `api/` and `arch/`, each of them or all. Without `drafts` the
    program's own rules that are drafts are left out; those of a folder that is named are wanted.
    """
    folders = rule_folders(extra)

    def parts(name: str) -> tuple[Path, ...]:
        return tuple(folder / name for folder in folders if (folder / name).is_dir())

    rules = tuple(rule for rule in load_checks(parts("checks"))
                  if drafts or rule.status != "draft" or not rule.folder.is_relative_to(folders[0]))
    return Knowledge(family=load_family(parts("api")), model=load_model(folders), rules=rules,
                     folders=folders)
