"""Line maps and fragments hold for any edit."""

from __future__ import annotations

import difflib

from hypothesis import given, settings
from hypothesis import strategies as st
from making import series_of

from reviewbot.source import LineMap, MemoryTree, apply_series, fragments
from reviewbot.source.lines import line_map, ranges, split_lines

LINE = st.sampled_from(["{", "}", "", "\treturn 0;", "int a;", "int b;", "/* x */", "\tset_memory_ro(a, 1);"])
FILES = st.tuples(st.lists(LINE, max_size=40), st.lists(LINE, max_size=40))


def diff_of(old: list[str], new: list[str], path: str = "a.c") -> str:
    rows = list(difflib.unified_diff([f"{line}\n" for line in old], [f"{line}\n" for line in new],
                                     f"a/{path}", f"b/{path}"))
    if not old:
        rows[0] = "--- /dev/null\n"
    if not new:
        rows[1] = "+++ /dev/null\n"
    mode = "" if old and new else "new file mode 100644\n" if new else "deleted file mode 100644\n"
    return f"diff --git a/{path} b/{path}\n{mode}{''.join(rows)}"


def check_map(mapped: LineMap, before: list[bytes], after: list[bytes], added: frozenset[int],
              removed: frozenset[int]) -> None:
    assert {number for number in range(1, len(before) + 1) if mapped.to_new(number) is None} == removed
    assert {number for number in range(1, len(after) + 1) if mapped.to_old(number) is None} == added
    for number, line in enumerate(before, 1):
        new = mapped.to_new(number)
        if new is not None:
            assert after[new - 1] == line
            assert mapped.to_old(new) == number
    assert list(mapped.pairs) == sorted(mapped.pairs)


@settings(max_examples=25)
@given(FILES)
def test_the_map_of_an_applied_patch_is_exact(texts: tuple[list[str], list[str]]) -> None:
    """Every unchanged line is the same on both sides, every other one is added or removed; a fragment agrees."""
    old, new = texts
    if old == new:
        return
    series = series_of(diff_of(old, new))
    tree = MemoryTree({"a.c": "".join(f"{line}\n" for line in old)} if old else {})
    file = apply_series(series, tree).states[0].files[0]
    assert file.applies == "clean"
    assert split_lines(file.after) == [line.encode() for line in new]
    check_map(file.line_map, split_lines(file.before), split_lines(file.after), file.added, file.removed)

    known = fragments(series).states[0].files[0]
    assert (known.added, known.removed) == (file.added, file.removed)
    for (first, last), before, whole in ((run, content, side) for runs, content, side in (
            (known.known_old, known.before, old), (known.known_new, known.after, new)) for run in runs):
        assert split_lines(before)[first - 1:last] == [line.encode() for line in whole[first - 1:last]]
    if old and new:
        for first, last in known.known_old:
            for number in range(1, last + 1):
                assert known.line_map.to_new(number) == file.line_map.to_new(number)
            assert first <= last


@settings(max_examples=15)
@given(st.lists(LINE, min_size=20, max_size=40), st.lists(LINE, min_size=1, max_size=8), st.integers(0, 19))
def test_a_moved_patch_keeps_the_map_exact(old: list[str], above: list[str], at: int) -> None:
    """Lines in front of what the patch knew shift everything, and the map still says where each line is."""
    new = [*old[:at], "int added;", *old[at + 1:]]
    tree = MemoryTree({"a.c": "".join(f"{line}\n" for line in [*above, *old])})
    file = apply_series(series_of(diff_of(old, new)), tree).states[0].files[0]
    if file.applies == "fragment":
        return
    check_map(file.line_map, split_lines(file.before), split_lines(file.after), file.added, file.removed)


@given(st.sets(st.integers(1, 30)), st.sets(st.integers(1, 30)), st.integers(0, 10))
def test_line_map_covers_all_unchanged_lines(removed: set[int], added: set[int], spare: int) -> None:
    """The pairs are in order, do not overlap, and leave out just the changed lines."""
    kept = 30 + spare
    old_count, new_count = kept + len(removed), kept + len(added)
    mapped = line_map(added, removed, old_count=old_count, new_count=new_count)
    assert {number for number in range(1, old_count + 1) if mapped.to_new(number) is None} == removed
    assert {number for number in range(1, new_count + 1) if mapped.to_old(number) is None} == added
    assert sum(length for _, _, length in mapped.pairs) == kept


def test_ranges_are_runs() -> None:
    """Consecutive numbers are one run."""
    assert ranges([5, 1, 2, 3, 7, 8]) == ((1, 3), (5, 5), (7, 8))
    assert ranges([]) == ()


def test_fragments_build_on_what_earlier_patches_showed() -> None:
    """The second patch of a file knows the first one's lines where they still stand, and drops what disagrees."""
    text = [f"line {number}" for number in range(1, 60)]
    one = [*text[:9], "ten", "ten and a half", *text[10:]]
    two = [*one[:40], "changed", *one[41:]]
    patched = fragments(series_of(diff_of(text, one), diff_of(one, two)), kernel="6.12")
    assert (patched.base.kind, patched.base.how, patched.base.kernel) == ("none", "none", "6.12")
    second = patched.states[1].files[0]
    assert (second.known_old, second.known_new) == (((7, 14), (38, 44)), ((7, 14), (38, 44)))
    assert split_lines(second.before)[9:11] == [b"ten", b"ten and a half"]
    contradicting = fragments(series_of(diff_of(text, one), diff_of([*text[:11], "other", *text[12:]],
                                                                   [*text[:11], "third", *text[12:]])))
    assert contradicting.states[1].files[0].known_old == ((9, 15),)
    assert patched.start.read("a.c") == patched.states[0].files[0].before
    assert patched.end.kind == "none"
    assert patched.end.search(["ten"]) == ("a.c",)


def test_fragments_of_new_renamed_and_deleted_files() -> None:
    """A new file is known whole, a renamed one keeps its lines, a deleted one is gone from the tree."""
    new = diff_of([], ["int a;", "int b;"], "n.c")
    rename = ("diff --git a/n.c b/m.c\nsimilarity index 50%\nrename from n.c\nrename to m.c\n--- a/n.c\n+++ b/m.c\n"
              "@@ -1,2 +1,2 @@\n int a;\n-int b;\n+int c;\n")
    gone = diff_of(["int a;", "int c;"], [], "m.c")
    patched = fragments(series_of(new, rename, gone))
    assert [list(state.after.list_files()) for state in patched.states] == [["n.c"], ["m.c"], []]
    assert patched.states[0].before.exists("n.c") is False
    assert patched.states[0].files[0].after == b"int a;\nint b;\n"
    assert (patched.states[1].files[0].old_path, patched.states[1].files[0].path) == ("n.c", "m.c")
    assert patched.states[2].files[0].before == b"int a;\nint c;\n"
