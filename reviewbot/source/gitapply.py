"""`git apply` on a temporary index, and what its messages say about each file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from reviewbot.errors import LocalError, TreeError
from reviewbot.patterns import regex
from reviewbot.series.types import FileDiff
from reviewbot.source.contents import Contents
from reviewbot.source.gitindex import read_index, written_index
from reviewbot.source.lines import as_bytes
from reviewbot.source.objects import TreeEntry
from reviewbot.source.plainly import apply_plainly
from reviewbot.source.sandbox import SPACE, Finished, first_error
from reviewbot.text import clip, squash
from reviewbot.values import dataclass

__all__ = ["Attempt", "Group", "Index", "Outcome", "is_copy", "patch_bytes", "with_carriage_returns"]

Group = tuple[FileDiff, ...]
"""The diffs that one patch has for one path; nearly always one."""

_PATIENCE = 20.0  # seconds for one patch; the largest real ones take one
_SUCCEEDED = regex(r"Hunk #(\d+) succeeded at (\d+) \(offset (-?\d+) lines?\)")
_REDUCED = regex(r"Context reduced to \((\d+)/(\d+)\) to apply fragment at (\d+)")
_FAILED_AT = regex(r"error: patch failed: .*:(\d+)$")
_REFUSED = regex(r"(?m)^error: (?:patch failed: (.*):\d+|(.*): .*)$")
_HUNK = regex(r"(?m)^@@ -(\d+)")
_HUNK_LINE = regex(r"(?m)^[ +-].*(?<!\r)$")
_MODE = regex(r"(?m)^(old|new|new file|deleted file) mode ([0-7]{5,6})\s*$")
_PLAIN = regex(r"[A-Za-z0-9._/+,@=~%-]+")


def is_copy(file: FileDiff) -> bool:
    """Return whether the file's diff says `copy from`: the old file stays."""
    return bool(file.old_path) and "\ncopy from " in file.raw.partition("\n@@ ")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What git said about the diffs of one path: its error (empty: they apply) and where hunks landed.

    `offsets` lists (hunk's number, line, lines it was off); `reduced` lists (hunk's number or 0 when git does not
    say, leading, trailing, line) for each hunk that needed less context, in order. With less context the line is
    that of the first line of context that was kept.
    """

    error: str = ""
    offsets: tuple[tuple[int, int, int], ...] = ()
    reduced: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One run of `git apply`: whether all was applied, and the outcome of each group when git told them apart."""

    applied: bool
    error: str
    outcomes: tuple[Outcome, ...] | None


def patch_bytes(groups: Sequence[Group]) -> bytes:
    """Return the diffs as one patch that git reads.

    The headers are written anew from the paths that the series' reader found and checked: what git acts on is then
    what the report names, whatever prefixes or contradictions the mail's own headers have.
    """
    return as_bytes("".join(_git_diff(file) for group in groups for file in group))


def _git_diff(file: FileDiff) -> str:
    raw = file.raw if file.raw.endswith("\n") else f"{file.raw}\n"
    if file.binary:
        return raw
    at = 0 if raw.startswith("@@ -") else raw.find("\n@@ -") + 1
    has_hunks = at > 0 or raw.startswith("@@ -")
    head, body = (raw[:at], raw[at:]) if has_hunks else (raw, "")
    old, new = file.old_path or file.new_path, file.new_path or file.old_path
    lines = [f"diff --git {_quoted('a/' + old)} {_quoted('b/' + new)}"]
    modes = _MODE.findall(head)
    if not file.old_path and not any(word == "new file" for word, _ in modes):
        modes.append(("new file", "100644"))
    if not file.new_path and not any(word == "deleted file" for word, _ in modes):
        modes.append(("deleted file", "100644"))
    lines.extend(f"{word} mode {mode}" for word, mode in modes)
    if old != new:
        verb = "copy" if is_copy(file) else "rename"
        lines += [f"{verb} from {_quoted(old)}", f"{verb} to {_quoted(new)}"]
    if has_hunks:
        lines += [f"--- {_quoted('a/' + old) if file.old_path else '/dev/null'}",
                  f"+++ {_quoted('b/' + new) if file.new_path else '/dev/null'}"]
    return "\n".join(lines) + "\n" + body


