"""Where the program's own data lies: `rules/` and `templates/`, in a checkout or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

from reviewbot.errors import DataError

__all__ = ["data_folder"]

_PACKAGE = Path(__file__).resolve().parent


def data_folder(name: str) -> Path:
    """Return the folder `rules` or `templates` that belongs to this copy of the program.

    An installed wheel carries both below `reviewbot/_data`; a checkout has them beside the package.
    Raises DataError when neither is there.
    """
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise DataError(f"the program's folder '{name}' is missing", where=str(_PACKAGE), hint="install reviewbot again")
