"""The man pages in man/, and the command that writes them anew.

    python tests/cli/update_man.py
"""

from __future__ import annotations

import sys
from pathlib import Path

from reviewbot.cli import main as program
from reviewbot.cli.manpage import man_pages

MAN = Path(__file__).resolve().parents[2] / "man"


def main() -> None:
    """Write every page, and take away those of commands that are gone."""
    MAN.mkdir(exist_ok=True)
    pages = man_pages(program, "reviewbot")
    for path in MAN.glob("*.1"):
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        (MAN / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{MAN / name}\n")


if __name__ == "__main__":
    main()
