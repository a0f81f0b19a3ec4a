"""Damaged mails, the commands that review them, and what every report and every end must keep to."""

from __future__ import annotations

import email
import gc
import gzip
import json
import random
import re
import subprocess
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from click.testing import CliRunner

from reviewbot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FORMS = ("text", "html", "sarif", "terse", "b4", "eml")
SPICE = (b"\0", b"\x1b[31m", b"\xff\xfe", "\u202e".encode(), b"--- a/../../etc/passwd\n", b"@@ -1,9999999 +1 @@\n",
         b"diff --git a/x b/x\n", b"From: <script>@x>\n", b"=?utf-8?b?/////?=", b"config X\n\tdepends on X\n",
         b"#if (((\n", b"set_memory_ro(", b"goto out;\n", b"\t}\n", b'"', b"/*", b"\\\n", b"GIT binary patch\n",
         b"rename from a\n", b"#define set_memory_ro(a, b) (0)\n", b"static __always_inline ", b"#endif\n", b"#else\n",
         b"arch/ia64/", "\u3164".encode(), "\u0301".encode() * 40, b"In-Reply-To: <none@x>\n", b"base-commit: 0\n",
         b"[PATCH v9 99/2] ", b"Content-Transfer-Encoding: base64\n", b"-- \n", b"From \n", b"${X}", b"$(shell id)",
         b"lurking")
STRANGE = "lurking"
"""A word of the damaged mails alone: what an error says on standard error quotes none of the input."""
ELEMENTS = re.compile(
    r"html|head|meta|title|style|body|main|header|footer|nav|section|article|aside|div|span|p|a|ul|ol|li|dl|dt|dd|bdi|"
    r"h[1-6]|pre|code|table|caption|thead|tbody|tfoot|tr|th|td|details|summary|strong|em|b|i|small|sup|sub|br|hr|time|"
    r"abbr|kbd|mark|svg|g|path|rect|line|text|circle|polyline|polygon|defs|marker|desc|q|blockquote|col|colgroup|label|"
    r"input|button")
ATTRIBUTES = re.compile(
    r"aria-label|charset|class|colspan|content|href|http-equiv|id|lang|name|open|rel|role|scope|tabindex|"
    r"c?[xy]|[xy][12]|r|width|height|viewbox|xmlns|fill|stroke|stroke-dasharray|font-(?:family|size|weight)|"
    r"text-anchor")
HREF = re.compile(r"#.*|https://lore\.kernel\.org/.*")
OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
FILLERS = "\u115f\u2800\u3164"


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not ELEMENTS.fullmatch(tag) or any(
                not ATTRIBUTES.fullmatch(name) or (name == "href" and not HREF.fullmatch(str(value)))
                for name, value in attrs):
            self.bad.append(f"{tag} {attrs}")


def mails(mailbox: Path = EXAMPLES / "series.mbox") -> list[bytes]:
    """Return the mails of a mailbox, one by one: of the example's series if none is named."""
    return [b"From " + part for part in re.split(rb"^From ", mailbox.read_bytes(), flags=re.MULTILINE)[1:]]


def damaged(chance: random.Random, data: bytes) -> bytes:
    """Return the mail with some bytes, lines or words taken out, doubled, exchanged or put in."""
    for _ in range(chance.randint(1, 6)):
        lines = data.split(b"\n")
        at = chance.randrange(len(lines))
        kind = chance.randrange(6)
        if kind == 0:
            lines[at] = lines[at][:chance.randint(0, len(lines[at]))]
        elif kind == 1:
            lines[at:at + chance.randint(1, 8)] = []
        elif kind == 2:
            lines[at:at] = lines[at:at + chance.randint(1, 8)] * chance.randint(1, 4)
        elif kind == 3:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif kind == 4:
            place = chance.randint(0, len(lines[at]))
            lines[at] = lines[at][:place] + chance.choice(SPICE) + lines[at][place:]
        else:
            place = chance.randint(0, len(lines[at]))
            lines[at] = lines[at][:place] + bytes([chance.randrange(256)]) + lines[at][place + 1:]
        data = b"\n".join(lines)
    return data


def controls(text: str) -> set[str]:
    """Return the characters in the text that a terminal or reader obeys, or that show nothing."""
    return {char for char in set(text) - {"\n", "\t"} if char in FILLERS or unicodedata.category(char) in OBEYED}


