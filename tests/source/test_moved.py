"""A file that the tree has under another name is followed only where nothing else can be meant."""

from __future__ import annotations

from reviewbot.mail import read_source
from reviewbot.series import Series, find_series
from reviewbot.source import MemoryTree, apply_series
from reviewbot.source.moved import follow_moved, moved_words
from reviewbot.source.types import PatchedTree

MAIL = b"""From: A <a@kernel.example>
Subject: [PATCH] demo: ask what the machine has
Date: Tue, 4 Mar 2025 10:00:00 +0000
Message-ID: <a@kernel.example>

Ask it.

---
diff --git a/arch/x86/kernel/guest.c b/arch/x86/kernel/guest.c
--- a/arch/x86/kernel/guest.c
+++ b/arch/x86/kernel/guest.c
@@ -10,7 +10,7 @@ int demo_map_areas(struct demo_table *table)
 \tunsigned long address;
 \tint cpu;
_
-\tif (!demo_guest_active())
+\tif (!demo_has(DEMO_GUEST))
 \t\treturn 0;
_
 \tfor_each_demo_cpu(cpu) {
@@ -40,7 +40,7 @@ void demo_drop_areas(struct demo_table *table)
 {
 \tint cpu;
_
-\tif (!demo_guest_active())
+\tif (!demo_has(DEMO_GUEST))
 \t\treturn;
_
 \tfor_each_demo_cpu(cpu)
--
2.39
""".replace(b"\n_\n", b"\n \n")
MAP = b"""int demo_map_areas(struct demo_table *table)
{
\tunsigned long address;
\tint cpu;

\tif (!demo_guest_active())
\t\treturn 0;

\tfor_each_demo_cpu(cpu) {
\t\taddress = demo_area(table, cpu);
\t\tset_memory_decrypted(address, 1);
\t}
\treturn 0;
}
"""
DROP = b"""
void demo_drop_areas(struct demo_table *table)
{
\tint cpu;

\tif (!demo_guest_active())
\t\treturn;

\tfor_each_demo_cpu(cpu)
\t\tset_memory_encrypted(demo_area(table, cpu), 1);
}
"""
OTHER = DROP.replace(b"demo_guest_active", b"demo_host_active").replace(b"int cpu;", b"int cpu = demo_first();")


def _followed(files: dict[str, bytes]) -> tuple[Series, PatchedTree]:
    [series] = find_series(read_source(MAIL, name="demo")).series
    tree = MemoryTree({"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n", **files})
    return follow_moved(series, apply_series(series, tree))


def _new_name(files: dict[str, bytes]) -> str:
    series, patched = _followed(files)
    [name] = {file.path for file in patched.states[0].files}
    assert name == series.patches[0].files[0].path
    return name


def test_a_file_by_another_name_in_its_folder_is_followed() -> None:
    """Both hunks go into the one file beside it that defines their functions, and both names are told."""
    series, patched = _followed({"arch/x86/kernel/guest-areas.c": MAP + DROP, "arch/x86/kernel/host.c": OTHER})
    [file] = patched.states[0].files
    assert (file.path, file.unplaced) == ("arch/x86/kernel/guest-areas.c", ())
    assert b"demo_has(DEMO_GUEST)" in (file.after or b"")
    assert moved_words(series) == (("arch/x86/kernel/guest.c", "arch/x86/kernel/guest-areas.c"),)
    assert "arch/x86/kernel/guest.c is arch/x86/kernel/guest-areas.c in this tree" in patched.states[0].note


def test_a_file_in_another_folder_is_followed() -> None:
    """Nothing beside it has the functions, one file of the tree does."""
    assert _new_name({"arch/x86/coco/areas.c": MAP + DROP, "arch/x86/kernel/host.c": OTHER}) == "arch/x86/coco/areas.c"


def test_of_two_files_that_have_what_the_hunks_show_none_is_taken() -> None:
    """Which of them the patch means cannot be told."""
    assert _new_name({"arch/x86/coco/areas.c": MAP + DROP, "arch/x86/kvm/areas.c": MAP + DROP}) \
        == "arch/x86/kernel/guest.c"


def test_the_file_of_another_architecture_is_another_file() -> None:
    """A port began as a copy: its lines say nothing of where the file of this architecture went."""
    assert _new_name({"arch/arm64/kernel/guest.c": MAP + DROP, "arch/x86/kernel/host.c": OTHER}) \
        == "arch/x86/kernel/guest.c"


def test_a_file_that_takes_half_of_the_hunks_is_another_file() -> None:
    """One of the two functions reads otherwise there."""
    assert _new_name({"arch/x86/kernel/host.c": MAP + OTHER}) == "arch/x86/kernel/guest.c"
