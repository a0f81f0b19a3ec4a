"""What every command loads first: the function families, the architecture model and the rules."""

from __future__ import annotations

from pathlib import Path

from reviewbot.arch import load_model
from reviewbot.cfacts import load_family
from reviewbot.checks import load_checks
from reviewbot.resources import data_folder
from reviewbot.review import Knowledge

__all__ = ["load_knowledge", "rule_folders"]


def rule_folders(extra: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the program's own rules folder and those that `--rules` names, in that order."""
    return (data_folder("rules"), *extra)


def load_knowledge(extra: tuple[Path, ...]) -> Knowledge:
    """Return everything below the rules folders. Raises DataError for the first file that does not load.

    A folder given with `--rules` may hold `checks/`, `api/` and `arch/`, each of them or all.
    """
    folders = rule_folders(extra)

    def parts(name: str) -> tuple[Path, ...]:
        return tuple(folder / name for folder in folders if (folder / name).is_dir())

    return Knowledge(family=load_family(parts("api")), model=load_model(folders), rules=load_checks(parts("checks")))
