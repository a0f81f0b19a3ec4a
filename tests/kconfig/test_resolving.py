"""Which definition a name gets."""

from __future__ import annotations

from reviewbot.kconfig import KernelConfig
from reviewbot.kconfig.sightings import SourceText
from reviewbot.logic import parse_condition
from tests.kconfig.trees import demo_tree


def rows(symbol: str, *arches: str, from_file: str = "", config: str = "1", **changes: str) -> list[str]:
    report = KernelConfig(demo_tree(**changes)).resolve(symbol, arches=arches, from_file=from_file,
                                                        config=parse_condition(config))
    return [f"{one.arch} {one.status} {one.defined_in or '-'} when {one.condition}" for one in report.resolution]


def test_real_on_one_stub_on_another() -> None:
    """The generic header's fallback is a stub where the architecture has nothing, and where it lacks an MMU."""
    assert rows("set_memory_ro", "fast", "odd", "plain") == [
        "fast real arch/fast/mm/pageattr.c:1 when CONFIG_MMU",
        "fast stub include/linux/set_memory.h:6 when !CONFIG_ARCH_HAS_SET_MEMORY",
        "odd macro arch/odd/include/asm/set_memory.h:7 when CONFIG_ARCH_HAS_SET_MEMORY",
        "plain stub include/linux/set_memory.h:6 when !CONFIG_ARCH_HAS_SET_MEMORY",
    ]


def test_a_wrapper_of_stubs_is_a_stub() -> None:
    """The generic wrapper does the work only where what it calls does."""
    found = rows("set_memory_rox", "fast", "odd", "plain")
    assert [row.split(" when")[0] for row in found] == [
        "fast real include/linux/set_memory.h:9", "fast stub include/linux/set_memory.h:9",
        "odd macro arch/odd/include/asm/set_memory.h:8", "plain stub include/linux/set_memory.h:9"]


def test_a_header_macro_replaces_the_fallback() -> None:
    """`#define can_set can_set` in the architecture's header takes the place of `#ifndef can_set`."""
    assert rows("can_set", "fast", config="MMU") == ["fast real arch/fast/mm/pageattr.c:7 when CONFIG_MMU"]
    assert rows("can_set", "plain") == ["plain undeclared - when !CONFIG_ARCH_HAS_SET_DIRECT_MAP"]


def test_declared_but_not_defined_is_a_link_error() -> None:
    """A prototype that nothing defines under some configuration is `undefined` there, after the real ones."""
    found = rows("map_pages", "fast", config="MMU")
    assert [row.split(" when")[0] for row in found] == [
        "fast real arch/fast/mm/pageattr.c:13", "fast undefined include/linux/mm.h:3"]


def test_two_prototypes_are_one_link_error() -> None:
    """An architecture's header that repeats the generic prototype adds no second place that lacks the function."""
    twice = {"arch__fast__include__asm__kfence.h": "void map_pages(int on);\n"}
    found = rows("map_pages", "fast", config="MMU", **twice)
    assert [row.split(" when")[0] for row in found] == [
        "fast real arch/fast/mm/pageattr.c:13", "fast undefined include/linux/mm.h:3"]


def test_a_file_gets_what_its_includes_give() -> None:
    """Through `--from` a name is undeclared where no included header has it."""
    looks = {"mm__alloc.c": "#include <linux/set_memory.h>\n"}
    assert rows("set_memory_ro", "fast", from_file="mm/alloc.c", config="MMU", **looks) == [
        "fast real arch/fast/mm/pageattr.c:1 when CONFIG_ARCH_HAS_SET_MEMORY && CONFIG_MMU"]
    assert rows("map_pages", "fast", from_file="mm/alloc.c", **looks) == ["fast undeclared - when 1"]
    assert rows("set_memory_ro", "plain", from_file="linux/set_memory.h") == [
        "plain stub include/linux/set_memory.h:6 when !CONFIG_ARCH_HAS_SET_MEMORY"]


