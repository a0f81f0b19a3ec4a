"""Which options a row names: those without which no kernel has the call, and none that follow from others."""

from __future__ import annotations

from tests.review.test_seen import review

KCONFIG = """config S390
	def_bool y
	select ARCH_HAS_SET_MEMORY
	select ALWAYS
config ARCH_HAS_SET_MEMORY
	bool
config ALWAYS
	bool
config BUS
	bool "bus"
config CARD
	bool "card"
	depends on BUS
config FENCE
	bool "fence"
config CHECK
	bool "check"
"""
TREE = {"Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n', "arch/s390/Kconfig": KCONFIG,
        "Kbuild": "obj-y += drivers/ lib/\n",
        "drivers/Makefile": "obj-y += always.o\nobj-$(CONFIG_BUS) += bus/\nobj-$(CONFIG_ALWAYS) += sure.o\n",
        "drivers/bus/Makefile": "obj-$(CONFIG_CARD) += card.o\n",
        "lib/Makefile": "obj-$(CONFIG_FENCE) += fence.o\n"}
SEAL = """#include <linux/set_memory.h>

int demo_seal(unsigned long addr)
{
	demo_count();
	return set_memory_ro(addr, 1);
}
"""


def configs(path: str, code: str, **there: str) -> list[dict[str, str]]:
    """Return the configurations of the rows of a patch that leaves the call in this file alone."""
    more = {name.replace("__", "/").replace("_c", ".c"): text for name, text in there.items()}
    found = review({path: code}, {path: code.replace("demo_count", "demo_check")},
                   there={**TREE, path: code, **more}, arches=("s390",))
    return [dict(cell.config) for cell in found.behaviour]


def test_the_option_of_the_makefile_line_is_named() -> None:
    """A file that one option builds is in no kernel without it; the option of the folder above follows from it."""
    assert configs("drivers/bus/card.c", SEAL) == [{"CARD": "y"}]


def test_what_every_kernel_has_is_not_named() -> None:
    """An option that the architecture always selects says nothing."""
    assert configs("drivers/sure.c", SEAL) == configs("drivers/always.c", SEAL) == [{}]


def test_the_option_of_a_nest_is_named() -> None:
    """A call inside an `#ifdef` is in no kernel without the option."""
    code = SEAL.replace("int demo_seal", "#ifdef CONFIG_CHECK\nint demo_seal") + "#endif\n"
    assert configs("drivers/always.c", code) == [{"CHECK": "y"}]


def test_a_question_about_an_argument_needs_the_option_of_its_stub() -> None:
    """What a stub denies of every argument is asked in no kernel with the stub."""
    header = ("#ifdef CONFIG_CHECK\nbool demo_forced(struct device *dev);\n#else\n"
              "static inline bool demo_forced(struct device *dev)\n{\n	return false;\n}\n#endif\n")
    code = ("#include <linux/set_memory.h>\n#include <linux/demo.h>\n\nvoid demo_free(struct device *dev, "
            "unsigned long addr)\n{\n	demo_count();\n	if (demo_forced(dev))\n		set_memory_ro(addr, 1);\n}\n")
    assert configs("drivers/always.c", code, **{"include/linux/demo.h": header}) == [{"CHECK": "y"}]


def test_what_nearly_every_kernel_has_is_named_where_it_is_written() -> None:
    """An `#ifdef CONFIG_MMU` around the line is said; that a file needs an MMU is not."""
    there = {**TREE, "Kbuild": "obj-y += drivers/\n", "drivers/Makefile": "obj-$(CONFIG_MMU) += demo.o\n",
             "arch/riscv/Kconfig": "config RISCV\n	def_bool y\nconfig MMU\n	bool \"MMU\"\n"}
    told = []
    for code in (SEAL, SEAL.replace("int demo_seal", "#ifdef CONFIG_MMU\nint demo_seal") + "#endif\n"):
        found = review({"drivers/demo.c": code}, {"drivers/demo.c": code.replace("demo_count", "demo_check")},
                       there={**there, "drivers/demo.c": code}, arches=("riscv",))
        told.append([dict(cell.config) for cell in found.behaviour])
    assert told == [[{}], [{"MMU": "y"}]]


def test_of_two_options_that_will_both_do_none_is_named() -> None:
    """Where either of two options lets the call be, neither is needed."""
    code = SEAL.replace("int demo_seal", "#if defined(CONFIG_CHECK) || defined(CONFIG_FENCE)\nint demo_seal")
    assert configs("drivers/always.c", code + "#endif\n") == [{}]


