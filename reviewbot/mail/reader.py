"""A source on this machine (file, folder, maildir or bytes) to a `Mailbox`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from pathlib import Path

from reviewbot.errors import MailError
from reviewbot.mail.around import mails_of_text
from reviewbot.mail.dressing import newest_first, numbered, undressed
from reviewbot.mail.forwarded import forwarded_mails
from reviewbot.mail.graph import without_graph
from reviewbot.mail.limits import DEFAULT_LIMITS, Limits, too_large
from reviewbot.mail.message import looks_like_diff, looks_like_mail, read_message
from reviewbot.mail.split import count_separators, joined_mails, split_messages
from reviewbot.mail.types import Mailbox
from reviewbot.mail.unpack import gunzip, is_gzip, read_file
from reviewbot.mail.unread_forms import unread_form
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["RawMessage", "join_mailboxes", "read_raw", "read_source"]

_SUFFIXES = {".patch", ".diff", ".eml", ".mbox", ".mboxrd", ".mbx", ".mail", ".msg", ".gz", ".txt"}
_OTHER_FORMS = ((b"PK\x03\x04", "a zip archive"), (b"\xfd7zXZ", "an xz file"), (b"BZh", "a bzip2 file"),
                (b"(\xb5/\xfd", "a zstd file"), (b"7z\xbc\xaf", "a 7z archive"), (b"Rar!", "a rar archive"),
                (b"%PDF", "a PDF"), (b"\x7fELF", "a program"),
                (b"\x89PNG", "a picture"))
_PACKED = frozenset({what for _, what in _OTHER_FORMS} - {"a PDF", "a program", "a picture"})
_NUMBERS = regex(r"(\d+)")
_IN_ORDER = regex(r"\d+[-_.]")
_PLAIN = "make it with 'git diff' or 'diff -u'"
_FORM = 64 << 10  # bytes in which a form that is not read shows itself
_SAMPLE = 20  # patches of a log that are looked at
_LIST_OF_QUILT = 1 << 20  # bytes of a series file, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMessage:
    """One message as it came, without its mbox separator; `where` says where it lay."""

    data: bytes
    where: str


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What one read has used up and noticed so far."""

    limits: Limits
    taken: int = 0
    warnings: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)


def read_source(source: str | Path | bytes, *, name: str = "", limits: Limits = DEFAULT_LIMITS) -> Mailbox:
    """Return every message of an mbox (also .gz), a .patch or .eml file, a maildir, a folder of those, or bytes.

    A `str` or Path names a file or folder; bytes are what standard input gave, and `name` is what to call them.
    Duplicates and messages that are no patch are kept. Raises MailError when there is nothing that can be read.
    """
    reading = _Reading(limits=limits)
    messages = tuple(read_message(raw.data, where=raw.where, limits=limits) for raw in _read_all(source, name, reading))
    return Mailbox(messages=messages, warnings=tuple(reading.warnings), damage=tuple(reading.damage))


def read_raw(source: str | Path | bytes, *, name: str = "", limits: Limits = DEFAULT_LIMITS) -> Iterator[RawMessage]:
    """Yield every message of the source undecoded, in the order of `read_source`. Raises MailError as it does."""
    yield from _read_all(source, name, _Reading(limits=limits))


def join_mailboxes(mailboxes: tuple[Mailbox, ...] | list[Mailbox]) -> Mailbox:
    """Return one mailbox with the messages of several sources, in order."""
    return Mailbox(messages=tuple(message for box in mailboxes for message in box.messages),
                   warnings=tuple(dict.fromkeys(warning for box in mailboxes for warning in box.warnings)),
                   damage=tuple(dict.fromkeys(notice for box in mailboxes for notice in box.damage)))


