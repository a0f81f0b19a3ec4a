"""What the files on the way to the family need: options that a row names, and work that no kernel with them does."""

from __future__ import annotations

import pytest

from tests.review.test_seen import review

KCONFIG = {
    "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
    "arch/x86/Kconfig": (
        "config X86\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\tselect ARCH_HAS_MEM_ENCRYPT\n"
        'config 64BIT\n\tbool "64 bit"\n'
        "config X86_64\n\tdef_bool y\n\tdepends on 64BIT\n"
        'config DEMO_CHIP\n\tbool "chip"\n\tdepends on !64BIT\n'
        'config DEMO_CARD\n\tbool "card"\n'
        "config ARCH_HAS_SET_MEMORY\n\tbool\nconfig ARCH_HAS_MEM_ENCRYPT\n\tbool\n"),
    "arch/x86/Kbuild": "obj-y += mm/ kernel/\n",
    "arch/x86/mm/Makefile": "obj-y += map_$(BITS).o\n",
    "arch/x86/kernel/Makefile": (
        "obj-y += ready.o\nobj-$(CONFIG_DEMO_CHIP) += chip.o\nobj-$(CONFIG_DEMO_CARD) += card.o\n"),
}
SEAL = """#include <linux/set_memory.h>

void demo_seal(void)
{
	set_memory_ro((unsigned long)demo_start, 4);
	demo_done();
}
"""
READY = "void demo_ready(void)\n{\n	demo_seal();\n	demo_count();\n}\n"
SHARE = """#include <linux/set_memory.h>

int demo_share(unsigned long addr)
{
	demo_count();
	return set_memory_decrypted(addr, 1);
}
"""


def test_the_width_that_builds_a_helper_is_named() -> None:
    """A helper that one width alone has is reached in kernels of that width."""
    before = {"arch/x86/kernel/ready.c": READY, "arch/x86/mm/map_32.c": SEAL}
    after = {path: text.replace("demo_done", "demo_over").replace("demo_count", "demo_check")
             for path, text in before.items()}
    found = review(before, after, there={**KCONFIG, **before})
    assert {dict(cell.config).get("64BIT") for cell in found.behaviour if cell.function == "demo_ready"} == {"n"}


def test_a_file_of_32_bit_kernels_has_no_encrypted_memory() -> None:
    """Where no kernel with the call can encrypt memory nothing is done, and nothing fails."""
    for name, fails in (("chip", False), ("card", True)):
        path = f"arch/x86/kernel/{name}.c"
        found = review({path: SHARE}, {path: SHARE.replace("demo_count", "demo_check")},
                       there={**KCONFIG, path: SHARE})
        [cell] = [cell for cell in found.behaviour if cell.function == "demo_share"]
        assert (cell.after.may_fail, "does nothing at all" in cell.after.does) == (fails, not fails)


def arm64(option: str) -> dict[str, str]:
    return {
        "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
        "arch/arm64/Kconfig": (
            "config ARM64\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\tselect ARCH_HAS_MEM_ENCRYPT\n"
            "config ARCH_HAS_SET_MEMORY\n\tbool\nconfig ARCH_HAS_MEM_ENCRYPT\n\tbool\n"
            'config HYPERV\n\ttristate "guest"\nconfig DEMO_CARD\n\ttristate "card"\n'),
        "drivers/Makefile": f"obj-$(CONFIG_{option}) += demo.o\n",
    }


def test_a_driver_of_another_hypervisor_shares_no_memory_on_arm64() -> None:
    """Memory is converted by what protected guests of one hypervisor register: a driver for another never meets it."""
    path = "drivers/demo.c"
    for option, fails in (("HYPERV", False), ("DEMO_CARD", True)):
        after = SHARE.replace("demo_count", "demo_check").replace("return set", "demo_lock();\n\treturn set")
        found = review({path: SHARE}, {path: after}, there={**arm64(option), path: SHARE},
                       arches=("arm64",))
        [cell] = [cell for cell in found.behaviour if cell.function == "demo_share"]
        assert (cell.after.may_fail, "does nothing at all" in cell.after.does) == (fails, not fails)


@pytest.mark.parametrize(("line", "said"), [("obj-$(CONFIG_DEMO)\t+= demo.o last.o\n", False),
                                            ("obj-$(CONFIG_OTHER) += demo.o\n", True)])
def test_a_makefile_line_that_builds_a_file_as_before_says_nothing(line: str, *, said: bool) -> None:
    """The line gains another object: what builds the file of the call is what it was."""
    kconfig = 'source "arch/$(SRCARCH)/Kconfig"\nconfig DEMO\n\tbool "demo"\nconfig OTHER\n\tbool "other"\n'
    there = {"Kconfig": kconfig, "arch/x86/Kconfig": "config X86\n\tdef_bool y\n",
             "drivers/Makefile": "obj-$(CONFIG_DEMO) += demo.o\n"}
    path = "drivers/demo.c"
    found = review({path: SHARE, "drivers/Makefile": there["drivers/Makefile"]},
                   {path: SHARE.replace("demo_count", "demo_check"), "drivers/Makefile": line},
                   there={**there, path: SHARE})
    assert any("what drivers/Makefile says of drivers/demo.c" in one.statement for one in found.level_set) is said


@pytest.mark.parametrize(("after", "said"), [
    ("config OTHER\n\tbool \"demo\"\n", "removes DEMO (OTHER takes its place) in drivers/Kconfig;"),
    ("config LAST\n\tbool \"last\"\n\n", "removes DEMO in drivers/Kconfig;")])
def test_an_option_that_another_one_replaces_is_told_with_it(after: str, said: str) -> None:
    """The new name stands where the old one stood: that is no removal alone."""
    path, options = "drivers/demo.c", 'config DEMO\n\tbool "demo"\n'
    there = {"Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\nsource "drivers/Kconfig"\n', path: SHARE,
             "arch/x86/Kconfig": "config X86\n\tdef_bool y\n", "drivers/Makefile": "obj-$(CONFIG_DEMO) += demo.o\n"}
    tail = "\nconfig REST\n\tbool \"rest\"\n"
    text = options + tail if "OTHER" in after else tail + "\n" + options
    new = {path: SHARE.replace("demo_count", "demo_check"), "drivers/Kconfig": after + tail}
    found = review({path: SHARE, "drivers/Kconfig": text}, new, there=there)
    assert any(said in one.statement for one in found.level_set), [one.statement for one in found.level_set]