def test_a_function_of_a_header_needs_what_its_users_need() -> None:
    """A header's function that one file alone calls is in no kernel without that file."""
    header = SEAL.replace("int demo_seal", "static inline int demo_seal")
    assert configs("arch/s390/include/asm/fence.h", header, lib__fence_c="""#include <asm/fence.h>

int demo_protect(unsigned long addr)
{
	return demo_seal(addr);
}
""") == [{"FENCE": "y"}]


def rows(*changes: str, **there: str) -> set[str]:
    """Return the architectures of the rows of a patch to a function that these other files use."""
    path = "drivers/always.c"
    every = {**TREE, "include/linux/demo.h": "int demo_seal(unsigned long);\n",
             "arch/x86/Kconfig": KCONFIG.replace("S390", "X86"), "arch/x86/Kbuild": "obj-y += kernel/\n",
             "arch/x86/kernel/Makefile": "obj-y += setup.o\n"}
    code = SEAL + "".join(changes)
    found = review({path: code}, {path: code.replace("demo_count", "demo_check")}, arches=("s390", "x86"),
                   there={**every, path: code, **{name.replace("__", "/").replace("_c", ".c"): text
                                                  for name, text in there.items()}})
    return {cell.arch for cell in found.behaviour if cell.function == "demo_seal"}


CALLER = "int demo_setup(void)\n{\n\treturn demo_seal(start);\n}\n"


def test_a_function_that_only_another_architecture_calls_has_no_row() -> None:
    """Generic code whose every caller stands in one architecture's files runs nowhere else."""
    assert rows(arch__x86__kernel__setup_c=CALLER) == {"x86"}


def test_a_function_without_any_caller_keeps_its_rows() -> None:
    """Of a function that nothing in the tree calls nobody can tell where it will be called."""
    assert rows() == {"s390", "x86"}


def test_what_is_exported_or_handed_on_may_be_called_anywhere() -> None:
    """A module, or a table in a file that every architecture builds, may call it."""
    assert rows("EXPORT_SYMBOL(demo_seal);\n", arch__x86__kernel__setup_c=CALLER) == {"s390", "x86"}
    assert rows("core_initcall(demo_seal);\n", arch__x86__kernel__setup_c=CALLER) == {"s390", "x86"}
    assert rows(drivers__sure_c="void *demo_table[] = { demo_seal };\n", arch__x86__kernel__setup_c=CALLER) == {
        "s390", "x86"}


def test_a_caller_that_nobody_calls_is_none() -> None:
    """The caller in the same file counts where it is called itself."""
    inner = "int demo_outer(void)\n{\n\treturn demo_seal(start);\n}\n"
    caller = CALLER.replace("demo_seal(start)", "demo_outer()")
    assert rows(inner, arch__x86__kernel__setup_c=caller) == {"x86"}


MOVED = {"lib/fence/Makefile": "obj-$(CONFIG_FENCE) += seals.o\n"}


def absent(code: str, there: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Return architectures and configurations of the rows of a patch to a file that the tree does not have."""
    every = {**TREE, "arch/x86/Kconfig": KCONFIG.replace("S390", "X86").replace("config FENCE\n\tbool", "config OTHER"),
             "lib/Makefile": "obj-y += fence/\n", **MOVED}
    found = review({"lib/seals.c": code}, {"lib/seals.c": code.replace("demo_count", "demo_check")},
                   arches=("s390", "x86"), there={**every, **there})
    return [(cell.arch, dict(cell.config)) for cell in found.behaviour]


def test_a_file_that_went_elsewhere_is_built_as_it_is_there() -> None:
    """The one file of the tree that has the function now says which architectures build it."""
    assert absent(SEAL, {"lib/fence/seals.c": SEAL}) == [("s390", {"FENCE": "y"})]


def test_options_in_the_hunks_of_an_absent_file_say_who_can_have_it() -> None:
    """Where nothing of the file is in the tree, an option that its hunks name must be one of the architecture."""
    code = SEAL.replace("\tdemo_count();\n", "\tif (IS_ENABLED(CONFIG_FENCE))\n\t\tdemo_count();\n")
    assert {arch for arch, _ in absent(code, {})} == {"s390"}


def test_of_an_absent_file_without_a_trace_there_is_no_row() -> None:
    """Which architecture builds a file that nothing in the tree speaks of nobody knows."""
    assert absent(SEAL, {}) == []
