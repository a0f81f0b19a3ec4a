"""Real kernels and real threads."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewbot.mail import read_source
from reviewbot.series import find_series
from reviewbot.source import Tree, apply_series, fragments, open_tree
from reviewbot.source.lines import split_lines

FAMILY = ("set_memory_ro", "set_memory_x", "set_direct_map_invalid_noflush", "__kernel_map_pages",
          "kernel_page_present", "set_memory_encrypted", "set_pages_array_uc")


@pytest.mark.kernel
@pytest.mark.threads
@pytest.mark.parametrize("version", range(1, 8))
def test_the_direct_map_series_applies_to_5_10(kernel_tree: Callable[[str], Path], threads_folder: Path,
                                              version: int) -> None:
    """All files of all seven versions apply to 5.10; where the stable tree has moved, with one line of context."""
    series, = find_series(read_source(threads_folder / f"direct-map-robustness-v{version}.mbox")).series
    patched = apply_series(series, open_tree(kernel_tree("5.10")))
    assert (patched.base.kind, patched.base.kernel) == ("directory", "5.10")
    assert {file.applies for state in patched.states for file in state.files} == {"clean", "offset", "fuzz"}
    fuzzy = [(state.index, file.path, file.note.split(":")[0]) for state in patched.states for file in state.files
             if file.applies == "fuzz"]
    last = len(series.patches) - 1
    assert (last, "arch/Kconfig", "applied with one line of context") in fuzzy
    assert {index for index, _, _ in fuzzy} == {last}
    for state in patched.states:
        for file in state.files:
            before, after = split_lines(file.before), split_lines(file.after)
            assert sum(length for _, _, length in file.line_map.pairs) == len(before) - len(file.removed)
            assert all(before[old - 1:old - 1 + length] == after[new - 1:new - 1 + length]
                       for old, new, length in file.line_map.pairs)


@pytest.mark.kernel
@pytest.mark.threads
def test_every_thread_gives_files_on_every_kernel(kernel_tree: Callable[[str], Path], threads_folder: Path) -> None:
    """Each patched file has the right number of lines, whether it applied or was rebuilt from its hunks."""
    tree = open_tree(kernel_tree("6.12"))
    for path in sorted(threads_folder.glob("*.mbox")):
        for series in find_series(read_source(path)).series[:20]:
            for patched in (apply_series(series, tree), fragments(series)):
                for state in patched.states:
                    for file in state.files:
                        assert file.added <= set(range(1, len(split_lines(file.after)) + 1)), (path, file.path)
                        assert file.removed <= set(range(1, len(split_lines(file.before)) + 1)), (path, file.path)


@pytest.mark.kernel
def test_all_ways_to_search_agree(kernel_tree: Callable[[str], Path],
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    """Over part of a kernel ripgrep, git's grep and reading every file find the same."""
    folder = kernel_tree("6.12")
    with_git: Tree = open_tree(folder)
    found = with_git.search(FAMILY, prefixes=("mm", "arch/x86", "kernel"))
    assert "arch/x86/mm/pat/set_memory.c" in found
    real = shutil.which
    for missing in ({"rg"}, {"rg", "git"}):
        monkeypatch.setattr(shutil, "which", lambda name, gone=missing: None if name in gone else real(name))
        assert open_tree(folder).search(FAMILY, prefixes=("mm", "arch/x86", "kernel")) == found
