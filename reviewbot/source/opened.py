"""A repository as GitPython opens it, where it is safe and takes no longer than git itself.

To import GitPython takes 60 ms of computing and up to 0.3 s on a busy machine, and to look up one name another process
of git; `git rev-parse` alone takes 2 to 5 ms. So it is used where a run has seconds of work of its own, or none that
counts: a local public-inbox, and the commit that b4 has checked out. What every review asks (which commit a name is,
the newest tags, the content of files) is asked of git in `gittree.py`: for the dates of 1,000 tags GitPython takes
2.6 s, `git for-each-ref` 8 ms.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewbot.source.gittree import find_git_dir
from reviewbot.source.sandbox import Sandbox, find_git

if TYPE_CHECKING:
    from git import Repo

__all__ = ["checked_out", "commits_of"]

_QUIET = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_GLOBAL": os.devnull,
          "GIT_CONFIG_COUNT": "0", "GIT_CONFIG_PARAMETERS": "", "GIT_ATTR_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
          "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0",
          "GIT_ALLOW_PROTOCOL": "none"}


@lru_cache(maxsize=1)
def _plain_repo() -> type[Repo]:
    """Return GitPython's class of a repository, made to follow no configuration but the repository's own file.

    Of that file it reads whether there is a work tree, without the files that it includes. The variables of git's that
    a user has set do not move the folder that the names are in.
    """
    from git import Repo  # noqa: PLC0415 - most runs need none of it
    from git.config import GitConfigParser  # noqa: PLC0415

    class Plain(Repo):
        def _config_reader(self, config_level: Any = None, git_dir: Any = None) -> GitConfigParser:  # noqa: ARG002
            folder = Path(git_dir or self.git_dir)
            return GitConfigParser([str(folder / "config")], read_only=True, merge_includes=False)

    return Plain


def commits_of(sandbox: Sandbox, *, most: int, skip: int) -> list[str]:
    """Return the ids of the commits below HEAD of a private git directory, the newest first; none without a HEAD."""
    from git import GitCommandError  # noqa: PLC0415

    repo = _plain_repo()(sandbox.git_dir, expand_vars=False)
    own = str(sandbox.git_dir)
    moved = {"GIT_COMMON_DIR": own, "GIT_OBJECT_DIRECTORY": f"{own}/objects", "GIT_ALTERNATE_OBJECT_DIRECTORIES": ""}
    repo.git.update_environment(**{**_QUIET, **sandbox.environment, **moved})
    try:
        return [commit.hexsha for commit in repo.iter_commits("HEAD", max_count=most, skip=skip)]
    except (GitCommandError, ValueError):
        return []
    finally:
        repo.close()


def checked_out(folder: Path) -> tuple[Path, str] | None:
    """Return the git directory that all worktrees of the repository share whose top the folder is, and the commit at
    HEAD.

    None where it is no such top (a plain folder below one is not the repository's, as for `open_tree`), or has no
    commit yet. No hook, no filter and no configuration of the user's or of the system's has a part in it.
    """
    find_git()
    if find_git_dir(folder) is None:
        return None
    from git import GitError  # noqa: PLC0415

    try:
        repo = _plain_repo()(folder, expand_vars=False)
    except (GitError, OSError, ValueError):
        return None
    repo.git.update_environment(**_QUIET)
    try:
        # Asked of git through GitPython, which cannot read names in a reftable itself.
        commit = str(repo.git.rev_parse("--verify", "--quiet", "--end-of-options", "HEAD^{commit}"))
    except GitError:
        return None
    finally:
        repo.close()
    return Path(repo.common_dir), commit