def check(folder: Path) -> None:
    """Hold every report of one series to its form."""
    assert json.loads((folder / "json").read_text())["schema"] == "reviewbot.review/1"
    assert json.loads((folder / "sarif").read_text())["version"] == "2.1.0"
    json.loads((folder / "b4").read_text())
    for line in (folder / "terse").read_text().splitlines():
        assert re.fullmatch(r"\S.*:\d+: \w+: .* \[[\w-]+\]", line), line
    email.message_from_string((folder / "eml").read_text())
    check_many(folder)


def check_many(folder: Path) -> None:
    """Hold every report, of one series or of many, to what holds for both."""
    json.loads((folder / "json").read_text())
    for form in ("text", "terse", "html", "eml"):
        assert controls((folder / form).read_text()) == set(), form
    parser = _Elements()
    parser.feed((folder / "html").read_text())
    assert parser.bad == []


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What is damaged and reviewed: mailboxes as lists of mails, and the words that name a tree (one empty: none)."""

    mailboxes: Sequence[Sequence[bytes]]
    trees: Sequence[tuple[str, ...]]


def git_tree_of(folder: Path, place: Path) -> Path:
    """Return a new git repository at the place with the folder's files in its one commit."""
    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(place), "-c", "user.name=Demo", "-c", "user.email=demo@kernel.example",
                        "-c", "commit.gpgSign=false", *words], check=True, capture_output=True)

    place.mkdir()
    git("init", "-q")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            copy = place / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    git("add", "-A", "-f")
    git("commit", "-q", "-m", "tree")
    return place


def review_damaged(material: Material, *, seed: int, number: int, folder: Path) -> str:
    """Return what the review of damaged mail `number` of this seed did wrong: nothing, if all is well.

    The folder gets the input and the reports; what the mail is and how it is reviewed follow from seed and number.
    """
    chance = random.Random(f"{seed}-{number}")
    mailbox, every = chance.choice(material.mailboxes), chance.random() < 0.2
    source = _written(chance, mailbox, folder)
    words = (*chance.choice(material.trees), *(["--all"] if every else []))
    wrong = review_kept(source, words, folder=folder)
    return wrong and f"mail {number} of seed {seed}, {' '.join(words)}: {wrong}"


def review_kept(source: Path, words: Sequence[str], *, folder: Path) -> str:
    """Return what the review of the source with these words did wrong: nothing, if all is well. The folder gets the
    reports."""
    outputs = [word for form in ("json", *FORMS) for word in ("-o", f"{form}={folder / form}")]
    for form in ("json", *FORMS):
        (folder / form).unlink(missing_ok=True)
    done = CliRunner().invoke(main, ["review", str(source), "--no-network", "--no-progress", *words, *outputs])
    gc.unfreeze()  # the program keeps what dies with its process; here the process goes on
    return _wrong(done.exit_code, done.stderr, lambda: (check_many if "--all" in words else check)(folder))


def _wrong(status: int, stderr: str, check_reports: Callable[[], None]) -> str:
    if status not in {0, 1, 4}:
        return f"status {status}: {stderr[-300:]}"
    lines = [line for line in stderr.splitlines() if not line.startswith("  ")]  # a choice of series is indented
    if len(lines) != (status == 4) or controls(stderr) or STRANGE in "".join(lines):
        return f"status {status}, and standard error is {stderr[-300:]!r}"
    try:
        if status != 4:
            check_reports()
    except (AssertionError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _written(chance: random.Random, mailbox: Sequence[bytes], folder: Path) -> Path:
    """Return the input: one damaged mail, or (one in four) a mailbox of which one is damaged, plain or compressed."""
    if len(mailbox) == 1 or chance.random() < 0.75:
        data = damaged(chance, chance.choice(mailbox))
    else:
        hit = chance.randrange(len(mailbox))
        data = b"".join(damaged(chance, one) if at == hit else one for at, one in enumerate(mailbox))
    suffix = chance.choice((".eml", ".mbox", ".patch", ".mbox.gz"))
    if suffix.endswith(".gz"):
        data = gzip.compress(data, 1)
    source = folder / f"input{suffix}"
    source.write_bytes(data)
    return source
