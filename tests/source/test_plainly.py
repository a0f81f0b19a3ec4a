"""Plain patches are applied without git, and as git applies them."""

from __future__ import annotations

import difflib
import os
import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making import series_of

from reviewbot.errors import TreeError
from reviewbot.series import parse_diff
from reviewbot.series.types import Series
from reviewbot.source import MemoryTree, apply_series
from reviewbot.source.plainly import apply_plainly
from reviewbot.source.sandbox import Sandbox
from reviewbot.source.trees import blob_id

LINES = ("a\n", "b\n", "}\n", "\n", " a\n", "c\r\n", "-- \n", "+x\n")
EXAMPLES = int(os.environ.get("REVIEWBOT_PLAIN_EXAMPLES", "40"))


def diff(path: str, old: str | None, new: str, context: int = 3) -> str:
    names = "/dev/null" if old is None else f"a/{path}", f"b/{path}"
    hunks = "".join(difflib.unified_diff((old or "").splitlines(keepends=True), new.splitlines(keepends=True), *names,
                                         n=context))
    return f"diff --git a/{path} b/{path}\n{'new file mode 100644' + chr(10) if old is None else ''}{hunks}"


def states(series: Series, tree: dict[str, str]) -> list[object]:
    return [(one.files, one.applies, one.note, [one.after.read(path) for path in ("a.c", "d/b.c", "d")])
            for one in apply_series(series, MemoryTree({path: text.encode() for path, text in tree.items()})).states]


def edited(text: str, rng: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    for _ in range(rng.randint(1, 3)):
        at = rng.randint(0, len(lines))
        lines[at:at + rng.randint(0, 2)] = rng.choices(LINES, k=rng.randint(0, 2))
    return "".join(lines)


def bent(text: str, rng: random.Random) -> str:
    """Return the diff with something about it that git may or may not forgive."""
    lines = text.splitlines(keepends=True)
    at = rng.randrange(len(lines))
    way = rng.randrange(8)
    if way == 0:
        return re.sub(r"(?<=\+)\d+(?=[ ,])", lambda found: str(max(0, int(found[0]) + rng.randint(-2, 2))), text)
    if way == 1:
        return re.sub(r"(?<=@@ -)\d+", lambda found: str(max(0, int(found[0]) + rng.randint(-2, 2))), text)
    if way == 2:
        del lines[at]
    elif way == 3:
        lines.insert(at, rng.choice(("-- \n", "\\ No newline at end of file\n", " a\n", "\n", "old mode 100755\n")))
    elif way == 4:
        lines[at] = rng.choice((" ", "+", "-")) + lines[at][1:]
    return "".join(lines)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 1 << 40))
def test_what_is_applied_without_git_is_what_git_makes_of_it(seed: int) -> None:
    """Two patches, some of them damaged, come to the same files and words with git alone and without it."""
    rng = random.Random(seed)
    old = "".join(rng.choices(LINES, k=rng.randint(0, 24)))
    middle = edited(old, rng)
    parts = [diff("a.c", old, middle, rng.choice((0, 1, 3, 3, 3))) if old != middle else "",
             diff(rng.choice(("d/b.c", "d", "a.c/x")), None, "new\n" * rng.randint(1, 3)) if rng.random() < 0.3 else ""]
    last = edited(middle, rng)
    diffs = ["".join(parts), diff("a.c", middle, last) if middle != last else ""]
    diffs = [bent(one, rng) if one and rng.random() < 0.5 else one for one in diffs if one]
    tree = {"a.c": old[:-1] if rng.random() < 0.1 else old} | ({"d": "x\n"} if rng.random() < 0.1 else {})
    if not diffs or not all(parse_diff(one).files for one in diffs):
        return
    series = series_of(*diffs)
    without = states(series, tree)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reviewbot.source.gitapply.apply_plainly", lambda *_: None)
        assert states(series, tree) == without


def test_a_plain_patch_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hunks that fit to the letter and a new file need no git directory; a hunk that is off its place does."""
    def none(self: Sandbox, **_: object) -> None:
        raise TreeError("a directory for git")

    monkeypatch.setattr(Sandbox, "__init__", none)
    text = "".join(f"line {number}\n" for number in range(30))
    plain = series_of(diff("a.c", text, text.replace("line 5\n", "").replace("line 20\n", "20\n"))
                      + diff("d/b.c", None, "int a;\n"))
    assert states(plain, {"a.c": text})[0][1] == "clean"  # type: ignore[index]
    with pytest.raises(TreeError, match="a directory for git"):
        states(plain, {"a.c": f"first\n{text}"})


@pytest.mark.parametrize(("raw", "why"), [
    ("diff --git a/a.c b/a.c\nold mode 100644\nnew mode 100755\n--- a/a.c\n+++ b/a.c\n@@ -1 +1,2 @@\n a\n+b\n", "mode"),
    ("diff --git a/a.c b/b.c\nrename from a.c\nrename to b.c\n--- a/a.c\n+++ b/b.c\n@@ -1 +1,2 @@\n a\n+b\n", "a name"),
    ("diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1,2 @@\n a\n+b\n\\ No newline at end of file\n", "no end"),
    ("diff --git a/.git1/a b/.git1/a\nnew file mode 100644\n--- /dev/null\n+++ b/.git1/a\n@@ -0,0 +1 @@\n+b\n", "path"),
    ("diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+b\n", "a link"),
    ("diff --git a/a.c/b b/a.c/b\nnew file mode 100644\n--- /dev/null\n+++ b/a.c/b\n@@ -0,0 +1 @@\n+b\n", "a folder"),
    ("diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1,2 @@\n a\n+b\n@@ -1 +1,2 @@\n a\n+c\n", "one place twice"),
])
def test_what_is_not_plain_is_left_to_git(raw: str, why: str) -> None:
    """Modes, renames, links, odd paths, a missing line end and hunks over each other are git's to judge."""
    entries = {"a.c": (0o100644, blob_id(b"a\n"))}
    assert apply_plainly(parse_diff(raw).files, entries, lambda _: b"a\n") is None, why
    plain = "diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1,2 @@\n a\n+b\n"
    assert apply_plainly(parse_diff(plain).files, entries, lambda _: b"a\n") == {"a.c": (0o100644, b"a\nb\n")}