def _quoted(path: str) -> str:
    """Return the path as git writes it in a header: in C quotes when it has more than plain characters."""
    if _PLAIN.fullmatch(path):
        return path
    return '"' + "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}"
                         for byte in as_bytes(path)) + '"'


def with_carriage_returns(file: FileDiff) -> FileDiff:
    """Return the diff with CR before the end of each line of its hunks, as a file with CRLF lines needs it."""
    at = file.raw.find("@@ -")
    return file if at < 0 else replace(file, raw=file.raw[:at] + _HUNK_LINE.sub(r"\g<0>\r", file.raw[at:]))


_State = dict[str, TreeEntry] | bytes


class Index:
    """The files that a series touches as a git index, which is written when git is to work on it."""

    def __init__(self, contents: Contents) -> None:
        """Start empty. `contents` has the files' contents and the directory for git."""
        self._contents = contents
        self._listed: dict[str, TreeEntry] | None = {}  # None: what the file says
        self._is_written = False

    def fill(self, entries: dict[str, TreeEntry]) -> None:
        """Make these files the whole content of the index."""
        self._set(dict(entries), entries)

    def entries(self) -> dict[str, TreeEntry]:
        """Return mode and blob id of every file in the index."""
        if self._listed is None:
            self._listed = read_index(self._path.read_bytes(), self._contents.object_format)
        if self._listed is not None:
            return dict(self._listed)
        entries = {}
        for line in self._contents.place.must("ls-files", "-s", "-z", index=self._path).split(b"\0"):
            meta, _, path = line.partition(b"\t")
            if path:
                mode, oid, _ = meta.decode("ascii").split(" ")
                entries[path.decode("utf-8", "surrogateescape")] = (int(mode, 8), oid)
        return entries

    def put(self, entries: Mapping[str, TreeEntry | None]) -> None:
        """Replace these files of the index; None takes a file out."""
        self._set({path: entry for path, entry in {**self.entries(), **entries}.items() if entry is not None}, entries)

    def _set(self, whole: dict[str, TreeEntry], changed: Mapping[str, TreeEntry | None]) -> None:
        if written_index(whole, self._contents.object_format) is not None:
            self._listed, self._is_written = whole, False
            return
        if changed == whole:
            self._path.unlink(missing_ok=True)
        else:
            self._flush()
        self._update(changed)
        self._listed, self._is_written = None, True

    @property
    def _path(self) -> Path:
        return self._contents.index_path

    def _flush(self) -> None:
        """Write the index where it is not. Raises LocalError where the temporary disk is full."""
        if self._listed is None or self._is_written:
            return
        written = written_index(self._listed, self._contents.object_format)
        assert written is not None
        path = self._path
        try:
            path.write_bytes(written)
        except OSError as error:
            raise LocalError(f"cannot write below the temporary folder: {error.strerror}", where=str(path),
                             hint=SPACE) from error
        self._is_written = True

    def _update(self, entries: Mapping[str, TreeEntry | None]) -> None:
        none = b"0" * (64 if self._contents.object_format == "sha256" else 40)
        lines = b"".join(b"%06o %s\t%s\0" % (*((entry[0], entry[1].encode()) if entry else (0, none)),
                                              as_bytes(path)) for path, entry in sorted(entries.items()))
        self._contents.place.must("update-index", "-z", "--index-info", stdin=lines, index=self._path)

    def apply(self, groups: Sequence[Group], *options: str) -> Attempt:
        """Return how `git apply` went; when one file fails nothing is applied."""
        if self._listed is not None and not options and self._apply_plainly(groups):
            return Attempt(applied=True, error="", outcomes=(Outcome(),) * len(groups))
        try:
            done = self._run(groups, *options)
        except TreeError as stopped:
            # A patch made to keep git busy must not end the run: its files are rebuilt from their hunks.
            self._path.with_name(f"{self._path.name}.lock").unlink(missing_ok=True)
            self._is_written = self._listed is None
            return Attempt(applied=False, error=stopped.what, outcomes=(Outcome(error=stopped.what),) * len(groups))
        sections = _sections(done.err)
        count = sum(len(group) for group in groups)
        outcomes: tuple[Outcome, ...] | None = None
        if len(sections) == count:
            position, read = 0, []
            for group in groups:
                read.append(_outcome(group, [line for section in sections[position:position + len(group)]
                                             for line in section]))
                position += len(group)
            outcomes = tuple(read)
        error = "" if done.status == 0 else first_error(done.err)
        if error and outcomes is not None and not any(outcome.error for outcome in outcomes):
            outcomes = None
        if error and outcomes is None and len(groups) == 1:
            outcomes = (Outcome(error=error),)
        return Attempt(applied=done.status == 0, error=error, outcomes=outcomes)

    def _apply_plainly(self, groups: Sequence[Group]) -> bool:
        """Return whether the patch is plain and fits to the letter; it is applied then."""
        assert self._listed is not None
        if any(len(group) > 1 for group in groups):
            return False
        made = apply_plainly([group[0] for group in groups], self._listed, self._contents.of)
        if made is None:
            return False
        self._listed = self._listed | {path: (mode, self._contents.keep(content))
                                       for path, (mode, content) in made.items()}
        self._is_written = False
        return True

    def _run(self, groups: Sequence[Group], *options: str) -> Finished:
        self._flush()
        done = self._contents.place.run("apply", "--cached", "-v", "-p1", "--whitespace=nowarn", *options, "-",
                                        stdin=patch_bytes(groups), index=self._path, timeout=_PATIENCE)
        if done.status == 0 and "--check" not in options:
            self._listed, self._is_written = None, True
        return done

    def would_reverse(self, groups: Sequence[Group]) -> list[bool]:
        """Return for each group whether the reverse of its diffs applies: its change is in the files already."""
        try:
            done = self._run(groups, "--reverse", "--check")
        except TreeError:
            return [False] * len(groups)
        if done.status == 0 or "Checking patch " not in done.err:
            return [done.status == 0] * len(groups)
        # In which order git goes through a reversed patch depends on its version; its errors name the files.
        refused = {found[1] or found[2] for found in _REFUSED.finditer(done.err)}
        return [all(not path or (path not in refused and _PLAIN.fullmatch(path) is not None)
                    for file in group for path in (file.old_path, file.new_path)) for group in groups]

    def save(self) -> _State:
        """Return the index as it is, for `restore`."""
        return self._path.read_bytes() if self._listed is None else self._listed

    def restore(self, saved: _State) -> None:
        """Make the index what `save` returned."""
        if isinstance(saved, bytes):
            self._path.write_bytes(saved)
            self._listed, self._is_written = None, True
        else:
            self._listed, self._is_written = saved, False


