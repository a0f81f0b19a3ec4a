"""Mails with random damage: every one is reviewed or refused in one line, and no report breaks its own form."""

from __future__ import annotations

import email
import json
import os
import random
import re
import time
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewbot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SEED = int(os.environ.get("REVIEWBOT_SEED", "20250304"))
MINUTES = float(os.environ.get("REVIEWBOT_FUZZ_MINUTES", "0.75"))
FORMS = ("text", "html", "sarif", "terse", "b4", "eml")
SPICE = (b"\0", b"\x1b[31m", b"\xff\xfe", "\u202e".encode(), b"--- a/../../etc/passwd\n", b"@@ -1,9999999 +1 @@\n",
         b"diff --git a/x b/x\n", b"From: <script>@x>\n", b"=?utf-8?b?/////?=", b"config X\n\tdepends on X\n",
         b"#if (((\n", b"set_memory_ro(", b"goto out;\n", b"\t}\n", b'"', b"/*", b"\\\n", b"GIT binary patch\n",
         b"rename from a\n")
ELEMENTS = re.compile(
    r"html|head|meta|title|style|body|main|header|footer|nav|section|article|aside|div|span|p|a|ul|ol|li|dl|dt|dd|bdi|"
    r"h[1-6]|pre|code|table|caption|thead|tbody|tfoot|tr|th|td|details|summary|strong|em|b|i|small|sup|sub|br|hr|time|"
    r"abbr|kbd|mark|svg|g|path|rect|line|text|circle|polyline|polygon|defs|marker|desc|q|blockquote|col|colgroup|label|"
    r"input|button")
HREF = re.compile(r"#.*|https://lore\.kernel\.org/.*")
OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

pytestmark = pytest.mark.hostile


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not ELEMENTS.fullmatch(tag) or any(
                name.startswith("on") or (name == "href" and not HREF.fullmatch(str(value))) for name, value in attrs):
            self.bad.append(f"{tag} {attrs}")


def mails() -> list[bytes]:
    """Return the mails of the example's series, one by one."""
    whole = (EXAMPLES / "series.mbox").read_bytes()
    return [b"From " + part for part in re.split(rb"^From ", whole, flags=re.MULTILINE)[1:]]


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
    """Return the characters in the text that a terminal or reader obeys."""
    return {char for char in text if char not in "\n\t" and unicodedata.category(char) in OBEYED}


def check(folder: Path) -> None:
    """Hold every report to its form."""
    assert json.loads((folder / "json").read_text())["schema"] == "reviewbot.review/1"
    assert json.loads((folder / "sarif").read_text())["version"] == "2.1.0"
    json.loads((folder / "b4").read_text())
    for form in ("text", "terse", "html", "eml"):
        assert controls((folder / form).read_text()) == set(), form
    for line in (folder / "terse").read_text().splitlines():
        assert re.fullmatch(r"\S.*:\d+: \w+: .* \[[\w-]+\]", line), line
    parser = _Elements()
    parser.feed((folder / "html").read_text())
    assert parser.bad == []
    email.message_from_string((folder / "eml").read_text())


def test_damaged_mails_are_reviewed_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 0, 1 or 4, at most one line on standard error, and well-formed reports; the seed is in the failure."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    chance, runner, whole = random.Random(SEED), CliRunner(), mails()
    end = time.monotonic() + 60 * MINUTES
    number = 0
    while time.monotonic() < end:
        number += 1
        source = tmp_path / "mail.eml"
        source.write_bytes(damaged(chance, chance.choice(whole)))
        tree = ["--tree", str(EXAMPLES / "linux")] if chance.random() < 0.7 else []
        outputs = [word for form in ("json", *FORMS) for word in ("-o", f"{form}={tmp_path / form}")]
        every = ["--all"] if chance.random() < 0.2 else []
        result = runner.invoke(main, ["review", str(source), *tree, "--no-network", "--no-progress", *every, *outputs])
        about = f"mail {number} of seed {SEED}: {result.stderr[-300:]}"
        assert result.exit_code in {0, 1, 4}, about
        assert result.stderr.count("\n") <= 1, about
        assert controls(result.stderr) == set(), about
        if result.exit_code != 4 and not every:
            try:
                check(tmp_path)
            except AssertionError as error:
                raise AssertionError(f"mail {number} of seed {SEED}: {error}") from error
