"""Which names a patch takes away, from whom, and who still uses them."""

from __future__ import annotations

import pytest

from reviewbot.checks.changed_names import (
    Holders,
    handed_on,
    is_kernel_code,
    lost_names,
    made_by_macro,
    seen_from,
    uses_of,
)
from reviewbot.logic import FALSE, Var
from reviewbot.source import MemoryTree
from reviewbot.source.lines import line_map
from reviewbot.source.types import PatchedFile

HEADER = "#ifdef CONFIG_DEMO\nint demo_map(void);\n#else\nstatic inline int demo_map(void) { return 0; }\n#endif\n"


def changed(path: str, before: str, after: str, *, removed: tuple[int, ...], added: tuple[int, ...] = ()
            ) -> PatchedFile:
    """Return the file as a patch changes it, with the numbers of the lines that go and come."""
    gone, new = frozenset(removed), frozenset(added)
    return PatchedFile(path=path, old_path=path, before=before.encode(), after=after.encode(), added=new, removed=gone,
                       line_map=line_map(new, gone, old_count=before.count("\n"), new_count=after.count("\n")),
                       applies="clean", note="")


def test_a_function_that_goes() -> None:
    """Its name is hidden from includers and from the linker, and stood where it was."""
    code = "int demo_map(void)\n{\n\treturn 0;\n}\nint demo_keep(void) { return 1; }\n"
    (one,) = lost_names(changed("mm/demo.c", code, code.split("\n", 4)[4], removed=(1, 2, 3, 4)))
    assert (one.name, one.file, one.line) == ("demo_map", "mm/demo.c", 1)
    assert str(one.undefined) == "1"


def test_a_declaration_that_stays_under_one_option() -> None:
    """Taking the stub away hides the name only where the option is not set."""
    after = HEADER.replace("#else\nstatic inline int demo_map(void) { return 0; }\n", "")
    (one,) = lost_names(changed("include/linux/demo.h", HEADER, after, removed=(3, 4)))
    assert (one.name, str(one.hidden), one.undefined) == ("demo_map", "!CONFIG_DEMO", FALSE)


def test_what_only_moves_or_is_no_code_of_a_kernel_is_not_lost() -> None:
    """A function that stands elsewhere in the file afterwards is there; programs beside the kernel are not asked."""
    code = "int demo_map(void) { return 0; }\nint other(void) { return 1; }\n"
    moved = "int other(void) { return 1; }\nint demo_map(void) { return 0; }\n"
    assert lost_names(changed("mm/demo.c", code, moved, removed=(1,), added=(2,))) == ()
    assert lost_names(changed("tools/demo.c", code, "", removed=(1, 2))) == ()


@pytest.mark.parametrize(("path", "built"), [
    ("mm/demo.c", True), ("arch/x86/mm/demo.c", True), ("arch/x86/boot/demo.c", False), ("tools/demo.c", False),
    ("arch/um/os-Linux/demo.c", False), ("Documentation/demo.c", False)])
def test_what_is_built_into_a_kernel(path: str, built: bool) -> None:
    """Boot loaders, tools and User-Mode Linux are programs of their own."""
    assert is_kernel_code(path) is built


def test_who_calls_a_name() -> None:
    """Calls count; a definition, a member of that name, a macro's line and a pointer variable do not."""
    tree = MemoryTree({
        "mm/a.c": "int demo_map(void);\nint f(struct d *d)\n{\n\td->demo_map(1);\n\treturn demo_map();\n}\n",
        "mm/b.c": "#define X demo_map()\nint (*demo_map)(void);\nint g(void) { return demo_map(); }\n"})
    assert [use.line for use in uses_of(tree, "demo_map", "mm/a.c")] == [5]
    assert uses_of(tree, "demo_map", "mm/b.c") == ()
    assert uses_of(tree, "demo_map", "mm/none.c") == ()


def test_who_hands_a_name_on() -> None:
    """As an argument or into a structure; to export it hands nothing on."""
    tree = MemoryTree({"mm/a.c": "EXPORT_SYMBOL(demo_map);\nvoid f(void)\n{\n\tlater(1, demo_map);\n}\n"
                                 "struct ops ops = {\n\t.map = demo_map,\n};\n"})
    assert [use.line for use in handed_on(tree, "demo_map", "mm/a.c")] == [4, 7]


def test_which_headers_show_a_name() -> None:
    """Those of another architecture do not; a header that names it in no clear way leaves it open."""
    tree = MemoryTree({"include/linux/demo.h": "#ifdef CONFIG_DEMO\nint demo_map(void);\n#endif\n",
                       "arch/arm/include/asm/demo.h": "int demo_map(void);\n",
                       "include/linux/odd.h": "DECLARE_THING(demo_map, int);\n"})
    plain = ("include/linux/demo.h", "arch/arm/include/asm/demo.h")
    assert seen_from(tree, "demo_map", plain, near="mm/a.c", arch="x86") == Var("CONFIG_DEMO")
    assert str(seen_from(tree, "demo_map", plain, near="mm/a.c", arch="arm")) == "1"
    assert seen_from(tree, "demo_map", (*plain, "include/linux/odd.h"), near="mm/a.c", arch="x86") is None


def test_a_name_that_a_macro_makes() -> None:
    """An added line that may paste the name together keeps it from being called lost."""
    before = "PAGEFLAG(Other, other)\n"
    after = before + "PAGEFLAG(Demo, demo)\n"
    file = changed("include/linux/demo.h", before, after, removed=(), added=(2,))
    assert made_by_macro(file, "SetPageDemo")
    assert not made_by_macro(file, "SetPageThing")


def test_the_base_is_searched_once_for_a_name() -> None:
    """Later moments of the series read only the files that they change."""
    class Counting(MemoryTree):
        asked = 0

        def search(self, words: object, **how: object) -> tuple[str, ...]:
            Counting.asked += 1
            return super().search(words, **how)  # type: ignore[arg-type]

    base = Counting({"mm/a.c": "demo_map();\n", "mm/b.c": "demo_map();\n"})
    now = MemoryTree({"mm/a.c": "other();\n", "mm/b.c": "demo_map();\n"})
    holders = Holders()
    for _ in range(2):
        assert holders.files(base, base, (), ["demo_map"]) == {"demo_map": ("mm/a.c", "mm/b.c")}
        assert holders.files(base, now, ("mm/a.c",), ["demo_map"]) == {"demo_map": ("mm/b.c",)}
    assert Counting.asked == 1
