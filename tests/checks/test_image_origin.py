"""Where the linker script of an architecture begins, by what its names come to."""

from __future__ import annotations

from reviewbot.checks.image_origin import image_symbols, origin_of
from reviewbot.source.trees import MemoryTree

SCRIPT = "arch/riscv/kernel/vmlinux.lds.S"
HEADER = "arch/riscv/include/asm/page.h"


def tree(script: str, header: str = "") -> MemoryTree:
    return MemoryTree({SCRIPT: script.encode(), HEADER: header.encode()})


def test_an_image_at_the_start_of_the_linear_map_lies_in_it() -> None:
    """The line that names the address is the one that is shown, and a comment is no line."""
    script = "/* . = 0; */\n#define LOAD_OFFSET PAGE_OFFSET\nSECTIONS\n{\n\t. = LOAD_OFFSET;\n}\n"
    origin = origin_of(tree(script), "riscv")
    assert origin is not None
    assert (origin.line, origin.text, origin.in_linear_map, origin.leaves_linear_map) == (2, "PAGE_OFFSET", True, False)


def test_an_image_with_addresses_of_its_own_in_one_configuration_leaves_the_linear_map() -> None:
    """Each definition of a name is a way of its own to configure the kernel."""
    header = "#ifndef CONFIG_MMU\n#define LINK\tPAGE_OFFSET\n#else\n#define LINK\t(TOP - SZ_2G)\n#endif\n"
    origin = origin_of(tree("SECTIONS\n{\n\t. = LINK;\n}\n", header), "riscv")
    assert origin is not None
    assert (origin.in_linear_map, origin.leaves_linear_map) == (False, True)
    assert origin.is_only(frozenset({"LINK"}))
    assert not origin.is_only(frozenset({"TOP"}))


def test_a_bare_number_says_nothing() -> None:
    """What lies at a number may be in the linear map or not."""
    origin = origin_of(tree("SECTIONS\n{\n\t. = 0x100000;\n}\n"), "riscv")
    assert origin is not None
    assert (origin.in_linear_map, origin.leaves_linear_map) == (False, False)


def test_the_parts_of_the_image_are_what_the_headers_declare_as_arrays() -> None:
    """A declared function is no part of the image."""
    header = b"extern char _text[], _etext[];\nextern void demo(char name[]);\n"
    assert image_symbols(MemoryTree({"include/asm-generic/sections.h": header}), "riscv") == {"_text", "_etext"}


def test_names_that_come_to_one_another_say_nothing() -> None:
    """Forty macros that each name all of them would be looked up for hours."""
    names = [f"N{number}" for number in range(40)]
    header = "".join(f"#define {name} ({' + '.join(names)})\n" for name in names)
    origin = origin_of(tree("SECTIONS\n{\n\t. = N0;\n}\n", header), "riscv")
    assert origin is not None
    assert origin.ways == frozenset()
