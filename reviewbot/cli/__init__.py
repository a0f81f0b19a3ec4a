"""The command line."""

from reviewbot.cli.main import main

__all__ = ["main"]