def _read_all(source: str | Path | bytes, name: str, reading: _Reading) -> Iterator[RawMessage]:
    if isinstance(source, bytes):
        if len(source) > reading.limits.source_bytes:
            raise too_large(name or "standard input", reading.limits)
        yield from _read_bytes(source, name or "standard input", reading)
        return
    path = Path(source)
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except (OSError, ValueError) as error:
        raise MailError("is no file name", where=str(source)[:200], hint="name a file or a Message-ID") from error
    if not exists:
        raise MailError("there is no such file or folder", where=name or str(path),
                        hint="check the name; commits are written git:BASE..TOPIC")
    if is_folder:
        yield from _read_folder(path, reading)
    else:
        try:
            yield from _read_bytes(read_file(path, reading.limits), name or path.name, reading)
        except MailError as error:
            # What is said of the file as a whole names it as it was typed; messages go by the file's own name.
            error.where = str(path) if error.where == path.name else error.where
            raise


def _read_folder(folder: Path, reading: _Reading) -> Iterator[RawMessage]:
    """Yield the mails of a maildir, or of the mail files that lie directly in a folder, in order of their names."""
    parts = [folder / part for part in ("cur", "new") if (folder / part).is_dir()]
    if not parts and (folder / "patches" / "series").is_file():
        folder /= "patches"  # quilt's own folder inside of a tree
    try:
        files = [entry for part in parts or [folder] for entry in part.iterdir() if entry.is_file()]
    except OSError as error:
        raise MailError(f"cannot be listed ({error.strerror})", where=str(folder),
                        hint="check the permissions") from error
    if not parts:
        wanted = [entry for entry in files if entry.suffix.lower() in _SUFFIXES or entry.name.isdigit()]
        if len(wanted) < len(files):
            reading.warnings.append(f"{folder.name}: {len(files) - len(wanted)} files are no mail by their names")
        files = wanted
    files.sort(key=_by_number)
    order = [] if parts else _quilt_order(folder)
    files = order or files
    if len(files) > reading.limits.files:
        reading.warnings.append(f"{folder.name}: only the first {reading.limits.files} of {len(files)} files are read")
        files = files[: reading.limits.files]
    mails = _mails_of_files(files, folder, reading, bare=bool(parts))
    if order or (files and not parts and all(_IN_ORDER.match(entry.name) for entry in files)):
        mails = iter(_as_series(list(mails), titled=bool(order)))
    first = next(mails, None)
    if first is None:
        raise MailError("holds no mail", where=str(folder),
                        hint="a folder needs .patch, .eml or .mbox files, or the cur and new of a maildir")
    yield first
    yield from mails


def _quilt_order(folder: Path) -> list[Path]:
    """Return the patches that quilt's file `series` in the folder names, in its order; empty when there is none."""
    try:
        with (folder / "series").open("rb") as stream:
            lines = stream.read(_LIST_OF_QUILT).decode("utf-8", "replace").splitlines()
    except (OSError, ValueError):
        return []
    names = [Path(line.split()[0]) for line in lines if line.strip() and not line.lstrip().startswith("#")]
    inside = [folder / name for name in names if not name.is_absolute() and ".." not in name.parts]
    return [path for path in inside if path.is_file()]


def _as_series(mails: list[RawMessage], *, titled: bool) -> list[RawMessage]:
    """Return the mails of a folder that is in order, as one series where they are patches without numbers.

    With `titled` a diff without any text takes its file's name for a title.
    """
    raws = [b"Subject: [PATCH] %b\n\n%b" % (raw.where.encode("utf-8", "replace"), raw.data)
            if titled and looks_like_diff(raw.data) else raw.data for raw in mails]
    series = numbered(raws)
    return mails if series is None else [replace(raw, data=data) for raw, data in zip(mails, series, strict=True)]


def _mails_of_files(files: list[Path], folder: Path, reading: _Reading, *, bare: bool) -> Iterator[RawMessage]:
    total = 0
    for entry in files:
        data = read_file(entry, reading.limits)
        total += len(data)
        if total > reading.limits.source_bytes:
            raise too_large(str(folder), reading.limits)
        try:
            yield from _read_bytes(data, entry.name, reading, bare=bare)
        except MailError as error:
            reading.warnings.append(f"{entry.name}: {error.what}")


