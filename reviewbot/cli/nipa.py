"""What NIPA, the test runner of netdev, reads of a test: an exit status and a line on a descriptor that it names."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence

from reviewbot.report import counted, say_counts, say_coverage
from reviewbot.review import Review
from reviewbot.text import squash, visible

__all__ = ["tell_nipa"]

_WARNING = 250
_ERROR = 1


def tell_nipa(reviews: Sequence[Review], environ: Mapping[str, str]) -> int:
    """Write one line on the descriptor of DESC_FD, if it is set and open, and return the exit status for NIPA.

    0: the series brings nothing; 250: warnings or questions; 1: errors.
    """
    new = [finding for one in reviews for finding in counted(one.findings)]
    levels = {finding.level for finding in new}
    line = say_counts(new) if new else f"nothing found; {say_coverage(reviews[0].coverage)}" if reviews else ""
    number = environ.get("DESC_FD", "")
    if number.isascii() and number.isdigit() and len(number) < 5:
        with contextlib.suppress(OSError):  # whoever asked for it does not listen
            os.write(int(number), f"{visible(squash(line))}\n".encode())
    return _ERROR if "error" in levels else _WARNING if levels & {"warning", "question"} else 0
