"""Tests of what a file certainly sees of a name, and of what is read for that."""

from __future__ import annotations

from reviewbot.kconfig import KernelConfig
from reviewbot.kconfig.sightings import SourceText
from reviewbot.logic import TRUE, Ternary
from reviewbot.source.trees import MemoryTree

HEADER = b"""#ifndef _LINUX_MAP_H
#define _LINUX_MAP_H
#include <linux/late.h>
#ifdef MAP_OWN
int map_it(void);
#else
static inline int map_it(void) { return 0; }
#endif
#endif
"""
FILES = {
    "Kconfig": b'source "arch/$(SRCARCH)/Kconfig"\nsource "mm/Kconfig"\n',
    "Makefile": b"VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n",
    "arch/arm64/Kconfig": b"config ARM64\n\tdef_bool y\n", "arch/riscv/Kconfig": b"config RISCV\n\tdef_bool y\n",
    "mm/Kconfig": b"config MAPS\n\tbool \"maps\"\n",
    "include/linux/late.h": b"#define MAP_OWN\n", "include/linux/map.h": HEADER,
    "include/linux/end.h": b"#undef MAP_OWN\n#include <linux/gone.h>\n",
    "mm/map.c": b"#include <linux/map.h>\n#include <linux/end.h>\nint map_it(void)\n{\n\treturn 1;\n}\n",
}


def test_includes_after_the_last_file_of_a_question_change_no_answer() -> None:
    """A look ends where every file that it is about is certain; a macro undefined later is no matter."""
    config = KernelConfig(MemoryTree(FILES))
    seen = config.seen("map_it", "mm/map.c", "arm64", TRUE, paths={"mm/map.c", "include/linux/map.h"})
    assert {(one.sighting.file, one.sighting.line): one.there for one in seen} == {
        ("include/linux/map.h", 5): Ternary.YES, ("include/linux/map.h", 7): Ternary.NO,
        ("mm/map.c", 3): Ternary.YES}


def test_a_look_at_includes_alone_names_what_the_events_name() -> None:
    """Includes in comments, in strings that go on and in lines that a backslash joins are none."""
    for text in (HEADER, b'/*\n#include <a.h>\n*/\n#include "b.h"\n', b"// no \\\n#include <a.h>\n#include <c.h>\n",
                 b'char *s = "/*";\n#include <a.h>\n', b'char *s = "x\\\n#include <a.h>\n";\n#include MACRO\n',
                 b"/* a */ /*/\n#include <a.h>\n*/\n# include <d.h> /* e */\n"):
        source = SourceText("x.h", text)
        assert source.includes() == tuple((event.name, event.quoted) for event in SourceText("x.h", text).events()
                                          if event.kind == "include")


def test_the_kconfig_of_a_later_moment_is_the_same_where_its_files_are() -> None:
    """A patch to another architecture's Kconfig leaves the questions as they were; one to an own file does not."""
    start = KernelConfig(MemoryTree(FILES))
    assert start.depends("MAPS", "riscv") == TRUE
    other = FILES | {"arch/arm64/Kconfig": b"config ARM64\n\tdef_bool y\n\tselect MAPS\n"}
    second = start.after(MemoryTree(other), changed=["arch/arm64/Kconfig"])
    own = other | {"mm/Kconfig": b"config MAPS\n\tbool \"maps\"\n\tdepends on !RISCV\n"}
    third = second.after(MemoryTree(own), changed=["mm/Kconfig"])
    assert second.depends("MAPS", "riscv") == TRUE
    assert str(third.depends("MAPS", "riscv")) == "!CONFIG_RISCV"
    assert start.depends("MAPS", "riscv") == TRUE
    assert second.knows("ARM64", "arm64")


def test_a_kconfig_file_that_a_patch_adds_is_taken_in() -> None:
    """A file that was looked for and not there belongs to the question too."""
    lacking = {path: data for path, data in FILES.items() if path != "mm/Kconfig"}
    start = KernelConfig(MemoryTree(lacking))
    assert not start.knows("MAPS", "riscv")
    assert start.after(MemoryTree(FILES), changed=["mm/Kconfig"]).knows("MAPS", "riscv")


def test_a_header_that_a_file_takes_in_anyway_is_not_walked_to() -> None:
    """Where options alone decide about a place and its header is always there, no other header is read."""
    plain = HEADER.replace(b"#ifdef MAP_OWN", b"#ifdef CONFIG_MAPS")
    read: list[str] = []

    class Watched(MemoryTree):
        def read(self, path: str) -> bytes | None:
            read.append(path)
            return super().read(path)

    for data, walked in ((plain, False), (HEADER, True)):
        read.clear()
        config = KernelConfig(Watched(FILES | {"include/linux/map.h": data}))
        seen = config.seen("map_it", "mm/map.c", "arm64", TRUE, paths={"mm/map.c", "include/linux/map.h"})
        assert {one.there for one in seen if one.sighting.line == 7} == {Ternary.NO if walked else Ternary.YES}
        assert ("include/linux/late.h" in read) is walked