def _read_bytes(data: bytes, name: str, reading: _Reading, *, bare: bool = False) -> Iterator[RawMessage]:
    """Yield the messages in the bytes of one file. `bare` files hold one message, whatever its text looks like."""
    if is_gzip(data):
        data, notices = gunzip(data, where=name, limits=reading.limits)
        reading.warnings.extend(notices)
        reading.damage.extend(notices)
    data = without_graph(undressed(data))
    if data[257:262] == b"ustar":
        raise MailError("is a tar archive, not mail", where=name, hint="unpack it first, and name the folder")
    try:
        patches = mails_of_text(data) if not bare else []
    except MailError as error:
        error.where = error.where or name
        raise
    if patches:
        if form := _unread(patches):
            raise MailError(f"is {form}, which is not read", where=name, hint=_PLAIN)
        yield from _counted(patches, name, reading, numbered=len(patches) > 1)
        return
    _refuse_other_forms(data, name)
    if bare:
        yield from _counted([data], name, reading)
        return
    mails = list(split_messages(data))
    joined = joined_mails(mails[0]) if len(mails) == 1 else []
    if joined:
        reading.warnings.append(f"{name}: {len(joined)} mails stand in it with no line between them")
        yield from _counted(joined, name, reading, numbered=True)
        return
    if len(mails) == 1:
        yield from _counted([*mails, *forwarded_mails(mails[0], reading.limits)], name, reading)
        return
    series = numbered(mails)
    if series and newest_first(mails):
        series = numbered(mails[::-1])
    several = count_separators(data) > 1
    del data
    yield from _counted(_handed_over(series or mails), name, reading, numbered=several)


def _handed_over(mails: list[bytes]) -> Iterator[bytes]:
    """Yield the mails and forget each: what was made of a large source takes the place of its bytes."""
    for at, mail in enumerate(mails):
        mails[at] = b""
        yield mail


def _unread(patches: list[bytes]) -> str:
    """Return the form in which all patches of a log show their differences when it is one that is not read."""
    forms = {unread_form(patch.decode("utf-8", "replace")) for patch in patches[:_SAMPLE]}
    return min(forms)


def _counted(messages: Iterator[bytes] | list[bytes], name: str, reading: _Reading,
             *, numbered: bool = False) -> Iterator[RawMessage]:
    left = 0
    for number, raw in enumerate(messages, start=1):
        if not raw.strip():
            continue
        if reading.taken >= reading.limits.messages:
            left += 1
            continue
        reading.taken += 1
        yield RawMessage(data=raw, where=f"{name}#{number}" if numbered else name)
    if left:
        reading.warnings.append(f"{name}: {left} messages behind the first {reading.limits.messages} are not read")


def _refuse_other_forms(data: bytes, name: str) -> None:
    """Raise MailError when the bytes are plainly no mail: one line that says what they are instead."""
    start = data[:4096].lstrip()
    if not start and not data.strip():
        raise MailError("is empty", where=name, hint="give a mail with a patch in it")
    for magic, what in _OTHER_FORMS:
        if data.startswith(magic):
            raise MailError(f"is {what}, not mail", where=name,
                            hint="unpack it first" if what in _PACKED else "give the mails of a series")
    if start[:1] == b"{" and b'"reviewbot.review' in start:
        raise MailError("is a finished review, not mail", where=name, hint="give the mails that were reviewed")
    if start[:1] == b"<" and (b"<html" in start.lower() or b"<!doctype" in start.lower()):
        raise MailError("is an HTML page, not mail", where=name,
                        hint="save the 't.mbox.gz' or 'raw' link of the page instead")
    if not looks_like_mail(data) and not looks_like_diff(data) and not count_separators(data):
        if form := unread_form(data[:_FORM].decode("utf-8", "replace")):
            raise MailError(f"is {form}, which is not read", where=name, hint=_PLAIN)
        raise MailError("is not mail: it begins with no mail header", where=name,
                        hint="give an mbox, a mail, or a patch made by 'git format-patch'")


def _by_number(path: Path) -> tuple[tuple[tuple[int, str], ...], str]:
    """Return a key that sorts `2.patch` before `10.patch`."""
    words = [(int(word[:18]), "") if word.isdecimal() and word.isascii() else (-1, word)
             for word in _NUMBERS.split(path.name)]
    return tuple(words), path.name
