"""What a question comes to: through bodies that forward, `switch` over a constant and `#ifdef`."""

from __future__ import annotations

import pytest

from reviewbot.checks.meanings import meaning
from reviewbot.kconfig import KernelConfig
from reviewbot.logic import FALSE, Not, Var
from reviewbot.source import MemoryTree

_KCONFIG = "config X86\n\tdef_bool y\n\nconfig DEMO\n\tbool \"demo\"\n"


def _config(body: str) -> KernelConfig:
    return KernelConfig(MemoryTree({
        "Kconfig": b"source \"arch/$(SRCARCH)/Kconfig\"\n", "arch/x86/Kconfig": _KCONFIG.encode(),
        "arch/x86/include/asm/demo.h": body.encode()}))


@pytest.mark.parametrize(("body", "comes_to"), [
    ("static inline bool demo_has(int what) { return demo_mask; }", "demo_mask"),
    ("static inline bool demo_has(int what) { return !!demo_mask; }", "demo_mask"),
    (("static inline bool demo_has(int what)\n{\n\tswitch (what) {\n\tcase DEMO_ONE:\n\tcase DEMO_ALL:\n"
     "\t\treturn demo_mask;\n\tdefault:\n\t\treturn false;\n\t}\n}"), "demo_mask"),
    ("static inline bool demo_has(int what)\n{\n\tif (what_else)\n\t\treturn false;\n\telse\n\t\treturn demo_mask;\n}",
     "!what_else && demo_mask"),
])
def test_a_question_comes_to_what_its_body_asks(body: str, comes_to: str) -> None:
    """The variables at the end are what a question asks, whatever the way there."""
    found = meaning(_config(body), Var("demo_has(DEMO_ALL)"), "x86")
    assert found is not None
    assert str(found) == comes_to


def test_the_other_half_of_a_body_is_another_answer() -> None:
    """What an `#ifdef` inside the body leaves out answers as its `#else`."""
    body = ("static inline bool demo_has(int what)\n{\n#ifdef CONFIG_DEMO\n\treturn demo_mask;\n#else\n"
            "\treturn false;\n#endif\n}\n")
    found = meaning(_config(body), Not(Var("demo_has(DEMO_ALL)")), "x86")
    assert found is not None
    assert found.assume({"CONFIG_DEMO": False}) == Not(FALSE)
    assert found.assume({"CONFIG_DEMO": True}) == Not(Var("demo_mask"))


@pytest.mark.parametrize("body", [
    "static inline bool demo_has(int what)\n{\n\tcount++;\n\treturn demo_mask;\n}",
    "static inline bool demo_has(int what)\n{\n\tif (what == DEMO_ALL)\n\t\tcount++;\n\treturn demo_mask;\n}",
    "static inline bool demo_has(int what)\n{\n\treturn demo_ask(what);\n}",
    ("static inline bool demo_has(int what)\n{\n\tswitch (mode) {\n\tcase DEMO_ALL:\n\t\treturn true;\n\t}\n"
    "\treturn false;\n}"),
])
def test_a_body_that_does_more_has_no_meaning(body: str) -> None:
    """A body that does more than to test and return, or asks what has no body, is not read."""
    assert meaning(_config(body), Var("demo_has(DEMO_ALL)"), "x86") is None


def test_a_variable_of_one_file_is_not_that_of_another() -> None:
    """Two files may each have a static variable of one name: their answers are not the same."""
    body = "static bool enabled;\n\nbool %s_has(void)\n{\n\treturn enabled;\n}\n"
    files = {f"arch/x86/mm/{name}.c": (body % name).encode() for name in ("one", "other")}
    config = KernelConfig(MemoryTree({
        "Kconfig": b"source \"arch/$(SRCARCH)/Kconfig\"\n", "arch/x86/Kconfig": _KCONFIG.encode(),
        "arch/x86/Makefile": b"core-y += arch/x86/mm/\n", "arch/x86/mm/Makefile": b"obj-y += one.o other.o\n",
        **files}))
    told = [meaning(config, Var(f"{name}_has()"), "x86") for name in ("one", "other")]
    assert told[0] is not None
    assert told[0] != told[1]
