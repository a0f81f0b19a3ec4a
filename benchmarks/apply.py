"""What it costs to open a tree, find the base of a series, apply it and search, beside plain git in the same run.

    python benchmarks/apply.py                 on a repository made for the run: 4 000 files, 60 tags
    python benchmarks/apply.py --tree DIR      on a kernel: an unpacked folder or a git repository
    python benchmarks/apply.py --tree DIR --patches 20

The series is made for the tree: each patch changes three files. Times are the best of three runs, in milliseconds.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from reviewbot.mail import read_source
from reviewbot.series import Series, find_series
from reviewbot.source import Tree, apply_series, fragments, open_tree

WORDS = ("set_memory_ro", "set_memory_rw", "set_memory_x", "set_memory_nx", "set_direct_map_invalid_noflush",
         "set_direct_map_default_noflush", "__kernel_map_pages", "kernel_map_pages", "set_memory_encrypted",
         "set_memory_decrypted", "set_pages_array_uc", "kernel_page_present", "can_set_direct_map")
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null",
               "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
               "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org"}


def git(folder: Path, *arguments: str, stdin: bytes = b"", **extra: str) -> bytes:
    """Return what git prints, run in `folder`."""
    return subprocess.run(["git", "-C", str(folder), *arguments], input=stdin, check=True, capture_output=True,
                          env=ENVIRONMENT | extra).stdout


def make_tree(folder: Path) -> None:
    """Make a repository of 4 000 C files with 60 tagged commits."""
    chance = random.Random(1)
    git(folder.parent, "init", "-q", folder.name)
    names = [folder / f"d{number % 40}/s{number % 7}/f{number}.c" for number in range(4000)]
    for name in names:
        name.parent.mkdir(parents=True, exist_ok=True)
        name.write_text("".join(f"\tint v{chance.randrange(9999)} = {row};\n" for row in range(200)))
    (folder / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 12\n")
    for tag in range(60):
        for name in chance.sample(names, 30):
            with name.open("a") as file:
                file.write(f"int tag_{tag};\n")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", f"commit {tag}", GIT_COMMITTER_DATE=f"{1_600_000_000 + tag} +0000")
        git(folder, "tag", f"v6.{tag}")


def make_series(tree: Tree, count: int) -> tuple[Series, list[bytes]]:
    """Return a series of `count` patches of three files each, and the same patches as text."""
    chance = random.Random(2)
    paths = [path for path in tree.list_files() if path.endswith(".c")]
    texts: list[bytes] = []
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        git(work, "init", "-q", ".")
        chosen = chance.sample(paths, count * 2)
        for path in chosen:
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_bytes(tree.read(path) or b"")
        git(work, "add", "-A")
        git(work, "commit", "-qm", "base")
        for number in range(count):
            for path in chance.sample(chosen, 3):
                lines = (work / path).read_bytes().split(b"\n")
                lines.insert(chance.randrange(len(lines)), b"\tset_memory_ro(addr, %d);" % number)
                (work / path).write_bytes(b"\n".join(lines))
            git(work, "commit", "-qam", f"change {number}")
        git(work, "config", "core.abbrev", "12")
        mbox = git(work, "format-patch", "--stdout", "--thread", f"HEAD~{count}")
        texts = [git(work, "diff", f"HEAD~{back}", f"HEAD~{back - 1}") for back in range(count, 0, -1)]
    return find_series(read_source(mbox)).series[0], texts


def best(work: Callable[[], object]) -> float:
    """Return the shortest of three times, in milliseconds."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def plain_apply(folder: Path, texts: list[bytes]) -> None:
    """Apply the patches as a person would: the revision's whole index, then `git apply --cached` for each."""
    with tempfile.TemporaryDirectory() as name:
        objects = Path(name) / "objects"
        objects.mkdir()
        store = git(folder, "rev-parse", "--absolute-git-dir").decode().strip() + "/objects"
        extra = {"GIT_INDEX_FILE": f"{name}/index", "GIT_OBJECT_DIRECTORY": str(objects),
                 "GIT_ALTERNATE_OBJECT_DIRECTORIES": store}
        git(folder, "read-tree", "HEAD", **extra)
        for text in texts:
            git(folder, "apply", "--cached", "-", stdin=text, **extra)


def plain_folder_apply(folder: Path, texts: list[bytes], paths: list[str]) -> None:
    """Apply the patches with `git apply` to a copy of the touched files: what is possible without a repository."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for path in paths:
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / path, work / path)
        for text in texts:
            git(work, "apply", "-", stdin=text, GIT_DIR="/nonexistent")


def plain_search(folder: Path, kind: str) -> None:
    """Search with the tool that a person would use there: git grep in a repository, ripgrep or grep in a folder."""
    words = [part for word in WORDS for part in ("-e", word)]
    if kind == "git":
        subprocess.run(["git", "grep", "-l", "-w", "-F", *words, "HEAD", "--", "*.c", "*.h"], cwd=folder, check=False,
                       capture_output=True, env=ENVIRONMENT)
        return
    program = ["rg", "-l", "-w", "-F", "--no-config", "--no-ignore", "-g", "*.c", "-g", "*.h", *words, "."]
    if shutil.which("rg") is None:
        program = ["grep", "-rlwF", "--include=*.c", "--include=*.h", *words, "."]
    subprocess.run(program, cwd=folder, check=False, capture_output=True, env=ENVIRONMENT)


def measure(folder: Path, count: int) -> list[tuple[str, float, float | None]]:
    """Return (what, ours, plain git's or None) for each row of the table."""
    tree = open_tree(folder)
    series, texts = make_series(tree, count)
    paths = sorted({file.path for patch in series.patches for file in patch.files})
    known = open_tree(folder)
    states = apply_series(series, known).states
    assert {state.applies for state in states} <= {"clean", "offset"}, [state.note for state in states]
    plain = (lambda: plain_apply(folder, texts)) if tree.kind == "git" else (
        lambda: plain_folder_apply(folder, texts, paths))
    rows: list[tuple[str, float, float | None]] = [
        ("open the tree and read its version", best(lambda: open_tree(folder).kernel_version()), None)]
    if tree.kind == "git":
        bare = replace(series, base_commit="", patches=tuple(replace(patch, files=tuple(
            replace(file, old_blob="") for file in patch.files)) for patch in series.patches))
        fixed = best(lambda: apply_series(bare, known))
        rows.append(("find the base by blob ids, trees known", max(
            0.0, best(lambda: apply_series(series, known)) - fixed), None))
    rows += [
        (f"apply {count} patches, tree just opened", best(lambda: apply_series(series, open_tree(folder))),
         best(plain)),
        (f"apply {count} patches, tree in use", best(lambda: apply_series(series, known)), None),
        (f"fragments of {count} patches", best(lambda: fragments(series)), None),
        (f"search {len(WORDS)} words", best(lambda: open_tree(folder).search(WORDS)),
         best(lambda: plain_search(folder, tree.kind))),
        ("list all files", best(lambda: sum(1 for _ in open_tree(folder).list_files())), None),
    ]
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path)
    parser.add_argument("--patches", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.tree
        if folder is None:
            folder = Path(name) / "tree"
            make_tree(folder)
        rows = measure(folder, options.patches)
    print(f"{'milliseconds, best of three':42} {'reviewbot':>10} {'plain':>10} {'factor':>7}")
    for what, ours, plain in rows:
        compared = f"{plain:10.1f} {ours / plain:7.2f}" if plain else f"{'-':>10} {'-':>7}"
        print(f"{what:42} {ours:10.1f} {compared}")


if __name__ == "__main__":
    sys.exit(main())
