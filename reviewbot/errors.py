"""The errors that end a run with one clear line, and the things that were not looked at.

ReviewbotError
├── UsageError        the command line is wrong                            exit status 2
│   └── DataError     a rule, API or model file does not load              exit status 2
├── InputError        the input is missing, unreadable or holds no patch   exit status 4
│   ├── MailError     a message or an archive of messages
│   ├── NetworkError  the network refused, or was not allowed
│   ├── TreeError     the kernel tree, its git repository or a revision
│   ├── ChoiceError   several series, and none was named
│   └── LocalError    this machine: a full disk, a closed stream
└── BudgetError       one parser used up what it may spend: becomes a Skip, never an exit

Anything else that leaves the program is a defect of the program (exit status 3).
"""

from __future__ import annotations

from reviewbot.values import dataclass

__all__ = [
    "BudgetError",
    "ChoiceError",
    "DataError",
    "InputError",
    "LocalError",
    "MailError",
    "NetworkError",
    "ReviewbotError",
    "Skip",
    "TreeError",
    "UsageError",
]


class ReviewbotError(Exception):
    """One line that says what went wrong, where, and what to do about it."""

    exit_status = 3

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        """Keep the three parts: `what` happened, `where` (a file, an address), and the `hint` that mends it."""
        super().__init__(what)
        self.what, self.where, self.hint = what, where, hint

    def __str__(self) -> str:
        """Return the line as it is printed, without the program's name; a part that has several lines becomes one."""
        line = f"{self.where}: {self.what}" if self.where else self.what
        return " ".join((f"{line}; {self.hint}" if self.hint else line).splitlines())


class UsageError(ReviewbotError):
    """The command line asks for something that does not exist or does not fit together."""

    exit_status = 2


class DataError(UsageError):
    """A file below `rules/` (or below `--rules DIR`) does not load; the run stops."""


class InputError(ReviewbotError):
    """The input is missing, cannot be read, or holds nothing to review."""

    exit_status = 4


class MailError(InputError):
    """A message, mailbox or archive cannot be read."""


class NetworkError(InputError):
    """The network refused, answered with something else, or was not allowed."""


class TreeError(InputError):
    """The kernel tree, its repository or a revision in it cannot be read."""


class LocalError(InputError):
    """This machine is at fault, not the input: a full or broken disk, an output that takes nothing."""


class ChoiceError(InputError):
    """The input holds several series and none was named; `choices` are (Message-ID, subject)."""

    def __init__(self, what: str, *, choices: tuple[tuple[str, str], ...], hint: str = "") -> None:
        """Keep the `choices` so that the command line can list them."""
        super().__init__(what, hint=hint)
        self.choices = choices


class BudgetError(ReviewbotError):
    """A parser spent its budget of bytes, nodes or time on one input; the caller records a Skip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Something that was not looked at: `where` it is, the `stage` that gave up, and `why`."""

    where: str
    stage: str
    why: str
