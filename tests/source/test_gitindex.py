"""An index of git is written and read as git does it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewbot.source.gitindex import read_index, written_index
from reviewbot.source.sandbox import Sandbox

FILES = ("a.c", "a/b.c", "mm/lang-\udcff.c", "x" * 70 + ".h", "zz/" + "y" * 4100, "exact89")


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_git_reads_what_is_written_and_the_other_way_round(tmp_path: Path, object_format: str) -> None:
    """The files that git lists are those that were written, and those that it has written are read."""
    sandbox, path = Sandbox(object_format=object_format), tmp_path / "index"
    oid = sandbox.must("hash-object", "-w", "--stdin", stdin=b"int a;\n").decode().strip()
    entries = {name: (0o100755 if name.startswith("x") else 0o100644, oid) for name in FILES}
    written = written_index(entries, object_format)
    assert written is not None
    path.write_bytes(written)
    listed = sandbox.must("ls-files", "-s", "-z", index=path).decode("utf-8", "surrogateescape").split("\0")
    assert sorted(line.partition("\t")[2] for line in listed if line) == sorted(FILES)
    assert sorted(line.split()[0] for line in listed if line) == ["100644"] * 5 + ["100755"]
    patch = b"diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1,2 @@\n int a;\n+int b;\n"
    sandbox.must("apply", "--cached", "-", stdin=patch, index=path)
    found = read_index(path.read_bytes(), object_format)
    assert found is not None
    assert {name: entry for name, entry in found.items() if name != "a.c"} == {
        name: entry for name, entry in entries.items() if name != "a.c"}
    assert found["a.c"][1] != oid
    assert read_index(written, object_format) == entries
    sandbox.close()


def test_an_empty_index_is_one(tmp_path: Path) -> None:
    """A series that only adds files begins with none."""
    sandbox = Sandbox()
    written = written_index({}, "sha1")
    assert written is not None
    (tmp_path / "index").write_bytes(written)
    assert sandbox.must("ls-files", "-s", index=tmp_path / "index") == b""
    assert read_index(written, "sha1") == {}
    sandbox.close()


def test_what_git_would_refuse_is_left_to_git() -> None:
    """A folder in the place of a file, a path below a file and an id of the wrong length are not written."""
    oid = "1" * 40
    assert written_index({"a": (0o40000, oid)}, "sha1") is None
    assert written_index({"a": (0o100644, oid), "a/b": (0o100644, oid)}, "sha1") is None
    assert written_index({"a": (0o100644, "1")}, "sha1") is None
    assert read_index(b"DIRC\0\0\0\x04\0\0\0\0", "sha1") is None
