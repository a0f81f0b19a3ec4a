"""Which files contain a word: what ripgrep or git's grep are asked, and a finder of our own for bytes.

Both programs only narrow the choice; what they name is looked at again here, so that the answer does not depend on
which of them is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Thread

from reviewbot.errors import TreeError
from reviewbot.patterns import regex
from reviewbot.source.answers import Answers
from reviewbot.source.matcher import matcher_for, stems_of
from reviewbot.source.sandbox import TIMEOUT, Sandbox, first_error
from reviewbot.values import dataclass

__all__ = ["Found", "Searches", "any_of", "candidates", "identifiers", "wanted_path"]

_IDENTIFIER = regex(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST_STRINGS = 40
_MOST_AT_ONCE = 240  # characters of all strings that ripgrep compares fast
_SEARCH = 5 * TIMEOUT  # a search reads all of a kernel: on a machine with much else to do that takes minutes
_LONG, _MANY_WORDS = 10, 3
_ANOTHER = "\x7f\x7f\x7f\x7f"
_LENGTHS = (250, 24, 20, 18, 16, 14, 13, 12, 11, 10)
Found = Iterable[str] | Mapping[str, list[str]]
"""What a search names: files that may hold one of the words, or for each word the files that hold it."""

_GLOB = regex(r"([*?\[\]\\])")


def identifiers(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words that can be identifiers of C, sorted and once each; others occur nowhere."""
    return tuple(sorted({word for word in words if _IDENTIFIER.fullmatch(word)}))


