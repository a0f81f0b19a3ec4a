"""What every command loads first: the function families, the architecture model and the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot import checks, review  # as a whole: what makes a review is loaded when none is kept
from reviewbot.arch import KernelVersion, Model, is_release, load_model, parse_version
from reviewbot.cfacts import Family, load_family
from reviewbot.cli.remembered import program_stamp
from reviewbot.errors import UsageError
from reviewbot.findings.types import RuleText
from reviewbot.resources import data_folder
from reviewbot.text import quote_names

if TYPE_CHECKING:
    from reviewbot.review import Knowledge

__all__ = ["Known", "known_release", "load_knowledge", "rule_folders"]

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
    if not model.releases[0] <= version <= model.releases[-1]:
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
    return Known(extra, drafts=drafts).whole


# The program's own rules stay as they are while it runs.


@lru_cache(maxsize=1)
def _own_family(api: tuple[Path, ...]) -> Family:
    return load_family(api)


@lru_cache(maxsize=1)
def _own_model(folders: tuple[Path, ...]) -> Model:
    return load_model(folders)


@lru_cache(maxsize=1)
def _own_checks(folders: tuple[Path, ...]) -> tuple[checks.Rule, ...]:
    return checks.load_checks(folders)


class Known(Mapping[str, RuleText]):
    """What stands below the rules folders, each part loaded when it is asked for; as a mapping, what a person reads
    about each rule."""

    def __init__(self, extra: tuple[Path, ...], *, drafts: bool, at_once: bool = False) -> None:
        """Name the folders; `extra` and `drafts` as for load_knowledge(). Raises UsageError as rule_folders() does.

        With `at_once` everything is loaded now. Raises DataError for the first file that does not load.
        """
        self.folders, self._drafts, self._extra = rule_folders(extra), drafts, extra
        if at_once:
            _ = self.whole

    @cached_property
    def family(self) -> Family:
        """Return the function families."""
        api = self._parts("api")
        return _own_family(api) if len(self.folders) == 1 else load_family(api)

    @cached_property
    def model(self) -> Model:
        """Return the architecture model."""
        return _own_model(self.folders) if len(self.folders) == 1 else load_model(self.folders)

    @cached_property
    def whole(self) -> Knowledge:
        """Return everything. Raises DataError for the first file that does not load."""
        folders = self._parts("checks")
        rules = self._wanted(_own_checks(folders) if len(self.folders) == 1 else checks.load_checks(
            folders, self.family))
        return review.Knowledge(family=self.family, model=self.model, rules=rules, folders=self.folders)

    @cached_property
    def stamp(self) -> str:
        """Return an id of all that decides what a review says besides its input, as it is when first asked for."""
        return program_stamp(self._extra)

    def _parts(self, name: str) -> tuple[Path, ...]:
        return tuple(folder / name for folder in self.folders if (folder / name).is_dir())

    def _wanted(self, rules: tuple[checks.Rule, ...]) -> tuple[checks.Rule, ...]:
        return tuple(rule for rule in rules
                     if self._drafts or rule.status != "draft" or not rule.folder.is_relative_to(self.folders[0]))

    @cached_property
    def _texts(self) -> Mapping[str, RuleText]:
        """Return what a person reads about each rule; of rules that made a review, their kinds are not looked at."""
        known = self.__dict__.get("whole")
        return checks.rule_texts(known.rules if known is not None else
                                 self._wanted(checks.load_rules(self._parts("checks"), None)))

    def __getitem__(self, name: str) -> RuleText:
        """Return what a person reads about this rule."""
        return self._texts[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the rules."""
        return iter(self._texts)

    def __len__(self) -> int:
        """Return how many rules there are."""
        return len(self._texts)
