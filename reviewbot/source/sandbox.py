"""git, run where nothing of the user's can act on it and nothing of the user's can change.

Every git process works in a git directory of our own: a temporary folder with our configuration, no hooks, no
attributes, no remotes, whose only link to the user's repository is a line in `objects/info/alternates`. So the
repository's own configuration (which may name commands to run) is never read, and nothing can be written to it.
The environment is built from nothing. Variables of git's that the user has set do not reach it.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import weakref
from pathlib import Path

from reviewbot.errors import LocalError, TreeError
from reviewbot.patterns import regex
from reviewbot.text import clip, decode, squash
from reviewbot.values import dataclass

__all__ = ["SPACE", "TIMEOUT", "Finished", "Sandbox", "find_git", "first_error"]

TIMEOUT = 120.0  # seconds for one process; a search of a whole kernel tree takes about three

_FULL = regex(rb"^(?:error|fatal): [^\n]*: (?:%s)$" % b"|".join(
    re.escape(os.strerror(number).encode()) for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)), re.MULTILINE)
SPACE = "free some space, or set TMPDIR"

_CONFIG = """\
[core]
\trepositoryformatversion = {version}
\tbare = true
\tlogAllRefUpdates = false
\thooksPath = /dev/null
\tfsmonitor = false
\tattributesFile = /dev/null
\texcludesFile = /dev/null
\tautocrlf = false
\tquotePath = false
\tpager = cat
\tdeltaBaseCacheLimit = 256m
[protocol]
\tallow = never
[gc]
\tauto = 0
[maintenance]
\tauto = false
[submodule]
\trecurse = false
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a git process said: its exit status, its output, and its messages as text."""

    status: int
    out: bytes
    err: str


def find_git() -> str:
    """Return the absolute path of the git program. Raises TreeError when there is none."""
    found = shutil.which("git")
    if found is None:
        raise TreeError("the program 'git' is not installed", hint="install git (apt install git)")
    return str(Path(found).absolute())


class Sandbox:
    """A private git directory that sees the objects of `alternates` and lives as long as this value."""

    def __init__(self, *, alternates: tuple[Path, ...] = (), object_format: str = "sha1") -> None:
        """Make the directory. `alternates` are absolute folders of objects. Raises TreeError without git."""
        self._git = find_git()
        self.object_format = object_format
        # What removes the folder is there before the folder: a signal may come between the two.
        try:
            self.git_dir = Path(tempfile.gettempdir(), f"reviewbot-git-{secrets.token_hex(8)}")
        except OSError as error:
            raise LocalError(f"there is no temporary folder: {error.strerror}", hint=SPACE) from error
        self._remove = weakref.finalize(self, shutil.rmtree, str(self.git_dir), ignore_errors=True)
        try:
            self.git_dir.mkdir(mode=0o700)
            self._fill(alternates)
        except FileExistsError as error:
            self._remove.detach()
            raise LocalError("somebody else has made this folder", where=str(self.git_dir), hint="try again") from error
        except OSError as error:
            self.close()
            raise LocalError(f"cannot write below the temporary folder: {error.strerror}", where=str(self.git_dir),
                             hint=SPACE) from error
        self.environment = {
            "PATH": os.defpath, "HOME": str(self.git_dir), "XDG_CONFIG_HOME": str(self.git_dir), "LC_ALL": "C",
            "GIT_DIR": str(self.git_dir), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_ATTR_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "true", "SSH_ASKPASS": "true", "GIT_SSH_COMMAND": "false", "GIT_PROXY_COMMAND": "false",
            "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0",
            "GIT_ALLOW_PROTOCOL": "none", "GIT_PAGER": "cat", "GIT_EDITOR": "false", "GIT_ADVICE": "0",
        }

    def _fill(self, alternates: tuple[Path, ...]) -> None:
        # No more folders than git asks for: on some disks each takes milliseconds to remove.
        for folder in ("objects", "objects/info", "refs"):
            (self.git_dir / folder).mkdir()
        (self.git_dir / "HEAD").write_bytes(b"ref: refs/heads/none\n")
        config = _CONFIG.format(version=0 if self.object_format == "sha1" else 1)
        if self.object_format != "sha1":
            config += f"[extensions]\n\tobjectFormat = {self.object_format}\n"
        (self.git_dir / "config").write_text(config)
        for alternate in alternates:
            if "\n" in str(alternate):
                raise TreeError("a path with a line end in it cannot be read by git", where=repr(str(alternate)))
        lines = "".join(f"{alternate}\n" for alternate in alternates)
        (self.git_dir / "objects/info/alternates").write_bytes(os.fsencode(lines))

    def command(self, *arguments: str) -> list[str]:
        """Return the whole command line of a git process with these arguments."""
        return [self._git, "--no-pager", "--no-optional-locks", *arguments]

    def run(self, *arguments: str, stdin: bytes = b"", index: Path | None = None,
            work_tree: Path | None = None, timeout: float = TIMEOUT) -> Finished:
        """Return how `git ARGUMENTS` ended. `index` is the index file it works on.

        Raises TreeError on a timeout, LocalError where the temporary disk is full: that is no answer about a patch.
        """
        environment = dict(self.environment)
        if index is not None:
            environment["GIT_INDEX_FILE"] = str(index)
        if work_tree is not None:
            environment["GIT_WORK_TREE"] = str(work_tree)
        try:
            done = subprocess.run(  # noqa: S603  (an argument list, never a shell)
                self.command(*arguments), input=stdin, capture_output=True, env=environment, check=False,
                timeout=timeout, cwd=work_tree or self.git_dir)
        except subprocess.TimeoutExpired as error:
            raise TreeError(f"git {arguments[0]} took longer than {timeout:.0f} seconds and was stopped",
                            hint="the machine or its disk has much to do: try again later") from error
        except OSError as error:
            raise TreeError(f"git {arguments[0]} could not be started: {error.strerror or error}") from error
        if done.returncode != 0 and _FULL.search(done.stderr):
            raise LocalError(f"git {arguments[0]} could not write: {first_error(decode(done.stderr))}",
                             where=str(self.git_dir), hint=SPACE)
        return Finished(status=done.returncode, out=done.stdout, err=decode(done.stderr))

    def must(self, *arguments: str, stdin: bytes = b"", index: Path | None = None) -> bytes:
        """Return the output of `git ARGUMENTS`. Raises TreeError with git's words when it fails."""
        done = self.run(*arguments, stdin=stdin, index=index)
        if done.status != 0:
            raise TreeError(f"git {arguments[0]} failed: {first_error(done.err)}")
        return done.out

    def close(self) -> None:
        """Remove the directory now rather than when this value is forgotten."""
        self._remove()


def first_error(messages: str) -> str:
    """Return the first line in which git says what is wrong, without its `fatal:` or `error:`."""
    lines = [line.strip() for line in messages.splitlines() if line.strip()]
    for line in lines:
        if line.startswith(("error:", "fatal:")) and "while searching for" not in line:
            return clip(squash(line.partition(":")[2]), 200)
    return clip(squash(lines[0]), 200) if lines else "git gave no reason"
