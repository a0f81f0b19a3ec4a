"""The user's own git settings: who drafts are from, and where mail archives are."""

from __future__ import annotations

import os
import subprocess

__all__ = ["git_settings"]

_TIMEOUT = 5.0
_HARMLESS = ("user.name", "user.email", "sendemail.from", "b4.", "lore.", "reviewbot.")


def git_settings() -> dict[str, str]:
    """Return the settings of the user's global git configuration that the program reads; empty without git.

    Only the global file is asked: the configuration of a tree is a stranger's. Keys are lower case; the last value
    wins.
    """
    # GitPython's GitConfigParser would do, but to import it takes 0.2 s and more, and this takes 5 ms in each run.
    environment = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    try:
        run = subprocess.run(["git", "config", "--global", "--null", "--list"], capture_output=True, check=False,  # noqa: S607
                             timeout=_TIMEOUT, env=environment)
    except (OSError, subprocess.TimeoutExpired):
        return {}
    settings = {}
    for entry in run.stdout.decode("utf-8", "replace").split("\0"):
        key, _, value = entry.partition("\n")
        if key.startswith(_HARMLESS):
            settings[key] = value
    return settings