def wanted_path(path: str, prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> bool:
    """Return whether the file lies below one of the folders (none: anywhere) and has one of the endings (none: any)."""
    if suffixes and not path.endswith(suffixes):
        return False
    return not prefixes or any(path.startswith(f"{prefix.rstrip('/')}/") or path == prefix for prefix in prefixes)


def candidates(sandbox: Sandbox, words: tuple[str, ...], place: str | Path, *, prefixes: tuple[str, ...],
               suffixes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sorted paths of files that may contain one of the words: `git grep` on all cores.

    `place` is the id of a git tree that the sandbox sees, or a folder. What comes back must be looked at again.
    Raises TreeError when git fails.
    """
    stems = _literals(words)
    if isinstance(place, Path):
        whole = sum(map(len, words)) <= _MOST_AT_ONCE
        named = _ripgrep([*words] if whole else stems, place, prefixes, suffixes)
        if named is not None:
            return named
    # Plain strings cost git about 0.1 s each on a whole kernel; past some forty one regular expression is cheaper.
    few = _beginnings(stems)
    how = ("-F", "\n".join(few)) if len(few) <= _MOST_STRINGS else ("-E", "|".join(few))
    options = ["-z", "-l", "-a", how[0], "-f", "-"]
    patterns = _pathspecs(prefixes, suffixes)
    if isinstance(place, Path):
        done = sandbox.run("grep", "--no-index", "--no-exclude-standard", *options, "--", *patterns,
                           stdin=how[1].encode() + b"\n", work_tree=place, timeout=_SEARCH)
        cut = 0
    else:
        done = sandbox.run("grep", *options, place, "--", *patterns, stdin=how[1].encode() + b"\n",
                           timeout=_SEARCH)
        cut = len(place) + 1
    if done.status > 1:  # 1 is: nothing found
        raise TreeError(f"git grep failed: {first_error(done.err)}")
    paths = (os.fsdecode(line[cut:]) for line in done.out.split(b"\0") if line)
    return tuple(sorted(path for path in paths if wanted_path(path, prefixes, suffixes)))


def _ripgrep(stems: list[str], folder: Path, prefixes: tuple[str, ...],
             suffixes: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return what `rg` names, None where it is not installed or fails.

    It reads a whole kernel with a third of the work that git's grep needs as long as all strings together have at most
    250 characters: with more it compares in another way, which takes four times as long.
    """
    runs = _runs(stems)
    if len(runs) > 1:
        parts = [_ripgrep(run, folder, prefixes, suffixes) for run in runs]
        return None if None in parts else tuple(sorted({path for part in parts for path in part or ()}))
    program = shutil.which("rg")
    if program is None:
        return None
    places = [f"./{prefix.rstrip('/')}" for prefix in prefixes if (folder / prefix).exists()] if prefixes else ["./"]
    if not places:
        return ()
    globs = [part for suffix in suffixes for part in ("-g", f"*{_escaped(suffix)}")]
    try:
        done = subprocess.run(  # noqa: S603  (an argument list, never a shell)
            [program, "--no-config", "--no-ignore", "--hidden", "--no-follow", "-l", "-0", "-a", "-F", "-f", "-",
             *globs, "--", *places], input="\n".join(runs[0]).encode() + b"\n", capture_output=True, check=False,
            timeout=TIMEOUT, cwd=folder, env={"LC_ALL": "C", "PATH": os.defpath})
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode > 1:
        return None
    paths = (os.fsdecode(line).removeprefix("./") for line in done.stdout.split(b"\0") if line)
    return tuple(sorted({path for path in paths if wanted_path(path, prefixes, suffixes)}))


def _literals(words: tuple[str, ...]) -> list[str]:
    """Return few strings of which every word holds one; one that stands for a single word is all of that word."""
    return [held[0] if len(held := [word for word in words if stem in word]) == 1 else stem
            for stem in stems_of(words)]


def _beginnings(strings: list[str]) -> list[str]:
    """Return fewer strings of which each given one holds one: those with the same first words are one, and what holds
    another is left out. Few other files hold what three names of one kind begin with."""
    joined: list[str] = []
    for string in sorted(string.lstrip("_") if len(string) > _LONG else string for string in strings):
        if joined and string.startswith(joined[-1]):
            continue
        shared = _shared(joined[-1], string).rpartition("_")[0] if joined else ""
        if len(shared) >= _LONG and shared.count("_") >= _MANY_WORDS - 1:
            joined[-1] = shared
        else:
            joined.append(string)
    return [one for one in joined if not any(other != one and other in one for other in joined)]


def _shared(one: str, other: str) -> str:
    """Return what both strings begin with."""
    return one[:next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
                     min(len(one), len(other)))]


def _runs(strings: list[str]) -> list[list[str]]:
    """Return what to look for in each run of `rg`: strings of which each given one holds one, cut as far as that makes
    them fit into one run."""
    for length in _LENGTHS:
        cut = {string[:length] for string in strings}
        few = sorted(one for one in cut if not any(other != one and other in one for other in cut))
        if sum(map(len, few)) <= _MOST_AT_ONCE:
            # Strings that begin alike are looked for by their beginning, which stands everywhere.
            return [[*few, _ANOTHER] if len(few) > 1 and len({one[0] for one in few}) == 1 else few]
    runs: list[list[str]] = [[]]
    for one in few:
        if sum(map(len, runs[-1])) + len(one) > _MOST_AT_ONCE:
            runs.append([])
        runs[-1].append(one)
    return runs


def _pathspecs(prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> list[str]:
    patterns: list[str] = []
    endings = [_escaped(suffix) for suffix in suffixes or ("",)]
    for prefix in prefixes or ("",):
        folder = _escaped(prefix.rstrip("/"))
        below = f"{folder}/**/" if folder else "**/"
        patterns.extend(f":(top,glob){below}*{ending}" for ending in endings)
        # A file may be named as well; a folder without the stars would be all that is in it, whatever its ending.
        if folder and (not suffixes or prefix.endswith(suffixes)):
            patterns.append(f":(top,glob){folder}")
    return patterns


def _escaped(text: str) -> str:
    return _GLOB.sub(r"\\\1", text)


@dataclass(slots=True)
class _Scope:
    """The words that were searched for below some folders in files with one ending, and where each stands."""

    prefixes: tuple[str, ...]
    suffix: str
    found: dict[str, tuple[str, ...]]

    def covers(self, prefixes: tuple[str, ...], suffix: str) -> bool:
        """Return whether every file of the other scope is one of this scope."""
        if self.suffix not in {"", suffix} or (self.prefixes and not prefixes):
            return False
        return not self.prefixes or all(prefix in self.prefixes or any(
            f"{prefix.rstrip('/')}/".startswith(f"{whole.rstrip('/')}/") for whole in self.prefixes)
            for prefix in prefixes)


@dataclass(frozen=True, slots=True)
class _Question:
    """Words that nobody has searched for in files with these endings (none: all) below these folders (none: all)."""

    names: tuple[str, ...]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]


def _all_of(scopes: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the folders (or endings) of all these scopes, () where one of them has no bounds."""
    every = [*scopes]
    return () if () in every else tuple(dict.fromkeys(one for scope in every for one in scope))


def _within(told: Found, question: _Question) -> Found:
    """Return what of the answer lies in the scope of the question."""
    def wanted(paths: Iterable[str]) -> list[str]:
        return [path for path in paths if wanted_path(path, question.prefixes, question.suffixes)]

    return {name: wanted(told[name]) for name in question.names} if isinstance(told, Mapping) else wanted(told)


class Searches:
    """The searches of one tree whose files do not change: no word is looked for twice, and some before they are needed.

    `narrow(words, prefixes, suffixes)` names files that may contain one of the words, or tells for each of them which
    do; `read(path)` gives a file.
    """

    def __init__(self, narrow: Callable[[tuple[str, ...], tuple[str, ...], tuple[str, ...]], Found],
                 read: Callable[[str], bytes | None], *, together: bool = False) -> None:
        """Start with nothing searched. `narrow` must be safe to call from another thread, `read` need not be.

        `together`: to look for more words at once costs nothing, so that what is asked for ahead waits for the first
        question.
        """
        self._narrow, self._read, self._together = narrow, read, together
        self._early: list[_Question] = []
        self._scopes: list[_Scope] = []
        self._waiting: list[tuple[_Question, Future[Found]]] = []
        self.answers: Answers | None = None

    def find(self, names: tuple[str, ...], prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> tuple[str, ...]:
        """Return the sorted paths of the files in that scope that contain any of these identifiers.

        Raises what `narrow` raises.
        """
        for waiting in [entry for entry in self._waiting if not set(names).isdisjoint(entry[0].names)]:
            self._waiting.remove(waiting)
            self._note(waiting[0], waiting[1].result())
        self._answer_early(names)
        for question in self._unanswered(names, prefixes, suffixes):
            self._note(question, self._narrow(question.names, question.prefixes, question.suffixes))
        paths = {path for suffix in suffixes or ("",) for scope in self._scopes if scope.covers(prefixes, suffix)
                 for name in names for path in scope.found.get(name, ())}
        return tuple(sorted(path for path in paths if wanted_path(path, prefixes, suffixes)))

    def ahead(self, names: tuple[str, ...], prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> None:
        """Start a search for identifiers that will be asked for; the program that searches has a core of its own."""
        questions = self._unanswered(names, prefixes, suffixes)
        if self._together:
            self._early += questions
            return
        for question in questions:
            coming: Future[Found] = Future()
            self._waiting.append((question, coming))
            Thread(target=self._search, args=(question, coming), daemon=True).start()

    def know(self, found: Mapping[str, Iterable[str]], suffixes: tuple[str, ...]) -> None:
        """Take in where words stand in all files with these endings: somebody else has searched for them."""
        for suffix in suffixes:
            scope = self._scope((), suffix)
            scope.found.update((name, tuple(path for path in paths if path.endswith(suffix)))
                               for name, paths in found.items())

    def _answer_early(self, names: tuple[str, ...]) -> None:
        """Search for what was asked for ahead together with one of the names: once for all files of the same endings.

        A word of headers stands in every second C file, and each of these would have to be looked at again.
        """
        asked = {question.suffixes for question in self._early if not set(names).isdisjoint(question.names)}
        for suffixes in sorted(asked):
            questions = [question for question in self._early if question.suffixes == suffixes]
            self._early = [question for question in self._early if question.suffixes != suffixes]
            words = tuple(sorted({name for question in questions for name in question.names}))
            told = self._narrow(words, _all_of(one.prefixes for one in questions), suffixes)
            for question in questions:
                self._note(question, _within(told, question))

    def _search(self, question: _Question, coming: Future[Found]) -> None:
        try:
            told = self._narrow(question.names, question.prefixes, question.suffixes)
            coming.set_result(told if isinstance(told, Mapping) else tuple(told))
        except Exception as error:  # noqa: BLE001 - whoever asks gets it; unsaid, he would wait for ever
            coming.set_exception(error)

    def _open(self, names: tuple[str, ...], prefixes: tuple[str, ...],
              suffixes: tuple[str, ...]) -> list[_Question]:
        """Return what has to be searched for the answer: one question for all endings that lack the same words."""
        lacking: dict[tuple[str, ...], list[str]] = {}
        for suffix in suffixes or ("",):
            covering = [scope for scope in self._scopes if scope.covers(prefixes, suffix)]
            missing = tuple(name for name in names if not any(name in scope.found for scope in covering))
            if missing:
                lacking.setdefault(missing, []).append(suffix)
        return [_Question(missing, prefixes, tuple(ending for ending in endings if ending))
                for missing, endings in lacking.items()]

    def _unanswered(self, names: tuple[str, ...], prefixes: tuple[str, ...],
                    suffixes: tuple[str, ...]) -> list[_Question]:
        """Return what has to be searched, once what earlier runs know is taken in."""
        answers, questions = self.answers, self._open(names, prefixes, suffixes)
        if answers is None:
            return questions
        return [left for question in questions if (left := self._recalled(question, answers)) is not None]

    def _recalled(self, question: _Question, answers: Answers) -> _Question | None:
        known, others = answers.recall(question.names, question.prefixes, question.suffixes)
        names = tuple(name for name in question.names if name in known)
        more = self._found_in(others, names) if others else {}
        for suffix in question.suffixes if names else ():
            self._scope(question.prefixes, suffix).found.update(
                (name, (*known[name][suffix], *(path for path in more.get(name, ()) if path.endswith(suffix))))
                for name in names)
        left = tuple(name for name in question.names if name not in known)
        if left:
            answers.before_search(question.prefixes)
        return _Question(left, question.prefixes, question.suffixes) if left else None

    def _scope(self, prefixes: tuple[str, ...], suffix: str) -> _Scope:
        for scope in self._scopes:
            if (scope.prefixes, scope.suffix) == (prefixes, suffix):
                return scope
        self._scopes.append(_Scope(prefixes, suffix, {}))
        return self._scopes[-1]

    def _note(self, question: _Question, told: Found) -> None:
        found = {name: told[name] for name in question.names} if isinstance(told, Mapping) else \
            self._found_in(told, question.names)
        for suffix in question.suffixes or ("",):
            those = {name: tuple(path for path in every if path.endswith(suffix)) for name, every in found.items()}
            self._scope(question.prefixes, suffix).found.update(those)
            if self.answers is not None:
                self.answers.learn(those, question.prefixes, suffix)

    def _found_in(self, paths: Iterable[str], names: tuple[str, ...]) -> dict[str, list[str]]:
        """Return for each of the words those of the files that hold it."""
        match = matcher_for(names)
        found: dict[str, list[str]] = {name: [] for name in names}
        for path in paths:
            for number in match(self._read(path) or b""):
                found[names[number]].append(path)
        return found


def any_of(names: tuple[str, ...]) -> Callable[[bytes], bool]:
    """Return a test of whether one of the identifiers stands in the bytes of a file."""
    match = matcher_for(names)
    return lambda content: bool(match(content))
