"""A hunk without a line of context goes where its header says when that is certain, and else nowhere."""

from __future__ import annotations

import hashlib
from pathlib import Path

from reviewbot.mail import read_source
from reviewbot.series import find_series
from reviewbot.source import PatchState, apply_series, open_tree

FILE = "".join(f"int line{number};\n" for number in range(1, 13))


def state(folder: Path, diff: str) -> PatchState:
    (folder / "mm").mkdir(exist_ok=True)
    (folder / "mm" / "one.c").write_text(FILE)
    (series,) = find_series(read_source(diff.encode())).series
    return apply_series(series, open_tree(folder)).states[0]


def diff(hunks: str, blob: str = "") -> str:
    index = f"index {blob}..2222222 100644\n" if blob else ""
    return f"diff --git a/mm/one.c b/mm/one.c\n{index}--- a/mm/one.c\n+++ b/mm/one.c\n{hunks}"


ADDED = "@@ -4,0 +5 @@\n+int added;\n@@ -6 +6,0 @@\n-int line6;\n@@ -12,0 +13 @@ int line1;\n+int last;\n"


def test_the_file_it_was_made_for(tmp_path: Path) -> None:
    """In the very file each hunk stands at the line of its header, also the one at the end."""
    blob = hashlib.sha1(b"blob %d\0" % len(FILE) + FILE.encode(), usedforsecurity=False).hexdigest()[:9]
    (file,) = state(tmp_path, diff(ADDED, blob)).files
    lines = (file.after or b"").decode().splitlines()
    assert (file.applies, file.note) == ("clean", "")
    assert (lines[4], "int line6;" in lines, lines[-1]) == ("int added;", False, "int last;")


def test_another_file(tmp_path: Path) -> None:
    """Where another file stands, a line that is only added has no place; least of all the file's end."""
    for blob in ("", "1234567"):
        (file,) = state(tmp_path, diff("@@ -4,0 +5 @@\n+int added;\n", blob)).files
        assert file.applies in {"fragment", "merged"}
        assert "no line of context" in file.note


def test_removed_lines_that_stand_there(tmp_path: Path) -> None:
    """What it removes says where a hunk goes."""
    (file,) = state(tmp_path, diff("@@ -4 +4 @@\n-int line4;\n+int other;\n")).files
    assert (file.applies, (file.after or b"").decode().splitlines()[3]) == ("clean", "int other;")
    (file,) = state(tmp_path, diff("@@ -5 +5 @@\n-int line4;\n+int other;\n")).files
    assert "no line of context" in file.note
