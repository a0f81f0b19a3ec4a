"""`python -m reviewbot` is the same program as the `reviewbot` command."""

from __future__ import annotations

__all__ = ["run"]


def run() -> None:
    """Run the program; an interrupt ends it as a shell expects it, also while the program is still being loaded."""
    try:
        from reviewbot.cli import main  # noqa: PLC0415 - loading takes a moment, in which Ctrl-C may come

        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    run()