def test_a_header_is_asked_for_its_own_fallback() -> None:
    """An `#ifndef` that holds nothing but a function is decided by the macros that the file has seen so far."""
    found = rows("set_memory_rox", "odd", "plain", from_file="linux/set_memory.h")
    assert [row.split(" when")[0] for row in found] == [
        "odd macro arch/odd/include/asm/set_memory.h:8", "plain stub include/linux/set_memory.h:9"]


def test_exports_say_whether_a_module_may_call_it() -> None:
    """The export's condition stands beside the definition."""
    found = KernelConfig(demo_tree()).definition_for("set_memory_ro", "fast", config=parse_condition("MMU"))
    assert str(found[0].exported) == "CONFIG_MMU"
    found = KernelConfig(demo_tree()).definition_for("can_set", "fast", config=parse_condition("MMU"))
    assert str(found[0].exported) == "0"


def test_every_place_is_listed_with_its_kind() -> None:
    """Definitions, prototypes and exports of all architectures, by file and line."""
    report = KernelConfig(demo_tree()).resolve("set_memory_ro")
    assert [(one.file, one.line, one.kind) for one in report.definitions] == [
        ("arch/fast/mm/pageattr.c", 1, "function"), ("arch/fast/mm/pageattr.c", 5, "export"),
        ("arch/odd/include/asm/set_memory.h", 7, "inline"), ("include/asm-generic/set_memory.h", 1, "declaration"),
        ("include/linux/set_memory.h", 6, "inline")]


def test_a_weak_function_gives_way() -> None:
    """A __weak definition counts only where no other one is built."""
    weak = "int __weak set_memory_ro(unsigned long addr, int numpages)\n{\n\treturn 0;\n}\n"
    found = rows("set_memory_ro", "fast", config="MMU", **{"mm__alloc.c": weak})
    assert [row.split(" when")[0] for row in found] == ["fast real arch/fast/mm/pageattr.c:1"]


def test_sightings_in_hostile_layouts() -> None:
    """Calls, comments, strings and names inside bodies are no definitions; attributes and split heads are read."""
    text = b"""\
/* int f(void) { } */
static int __init
f(int a, int (*b)(int))
	__must_hold(x)
{
	f(1);
	return f(2);
}
char *s = "int f(void);";
int f(void) __attribute__((warn_unused_result));
#define f(x) (0)
struct ops o = {
	.f = f,
};
DECLARE(f);
"""
    seen = SourceText("x.c", text).sightings("f")
    assert [(one.line, one.kind, one.stub) for one in seen] == [
        (3, "function", False), (10, "declaration", False), (11, "macro", True)]


def test_a_patch_moves_a_name() -> None:
    """After a patch the changed files are looked at anew and everything else is what it was."""
    before = KernelConfig(demo_tree())
    assert before.resolve("set_memory_ro", arches=["plain"]).resolution[0].status == "stub"
    moved = "int set_memory_ro(unsigned long addr, int numpages)\n{\n\treturn work();\n}\n"
    changes = {"arch/plain/mm.c": moved, "arch/plain/Kbuild": "obj-y += mm.o\n",
               "arch/plain/Kconfig": "config PLAIN\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n",
               "arch/plain/include/asm/set_memory.h": "int set_memory_ro(unsigned long addr, int numpages);\n"}
    after = before.after(demo_tree(**{name.replace("/", "__"): text for name, text in changes.items()}),
                         changed=sorted(changes))
    found = after.resolve("set_memory_ro", arches=["plain", "fast"], config=parse_condition("PLAIN || MMU")).resolution
    assert [(one.arch, one.status, one.defined_in) for one in found] == [
        ("plain", "real", "arch/plain/mm.c:1"), ("fast", "real", "arch/fast/mm/pageattr.c:1")]
    assert before.resolve("set_memory_ro", arches=["plain"]).resolution[0].status == "stub"