def _sections(messages: str) -> list[list[str]]:
    """Return the lines of `git apply -v` about each diff, in the order of the patch."""
    sections: list[list[str]] = []
    for line in messages.splitlines():
        if line.startswith("Checking patch "):
            sections.append([])
        elif line.startswith("Applied patch "):
            break
        if sections:
            sections[-1].append(line)
    return sections


def _outcome(group: Group, lines: list[str]) -> Outcome:
    offsets, reduced, errors = [], [], []
    quoting = False  # behind "while searching for:" stand lines of the patch, which may look like anything
    for line in lines:
        if line.startswith("error: while searching for:"):
            quoting = True
        elif quoting and not _FAILED_AT.match(line):
            continue
        elif line.startswith("error:"):
            quoting = False
            errors.append(line.removeprefix("error:").strip())
        elif found := _SUCCEEDED.match(line):
            offsets.append((int(found[1]), int(found[2]), int(found[3])))
        elif found := _REDUCED.match(line):
            line_number = int(found[3])
            # git names the hunk only in the message before, and only when the hunk was also off its place.
            hunk = offsets[-1][0] if offsets and offsets[-1][1] == line_number else 0
            reduced.append((hunk, int(found[1]), int(found[2]), line_number))
    error = clip(squash(errors[0]), 200) if errors else ""
    failed = _FAILED_AT.match(f"error: {error}")
    if failed:
        error += _which_hunk(group, int(failed[1]))
    return Outcome(error=error, offsets=tuple(offsets), reduced=tuple(reduced))


def _which_hunk(group: Group, line: int) -> str:
    starts = [int(start) for file in group for start in _HUNK.findall(file.raw)]
    return f" (hunk {starts.index(line) + 1} of {len(starts)})" if line in starts else ""
