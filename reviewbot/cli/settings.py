"""What a run is told besides its command line: the user's git settings, and what `reviewbot -c` says in their place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from reviewbot.cli.gitconfig import GitSettings, said_settings
from reviewbot.cli.group import plainly
from reviewbot.errors import UsageError
from reviewbot.text import clip, nearest, quote_names, visible

__all__ = ["defaults_for", "settings", "settings_option", "usual_tree"]

_META = "reviewbot.settings"
_ONCE = frozenset({"all", "base", "help", "patch", "previous", "series", "version-of-series"})
"""Options of `review` that speak of one series: no setting for all of them."""


def _keep(context: click.Context, _: click.Parameter, words: tuple[str, ...]) -> None:
    context.meta[_META] = GitSettings(said_settings(words))


def settings_option(command: Any) -> Any:
    """Return the group with `-c NAME=VALUE`."""
    return click.option(
        "-c", "settings", multiple=True, metavar="NAME=VALUE", expose_value=False, callback=_keep, is_eager=True,
        help="Take this value of a git setting for this run, as git does: it stands before the command. May be "
             "repeated. (Behind 'review', -c asks for a newer version of the series.)")(command)


def settings() -> GitSettings:
    """Return the settings of the running command; outside of one those of the user's git."""
    context = click.get_current_context(silent=True)
    found = context.meta.get(_META) if context is not None else None
    return found if isinstance(found, GitSettings) else GitSettings()


def usual_tree() -> Path | None:
    """Return the kernel tree that `reviewbot.tree` names, None without that setting."""
    named = settings().own().get("tree", ("",))[-1]
    return Path(named).expanduser() if named else None


def defaults_for(command: click.Command, parent: click.Context) -> Mapping[str, Any]:
    """Return what `[reviewbot]` says of the command's long options, by the names of its parameters.

    Raises UsageError for a key that no option has, and for a value that its option does not take.
    """
    own = settings().own()
    if not own:
        return {}
    context = click.Context(command, info_name=command.name, parent=parent)
    options = {name.removeprefix("--"): option for option in command.get_params(context)
               if isinstance(option, click.Option) for name in option.opts if name.startswith("--")}
    known = {name: option for name, option in options.items() if name not in _ONCE}
    found: dict[str, Any] = {}
    for key, values in own.items():
        option = known.get(key)
        if option is None:
            near = nearest(key, sorted(known), most=1)
            raise UsageError(f"reviewbot.{clip(visible(key), 60)} is no setting", where="git config",
                             hint=f"did you mean reviewbot.{near[0]}?" if near else
                             f"the settings are {quote_names(sorted(known), most=99)}")
        if key == "tree":
            continue
        value = list(values) if option.multiple else values[-1] or ("true" if option.is_flag else "")
        try:
            option.type_cast_value(context, value)
        except click.UsageError as error:
            raise UsageError(visible(plainly(error.message)).rstrip("."), where=f"reviewbot.{key}",
                             hint="'git config --global' changes it") from error
        found[str(option.name)] = value
    return found
