"""A finding names the architectures on which some kernel has the call and gives it a function that can fail."""

from __future__ import annotations

import pytest
from rule_example import TreeExample, findings_in_trees, mails_of

from reviewbot.arch import parse_version
from reviewbot.checks import analyse, find
from reviewbot.checks.gated_headers import changed_kconfig
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.findings.types import Cell, Finding
from reviewbot.mail import read_source
from reviewbot.review import Knowledge, Review, review_series
from reviewbot.series import choose_series, find_series
from reviewbot.source import MemoryTree, apply_series, fragments

ARCHES = ("arm64", "powerpc", "riscv", "s390", "x86")
ALL = ARCHES
SYMBOLS = {"arm64": "ARM64", "powerpc": "PPC", "riscv": "RISCV", "s390": "S390", "x86": "X86"}
TREE = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
    "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\nsource "drivers/Kconfig"\n',
    "Kbuild": "obj-y += drivers/\n",
    "drivers/Kconfig": "config MODULES\n\tbool \"Modules\"\n\tmodules\n",
    "drivers/Makefile": "obj-y += demo.o\n",
    "drivers/demo.c": "int demo;\n",
    **{f"arch/{arch}/Kconfig": f"config {symbol}\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\nconfig MMU\n"
       "\tdef_bool y\n\nconfig ARCH_HAS_SET_MEMORY\n\tbool\n" for arch, symbol in SYMBOLS.items()},
}
TREE["arch/riscv/Kconfig"] += '\nconfig 64BIT\n\tbool "64 bit"\n'
TREE["arch/x86/Kconfig"] += ('\nconfig 64BIT\n\tbool "64 bit"\n\nconfig X86_64\n\tdef_bool y\n\tdepends on 64BIT\n\n'
                             "config X86_32\n\tdef_bool !X86_64\n")
PLAIN = "void demo_seal(void *p, int pages)\n{\n\tset_memory_ro((unsigned long)p, pages);\n}\n"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(())


def guarded(guard: str) -> str:
    return PLAIN.replace("\tset_memory", f"\tif ({guard})\n\t\tset_memory")


def found(knowledge: Knowledge, *changes: dict[str, str], rule: str = "ignored-result") -> tuple[Finding, ...]:
    """Return what the rule finds in patches that change these files, one after the other."""
    moments = [TREE]
    for change in changes:
        moments.append({**moments[-1], **change})
    example = TreeExample(arches=ARCHES, marks={}, moments=tuple(moments))
    return findings_in_trees(example, next(one for one in knowledge.rules if one.id == rule), knowledge)


def arches(knowledge: Knowledge, *changes: dict[str, str]) -> tuple[str, ...]:
    """Return the architectures of the one finding, () for none."""
    findings = found(knowledge, *changes)
    assert len(findings) <= 1
    return findings[0].arch if findings else ()


@pytest.mark.parametrize(("code", "expected"), [
    (PLAIN, ALL),
    (f"#ifdef CONFIG_X86_64\n{PLAIN}#endif\n", ("x86",)),
    (f"#if defined(CONFIG_X86) || defined(CONFIG_ARM64)\n{PLAIN}#endif\n", ("arm64", "x86")),
    (f"#ifndef CONFIG_X86\n{PLAIN}#endif\n", ("arm64", "powerpc", "riscv", "s390")),
    (f"#if !defined(CONFIG_S390) && !defined(CONFIG_PPC)\n{PLAIN}#endif\n", ("arm64", "riscv", "x86")),
    (f"#ifdef CONFIG_X86\nint x;\n#elif defined(CONFIG_ARM64)\n{PLAIN}#endif\n", ("arm64",)),
    (f"#ifdef CONFIG_X86\nint x;\n#else\n{PLAIN}#endif\n", ("arm64", "powerpc", "riscv", "s390")),
    (f"#ifdef CONFIG_S390_MODULE\n{PLAIN}#endif\n", ()),
    (guarded("IS_ENABLED(CONFIG_X86_64)"), ("x86",)),
    (guarded("!IS_ENABLED(CONFIG_X86)"), ("arm64", "powerpc", "riscv", "s390")),
    (guarded("IS_ENABLED(CONFIG_RISCV) && p"), ("riscv",)),
    (PLAIN.replace("\tset_memory", "\tif (!IS_ENABLED(CONFIG_ARM64))\n\t\treturn;\n\tset_memory"), ("arm64",)),
    (PLAIN.replace("\tset_memory", "\tif (IS_ENABLED(CONFIG_X86)) {\n\t\tdemo(p);\n\t} else {\n\t\tset_memory")
     .replace(");\n}", ");\n\t}\n}"), ("arm64", "powerpc", "riscv", "s390")),
    (guarded("IS_MODULE(CONFIG_X86)"), ()),
    (guarded("p && !pages"), ALL),
])
def test_conditions_of_the_line_narrow_the_list(knowledge: Knowledge, code: str, expected: tuple[str, ...]) -> None:
    """The `#if` nest, IS_ENABLED() and its else; a bool is never a module, and what is not understood stays open."""
    assert arches(knowledge, {"drivers/demo.c": code}) == expected


@pytest.mark.parametrize(("entry", "makefile", "expected"), [
    ('config DEMO\n\ttristate "Demo"\n\tdepends on X86 || ARM64\n', "obj-$(CONFIG_DEMO) += demo.o\n", ("arm64", "x86")),
    ('config DEMO\n\ttristate "Demo"\n\tdepends on X86_64 && !UML\n', "obj-$(CONFIG_DEMO) += demo.o\n", ("x86",)),
    ('if S390\nmenu "More"\n\tdepends on MMU\nconfig DEMO\n\tbool "Demo"\nendmenu\nendif\n',
     "obj-$(CONFIG_DEMO) += demo.o\n", ("s390",)),
    ('menu "More"\n\tdepends on !X86\nmenu "Most"\nconfig DEMO\n\tbool "Demo"\nendmenu\nendmenu\n',
     "obj-$(CONFIG_DEMO) := whole.o\nwhole-y := demo.o other.o\n", ("arm64", "powerpc", "riscv", "s390")),
    ("config DEMO\n\tbool\n\tdefault y if RISCV\n", "obj-$(CONFIG_DEMO) += demo.o\n", ("riscv",)),
    ("config DEMO\n\tbool\n", "obj-$(CONFIG_DEMO) += demo.o\n", ()),
    ('config DEMO\n\tbool "Demo"\n\tdepends on PPC\n', "ifeq ($(CONFIG_DEMO),y)\nobj-y += demo.o\nendif\n",
     ("powerpc",)),
    ('config DEMO\n\tbool "Demo"\n\tdepends on PPC\n', "ifndef CONFIG_DEMO\nobj-y += demo.o\nendif\n", ALL),
    ('config DEMO\n\tbool "Demo"\n\tdepends on X86\n', "obj-$(subst m,y,$(CONFIG_DEMO)) += demo.o\n", ("x86",)),
    ('config DEMO\n\tbool "Demo"\n\tdepends on X86\n', "obj-$(CONFIG_DEMO) += demo.o\nccflags-y += -O2\n", ("x86",)),
    ("", "obj-y += other.o\n", ALL),  # nobody says how the file is built
])
def test_what_builds_the_file_narrows_the_list(knowledge: Knowledge, entry: str, makefile: str,
                                               expected: tuple[str, ...]) -> None:
    """Menus, `if` blocks, dependencies and defaults of the option that builds the file, as the Makefile asks for it."""
    change = {"drivers/demo.c": PLAIN, "drivers/Makefile": makefile, "drivers/Kconfig": TREE["drivers/Kconfig"] + entry}
    assert arches(knowledge, change) == expected


def test_a_folder_that_some_architectures_enter_narrows_the_list(knowledge: Knowledge) -> None:
    """`obj-y += sub/` below a conditional counts for every file in it."""
    change = {"drivers/Makefile": "ifdef CONFIG_X86\nobj-y += sub/\nendif\n", "drivers/sub/Makefile": "obj-y += d.o\n",
              "drivers/sub/d.c": PLAIN}
    assert arches(knowledge, change) == ("x86",)


SEAL = """\
#ifdef CONFIG_ARCH_HAS_SEAL
int seal(void *p, int pages);
#else
static inline int seal(void *p, int pages)
{
	return 0;
}
#endif
"""
SEALED = """\
#include <linux/seal.h>

int seal(void *p, int pages)
{
	return set_memory_rox((unsigned long)p, pages);
}
"""
USER = "#include <linux/seal.h>\n\nvoid demo_done(void *p, int pages)\n{\n\tseal(p, pages);\n}\n"


def with_gate(arch: str, more: str = "") -> dict[str, str]:
    config = TREE[f"arch/{arch}/Kconfig"].replace("def_bool y\n", f"def_bool y\n\tselect ARCH_HAS_SEAL{more}\n", 1)
    return {f"arch/{arch}/Kconfig": config}


GATE = {"drivers/Kconfig": TREE["drivers/Kconfig"] + "\nconfig ARCH_HAS_SEAL\n\tbool\n"}


@pytest.mark.parametrize("helper", [
    {"include/linux/seal.h": SEAL, "drivers/seal.c": f"#ifdef CONFIG_ARCH_HAS_SEAL\n{SEALED}#endif\n",
     "drivers/Makefile": "obj-y += demo.o seal.o\n"},
    {"include/linux/seal.h": SEAL, "drivers/seal.c": SEALED,
     "drivers/Makefile": "obj-y += demo.o\nobj-$(CONFIG_ARCH_HAS_SEAL) += seal.o\n"},
    {"include/linux/seal.h": "int seal(void *p, int pages);\n", "drivers/Makefile": "obj-y += demo.o seal.o\n",
     "drivers/seal.c": SEALED.replace("\treturn", "\tif (!IS_ENABLED(CONFIG_ARCH_HAS_SEAL))\n\t\treturn 0;\n\treturn")},
], ids=["gate in the C file", "gate in the Makefile", "gate in the code"])
@pytest.mark.parametrize(("gates", "expected"), [
    ([with_gate("x86")], ("x86",)),
    ([with_gate("arm64"), with_gate("s390", " if MMU")], ("arm64", "s390")),
    ([with_gate("x86", " if X86_64")], ("x86",)),
    ([with_gate("x86", " if !MMU")], ()),
    ([], ()),
])
def test_a_gate_that_a_later_patch_selects_counts(knowledge: Knowledge, helper: dict[str, str],
                                                  gates: list[dict[str, str]], expected: tuple[str, ...]) -> None:
    """The helper is real where its gate is set, at the latest at the end of the series; nobody else is named."""
    findings = found(knowledge, {**GATE, **helper}, {"drivers/demo.c": USER}, *gates)
    assert [(one.patch, one.arch) for one in findings] == ([(2, expected)] if expected else [])


def without_tree(knowledge: Knowledge, *changes: dict[str, str]) -> tuple[Finding, ...]:
    """Return what is found in the hunks alone."""
    moments = [TREE]
    for change in changes:
        moments.append({**moments[-1], **change})
    example = TreeExample(arches=ARCHES, marks={}, moments=tuple(moments))
    series = choose_series(find_series(read_source(mails_of(example), name="example")))
    review = review_series(series, fragments(series), knowledge, version=parse_version("6.12"), arches=ARCHES)
    return tuple(one for one in review.findings if one.category == "ret-ignored" and one.introduced)


@pytest.mark.parametrize(("changes", "expected"), [
    ([{"drivers/demo.c": f"#ifdef CONFIG_X86_64\n{PLAIN}#endif\n"}], ("x86",)),
    ([{"drivers/demo.c": guarded("IS_ENABLED(CONFIG_PPC_PSERIES)")}], ("powerpc",)),
    ([{"drivers/demo.c": f"#if defined(CONFIG_ARM64) || defined(CONFIG_RISCV)\n{PLAIN}#endif\n"}], ("arm64", "riscv")),
    ([{"drivers/demo.c": PLAIN, "drivers/Makefile": "obj-$(CONFIG_DEMO) += demo.o\n", "drivers/Kconfig":
       TREE["drivers/Kconfig"] + '\nconfig DEMO\n\ttristate "Demo"\n\tdepends on X86 || S390\n'}], ("s390", "x86")),
    ([{"include/linux/seal.h": SEAL, "drivers/seal.c": SEALED}, {"drivers/demo.c": USER},
      with_gate("x86", " if X86_64")], ("x86",)),
    ([{**GATE, "include/linux/seal.h": SEAL, "drivers/seal.c": SEALED}, {"drivers/demo.c": USER}], ()),
    ([{"drivers/demo.c": PLAIN, "drivers/Makefile": "obj-$(CONFIG_DEMO) += demo.o\n", "drivers/Kconfig":
       TREE["drivers/Kconfig"] + '\nconfig DEMO\n\ttristate "Demo"\n\tdepends on ARCH_HAS_SET_MEMORY\n'},
      with_gate("riscv")], ALL),  # who else selected before what riscv selects is in no hunk
])
def test_without_a_tree_names_and_hunks_narrow_the_list(knowledge: Knowledge, changes: list[dict[str, str]],
                                                        expected: tuple[str, ...]) -> None:
    """A symbol that is named after an architecture, an entry's dependencies and a `select` in another patch count."""
    assert [one.arch for one in without_tree(knowledge, *changes)] == ([expected] if expected else [])


def test_all_statements_of_a_review_agree(knowledge: Knowledge) -> None:
    """What the level set says cannot be set or built on an architecture no finding and no cell names there."""
    entry = ('config DEMO\n\tbool "Demo"\n\tdepends on X86 || ARM64\n\nconfig DEMO_MORE\n\tbool "More"\n'
             "\tdepends on ARM64\n")
    change = {"drivers/demo.c": guarded("IS_ENABLED(CONFIG_DEMO_MORE)"), "drivers/Makefile":
              "obj-$(CONFIG_DEMO) += demo.o\n", "drivers/Kconfig": TREE["drivers/Kconfig"] + entry}
    example = TreeExample(arches=ARCHES, marks={}, moments=(TREE, {**TREE, **change}))
    series = choose_series(find_series(read_source(mails_of(example), name="example")))
    tree = MemoryTree({path: text.encode() for path, text in TREE.items()})
    review = review_series(series, apply_series(series, tree), knowledge, version=parse_version("6.12"), arches=ARCHES)
    never = {arch for entry in review.level_set if entry.topic == "What cannot be built"
             for arch in entry.arch.split(", ")}
    named = {arch for finding in review.findings for arch in finding.arch} | {cell.arch for cell in review.behaviour}
    assert named == {"arm64"}
    assert not never & named


def test_a_call_that_moves_into_a_file_that_is_not_built_is_gone_there(knowledge: Knowledge) -> None:
    """Each side of a row is there only where some kernel has it; a row without any side is no row."""
    base = {**TREE, "drivers/demo.c": PLAIN, "drivers/Makefile": "obj-y += demo.o\nobj-$(CONFIG_X86) += more.o\n",
            "drivers/more.c": "int more;\n"}
    change = {"drivers/demo.c": "int demo;\n", "drivers/more.c": f"int more;\n\n{PLAIN}"}
    example = TreeExample(arches=ARCHES, marks={}, moments=(base, {**base, **change}))
    series = choose_series(find_series(read_source(mails_of(example), name="example")))
    tree = MemoryTree({path: text.encode() for path, text in base.items()})
    review = review_series(series, apply_series(series, tree), knowledge, version=parse_version("6.12"), arches=ARCHES)
    after = {cell.arch: cell.after.resolves_to for cell in review.behaviour if cell.function == "demo_seal"
             and cell.before.resolves_to != "absent"}
    assert {arch for arch, where in after.items() if where == "absent"} == {"arm64", "powerpc", "riscv", "s390"}


def test_a_driver_of_another_architecture_brings_it_into_the_review(knowledge: Knowledge) -> None:
    """The review is about six architectures, and about those that alone can build what the series calls."""
    base = {**TREE, "arch/arm/Kconfig": "config ARM\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\nconfig MMU\n"
            "\tdef_bool y\n\nconfig ARCH_HAS_SET_MEMORY\n\tbool\n"}
    tree = MemoryTree({path: text.encode() for path, text in base.items()})
    named = []
    for depends in ("ARM", "ARM || X86"):
        entry = f'config DEMO\n\tbool "Demo"\n\tdepends on {depends}\n'
        change = {"drivers/demo.c": PLAIN, "drivers/Makefile": "obj-$(CONFIG_DEMO) += demo.o\n",
                  "drivers/Kconfig": TREE["drivers/Kconfig"] + entry}
        example = TreeExample(arches=ARCHES, marks={}, moments=(base, {**base, **change}))
        series = choose_series(find_series(read_source(mails_of(example), name="example")))
        review = review_series(series, apply_series(series, tree), knowledge, version=parse_version("6.12"))
        named.append({arch for finding in review.findings for arch in finding.arch})
    assert named == [{"arm"}, {"x86"}]


@pytest.mark.parametrize(("option", "arches"), [
    ("obj-$(CONFIG_DEMO) += demo.o\n", [("s390",)]),
    ("obj-$(subst m,y,$(CONFIG_DEMO)) += demo.o\n", []),
    ("ifdef CONFIG_DEMO\nobj-y += demo.o\nendif\n", []),
])
def test_a_module_of_one_architecture_needs_the_export(knowledge: Knowledge, option: str,
                                                       arches: list[tuple[str, ...]]) -> None:
    """Whether a file can be a module is asked where it can be built, and of the way in which it is listed."""
    entry = 'config DEMO\n\ttristate "Demo"\n\tdepends on S390\n'
    base = {"drivers/Makefile": option, "drivers/Kconfig": TREE["drivers/Kconfig"] + entry,
            "Kbuild": "obj-y += drivers/ mm/\n", "mm/Makefile": "obj-y += lib.o\n",
            "include/linux/lib.h": "int set_memory_4k(unsigned long addr, int numpages);\n",
            "mm/lib.c": "int set_memory_4k(unsigned long addr, int numpages)\n{\n\treturn addr ? 0 : -1;\n}\n"}
    call = ("#include <linux/lib.h>\n\nint demo_split(void *p)\n{\n"
            "\treturn set_memory_4k((unsigned long)p, 1);\n}\n")
    assert [one.arch for one in found(knowledge, base, {"drivers/demo.c": call}, rule="not-exported")] == arches


def test_the_same_gate_is_asked_once(knowledge: Knowledge) -> None:
    """A question is answered from what is known already."""
    moments = (TREE, {**TREE, "drivers/demo.c": PLAIN})
    example = TreeExample(arches=ARCHES, marks={}, moments=moments)
    [series] = find_series(read_source(mails_of(example), name="example")).series
    tree = MemoryTree({path: text.encode() for path, text in TREE.items()})
    analysis = analyse(series=series, patched=apply_series(series, tree), family=knowledge.family,
                       model=knowledge.model, version=parse_version("6.12"), arches=ARCHES)
    find(knowledge.rules, analysis)
    before = len(analysis.reach._known)
    find(knowledge.rules, analysis)
    assert len(analysis.reach._known) == before


def test_an_older_tree_rules_nothing_out(knowledge: Knowledge) -> None:
    """An option that depends on what the tree lacks cannot be set; where the series fits in part, nobody knows."""
    entry = 'config DEMO\n\tbool "Demo"\n\tdepends on LTO_DEMO\n'
    change = {"drivers/demo.c": PLAIN, "drivers/Makefile": "obj-$(CONFIG_DEMO) += demo.o\n",
              "drivers/Kconfig": TREE["drivers/Kconfig"] + entry}
    assert arches(knowledge, change) == ()
    theirs = {**TREE, "drivers/other.c": "int newer;\nint same;\n"}
    after = {**theirs, **change, "drivers/other.c": "int newer;\nint other;\n"}
    rule = next(one for one in knowledge.rules if one.id == "ignored-result")
    [one] = findings_in_trees(TreeExample(arches=ARCHES, marks={}, moments=(theirs, after)), rule, knowledge,
                              base={**TREE, "drivers/other.c": "char unlike;\n"})
    assert one.arch == ALL


def test_an_older_tree_does_not_open_another_gate(knowledge: Knowledge) -> None:
    """Of two things that an option needs one is unknown to the tree and one is selected by a later patch on a single
    architecture: the others cannot set the option, whatever becomes of the unknown."""
    entry = ('config ARCH_SUPPORTS_DEMO\n\tbool\n\nconfig DEMO\n\tbool "Demo"\n'
             "\tdepends on LTO_DEMO && ARCH_SUPPORTS_DEMO\n\nconfig DEMO_MORE\n\tbool \"More\"\n\tdepends on DEMO\n")
    change = {"drivers/demo.c": guarded("IS_ENABLED(CONFIG_DEMO_MORE)"), "drivers/Kconfig": TREE["drivers/Kconfig"] +
              entry, "drivers/Makefile": "obj-$(CONFIG_DEMO) += demo.o\n"}
    gate = {"arch/arm64/Kconfig": TREE["arch/arm64/Kconfig"].replace(
        "def_bool y\n", "def_bool y\n\tselect ARCH_SUPPORTS_DEMO\n", 1)}
    theirs = {**TREE, "drivers/other.c": "int newer;\nint same;\n"}
    moments = (theirs, {**theirs, **change, "drivers/other.c": "int newer;\nint other;\n"})
    rule = next(one for one in knowledge.rules if one.id == "ignored-result")
    [one] = findings_in_trees(TreeExample(arches=ARCHES, marks={}, moments=(*moments, {**moments[-1], **gate})), rule,
                              knowledge, base={**TREE, "drivers/other.c": "char unlike;\n"})
    assert one.arch == ("arm64",)


WEAK = "int __weak arch_prepare(void *p, int pages)\n{\n\treturn -EOPNOTSUPP;\n}\n"
STRONG = {"arch/x86/Makefile": "obj-y += demo_x86.o\n", "arch/x86/Kbuild": "obj-y += demo_x86.o\n",
          "arch/x86/demo_x86.c": "int arch_prepare(void *p, int pages)\n{\n\treturn pages ? demo(p) : 0;\n}\n"}


def prepared(test: str) -> str:
    return PLAIN.replace("\tset_memory", f"\tint ret;\n\n{test}\tset_memory")


@pytest.mark.parametrize(("test", "expected"), [
    ("\tret = arch_prepare(p, pages);\n\tif (ret < 0)\n\t\tgoto out;\n", ("x86",)),
    ("\tret = arch_prepare(p, pages);\n\n\t/* may fail */\n\tif (ret)\n\t\treturn;\n", ("x86",)),
    ("\tif (arch_prepare(p, pages))\n\t\treturn;\n", ("x86",)),
    ("\tif ((ret = arch_prepare(p, pages)) < 0)\n\t\treturn;\n", ("x86",)),
    ("\tret = arch_prepare(p, pages);\n\tif (ret == -EINVAL)\n\t\treturn;\n", ALL),
    ("\tret = arch_prepare(p, pages);\n\tret = demo(p);\n\tif (ret < 0)\n\t\treturn;\n", ALL),
    ("\tif (p)\n\t\tret = arch_prepare(p, pages);\n\tif (ret < 0)\n\t\treturn;\n", ALL),
    ("\tret = arch_prepare(p, pages);\n\tif (ret > 0)\n\t\treturn;\n", ALL),
    ("\tret = arch_prepare(p, pages);\n\tif (ret >= 0)\n\t\treturn;\n", ALL),
    ("\tret = demo(arch_prepare(p, pages));\n\tif (ret < 0)\n\t\treturn;\n", ALL),
])
def test_a_weak_function_that_only_fails_ends_the_way(knowledge: Knowledge, test: str,
                                                      expected: tuple[str, ...]) -> None:
    """Where no other body replaces the `__weak` one, which returns an error alone, nothing behind its test runs."""
    code = prepared(test).replace(";\n}", ";\nout:\n\treturn;\n}") if "out" in test else prepared(test)
    base = {**STRONG, "drivers/Makefile": "obj-y += demo.o weak.o\n", "drivers/weak.c": WEAK,
            "Kbuild": "obj-y += drivers/ arch/$(SRCARCH)/\n"}
    assert arches(knowledge, base, {"drivers/demo.c": code}) == expected


@pytest.mark.parametrize("caller", [
    PLAIN.replace("void demo_seal", "void __weak demo_seal"),
    ("static void seal(void *p, int pages)\n{\n\tset_memory_ro((unsigned long)p, pages);\n}\n\n"
    "void __weak demo_seal(void *p, int pages)\n{\n\tseal(p, pages);\n}\n")])
def test_the_body_that_an_architecture_replaces_is_not_its_own(knowledge: Knowledge, caller: str) -> None:
    """A call in a `__weak` function, or the way through one, is no code of the architecture that has another body."""
    base = {"arch/x86/Makefile": "obj-y += demo_x86.o\n", "arch/x86/Kbuild": "obj-y += demo_x86.o\n",
            "arch/x86/demo_x86.c": "void demo_seal(void *p, int pages)\n{\n}\n",
            "Kbuild": "obj-y += drivers/ arch/$(SRCARCH)/\n"}
    rows = rows_of(knowledge, base, {"drivers/demo.c": caller})
    assert {arch for function, arch in rows if function == "demo_seal"} == {"arm64", "powerpc", "riscv", "s390"}


def rows_of(knowledge: Knowledge, *changes: dict[str, str]) -> set[tuple[str, str]]:
    """Return function and architecture of the rows of the review of the last change."""
    return {(cell.function, cell.arch) for cell in cells_of(knowledge, *changes)}


def cells_of(knowledge: Knowledge, *changes: dict[str, str]) -> tuple[Cell, ...]:
    """Return the rows of the review of the last change."""
    return review_of(knowledge, TREE, *changes).behaviour


def review_of(knowledge: Knowledge, *changes: dict[str, str]) -> Review:
    """Return the review of the last of these changes, on a tree with the others."""
    moments: list[dict[str, str]] = [{}]
    for change in changes:
        moments.append({**moments[-1], **change})
    example = TreeExample(arches=ARCHES, marks={}, moments=tuple(moments[-2:]))
    series = choose_series(find_series(read_source(mails_of(example), name="example")))
    tree = MemoryTree({path: text.encode() for path, text in moments[-2].items()})
    return review_series(series, apply_series(series, tree), knowledge, version=parse_version("6.12"), arches=ARCHES)


GUARDED = "#include <linux/stack.h>\n\n" + PLAIN
STACK = "#include <asm/page.h>\n\n#ifndef STACK_GUARD_SIZE\n#error no stack guard\n#endif\n"
PAGES = {**{f"arch/{arch}/include/asm/page.h": "#define PAGE_SIZE 4096\n" for arch in ARCHES},
         "include/linux/stack.h": "#include <asm/page.h>\n"}
X86_PAGE = {"arch/x86/include/asm/page.h": "#define PAGE_SIZE 4096\n#ifdef CONFIG_X86_64\n#define STACK_GUARD_SIZE 1\n"
            "#endif\n"}


@pytest.mark.parametrize(("header", "code", "expected"), [
    (STACK, GUARDED, ("x86",)),
    (STACK, PLAIN, ALL),
    (STACK.replace("#ifndef STACK_GUARD_SIZE", "#if PAGE_SIZE < 4096"), GUARDED, ALL),
    (STACK.replace("#ifndef STACK_GUARD_SIZE", "#ifdef CONFIG_S390"), GUARDED, ("arm64", "powerpc", "riscv", "x86")),
    (STACK, GUARDED.replace("#include", "#ifdef CONFIG_64BIT\n#include").replace(">\n", ">\n#endif\n"), ALL),
])
def test_an_error_line_stops_the_architectures_that_meet_it(knowledge: Knowledge, header: str, code: str,
                                                            expected: tuple[str, ...]) -> None:
    """An `#error` that the series brings into a header which the file includes leaves those whose headers escape it."""
    change = {"drivers/demo.c": code, "include/linux/stack.h": header, **X86_PAGE}
    assert arches(knowledge, PAGES, change) == expected


def test_the_width_whose_header_escapes_the_error_is_named(knowledge: Knowledge) -> None:
    """Where the macro stands in a header that one width alone includes, a row is of kernels of that width."""
    wide = {"arch/x86/include/asm/page.h": "#define PAGE_SIZE 4096\n#ifdef CONFIG_X86_64\n#include <asm/page_64.h>\n"
            "#endif\n", "arch/x86/include/asm/page_64.h": "#include <asm/page_64_types.h>\n",
            "arch/x86/include/asm/page_64_types.h": "#define STACK_GUARD_SIZE 1\n"}
    rows = cells_of(knowledge, PAGES, {"drivers/demo.c": GUARDED, "include/linux/stack.h": STACK, **wide})
    assert {(cell.arch, cell.config) for cell in rows} == {("x86", (("X86_64", "y"),))}


def test_a_later_definition_escapes_the_error(knowledge: Knowledge) -> None:
    """The macro whose want stops the build may come with a later patch."""
    change = {"drivers/demo.c": GUARDED, "include/linux/stack.h": STACK, **X86_PAGE}
    later = {"arch/arm64/include/asm/page.h": "#define PAGE_SIZE 4096\n#define STACK_GUARD_SIZE 2\n"}
    assert arches(knowledge, PAGES, change, later) == ("arm64", "x86")


SVM = {
    "arch/powerpc/Kconfig": TREE["arch/powerpc/Kconfig"] + '\nconfig PPC_SVM\n\tbool "SVM"\n'
    "\tselect ARCH_HAS_MEM_ENCRYPT\n\nconfig ARCH_HAS_MEM_ENCRYPT\n\tbool\n",
    "arch/powerpc/Kbuild": "obj-y += platforms/\n", "arch/powerpc/platforms/Makefile": "obj-y += pseries/\n",
    "arch/powerpc/platforms/pseries/Makefile": "obj-$(CONFIG_PPC_SVM) += svm.o\n",
    "arch/powerpc/platforms/pseries/svm.c": "int set_memory_encrypted(unsigned long addr, int numpages)\n{\n"
    "\tuv_unshare_page(addr, numpages);\n\treturn 0;\n}\n",
    "arch/powerpc/include/asm/mem_encrypt.h": "int set_memory_encrypted(unsigned long addr, int numpages);\n",
    "include/linux/mem_encrypt.h": "#ifdef CONFIG_ARCH_HAS_MEM_ENCRYPT\n#include <asm/mem_encrypt.h>\n#else\n"
    "static inline int set_memory_encrypted(unsigned long addr, int numpages)\n{\n\treturn 0;\n}\n#endif\n",
}
SHARE = ("#include <linux/mem_encrypt.h>\n\nint demo_share(void *p, int pages)\n{\n"
         "\treturn set_memory_encrypted((unsigned long)p, pages);\n}\n")


@pytest.mark.parametrize(("makefile", "config"), [
    ("obj-y += demo.o\n", (("PPC_SVM", "y"),)),
    ("obj-$(CONFIG_PPC_SVM) += demo.o\n", (("PPC_SVM", "y"),)),
])
def test_a_row_carries_the_option_that_its_definition_needs(knowledge: Knowledge, makefile: str,
                                                            config: tuple[tuple[str, str], ...]) -> None:
    """A file that an option builds is what the call gets under that option alone."""
    rows = cells_of(knowledge, {**SVM, "drivers/Makefile": makefile}, {"drivers/demo.c": SHARE})
    assert [cell.config for cell in rows if cell.arch == "powerpc"
            and cell.after.resolves_to.startswith("arch/powerpc")] == [config]


def test_what_the_tree_has_already_changes_no_definition() -> None:
    """An entry that is taken out of the tree first, as the series adds it, was selected by what came later: that an
    architecture which the series leaves alone gets another definition by it is none of the series' doing."""
    gate = "\nconfig ARCH_HAS_MEM_ENCRYPT\n\tbool\n"
    old = {path: text.replace(gate, "") for path, text in {**TREE, **SVM}.items()}
    old["Kconfig"] = 'source "arch/$(SRCARCH)/Kconfig"\n\nconfig FIRST\n\tbool\n\nconfig LAST\n\tbool\n'
    new = {**old, "Kconfig": old["Kconfig"].replace("\nconfig LAST", gate + "\nconfig LAST"),
           "arch/x86/Kconfig": old["arch/x86/Kconfig"].replace(
               "def_bool y\n", "def_bool y\n\tselect ARCH_HAS_MEM_ENCRYPT\n", 1)}
    example = TreeExample(arches=ARCHES, marks={}, moments=(old, new))
    series = choose_series(find_series(read_source(mails_of(example), name="example")))
    lines = []
    for base in (old, new):
        tree = MemoryTree({path: text.encode() for path, text in base.items()})
        [state] = apply_series(series, tree).states
        lines.append({line.file for line in changed_kconfig(state)})
    assert lines == [{"Kconfig", "arch/x86/Kconfig"}, {"arch/x86/Kconfig"}]


NEEDS = ("#define NEEDS_OFF(test, config) do {\t\\\n\tif (IS_ENABLED(config)) {\t\\\n\t\tskip(test);\t\\\n"
         "\t\treturn;\t\\\n"
         "\t}\t\\\n} while (0)\n\n#define NOTED(test, config) note(test, #config)\n\n")


@pytest.mark.parametrize(("code", "expected"), [
    (NEEDS + PLAIN.replace("\tset_memory", "\tNEEDS_OFF(p, CONFIG_X86);\n\n\tset_memory"),
     ("arm64", "powerpc", "riscv", "s390")),
    (NEEDS.replace("(IS_ENABLED", "(!IS_ENABLED")
     + PLAIN.replace("\tset_memory", "\tNEEDS_OFF(p, CONFIG_X86);\n\tset_memory"),
     ("x86",)),
    ("#define NEEDS_OFF(test, config) do {\t\\\n\tif (IS_ENABLED(config))\t\\\n\t\tkunit_skip((test), #config);\t\\\n"
     "} while (0)\n\n" + PLAIN.replace("\tset_memory", "\tNEEDS_OFF(p, CONFIG_X86);\n\tset_memory"),
     ("arm64", "powerpc", "riscv", "s390")),
    (NEEDS + PLAIN.replace(";\n}", ";\n\tNEEDS_OFF(p, CONFIG_X86);\n}"), ALL),
    (NEEDS + PLAIN.replace("\tset_memory", "\tNOTED(p, CONFIG_X86);\n\tset_memory"), ALL),
    (PLAIN.replace("\tset_memory", "\tNEEDS_OFF(p, CONFIG_X86);\n\tset_memory"), ()),  # nobody knows what it does
])
def test_a_macro_that_leaves_for_want_of_an_option_narrows_the_list(knowledge: Knowledge, code: str,
                                                                    expected: tuple[str, ...]) -> None:
    """A statement that hands an option to a macro which may return is a test; of an unknown one nothing is claimed."""
    assert arches(knowledge, {"drivers/demo.c": code}) == expected


def test_a_weak_answer_in_the_file_itself_is_not_everybodys(knowledge: Knowledge) -> None:
    """A `__weak` function beside the call answers for the architectures that have no other body, and for no other."""
    weak = "bool __weak demo_isolated(void)\n{\n\treturn false;\n}\n\n"
    base = {"arch/x86/Makefile": "obj-y += demo_x86.o\n", "arch/x86/Kbuild": "obj-y += demo_x86.o\n",
            "arch/x86/demo_x86.c": "bool demo_isolated(void)\n{\n\treturn isolation;\n}\n",
            "Kbuild": "obj-y += drivers/ arch/$(SRCARCH)/\n", "drivers/demo.c": weak + "int demo;\n"}
    change = {"drivers/demo.c": weak + guarded("demo_isolated()")}
    assert arches(knowledge, base, change) == ("x86",)
    assert {arch for function, arch in rows_of(knowledge, base, change) if function == "demo_seal"} == {"x86"}


@pytest.mark.parametrize(("symbol", "said"), [("DEMO", True), ("X86_64", False), ("RVDEMO", False)])
def test_what_cannot_be_set_is_told_where_the_name_does_not_tell_it(knowledge: Knowledge, symbol: str, said: bool
                                                                    ) -> None:
    """A new option is missing elsewhere for want of what it depends on; X86_64 on s390 is nobody's question, nor is on
    x86 what only the files of riscv have."""
    seal = (f"void seal(void *p, int pages)\n{{\n\tif (IS_ENABLED(CONFIG_{symbol}))\n"
            "\t\tset_memory_ro((unsigned long)p, pages);\n}\n")
    change = {"drivers/demo.c": f"{seal}\nvoid demo_seal(void *p)\n{{\n\tseal(p, 1);\n}}\n", "drivers/Kconfig":
              TREE["drivers/Kconfig"] + '\nconfig DEMO\n\tbool "Demo"\n\tdepends on ARM64 || X86\n',
              "arch/riscv/Kconfig": TREE["arch/riscv/Kconfig"] + "\nconfig RVDEMO\n\tdef_bool y\n"}
    told = [entry for entry in review_of(knowledge, TREE, change).level_set if entry.topic == "What cannot be built"]
    assert [(one.arch, one.statement) for one in told] == ([("powerpc, riscv, s390", "DEMO cannot be set.")] if said
                                                           else [])
    assert all("DEMO depends on ARM64 || X86" in because.text for one in told for because in one.because)


def test_of_what_is_declared_on_neither_side_nothing_is_said(knowledge: Knowledge) -> None:
    """A call that compiles neither before nor after the patch is in no kernel of the architecture."""
    call = "int demo_spread(void *p)\n{\n\treturn set_memory_4k((unsigned long)p, 1);\n}\n"
    base = {**TREE, "drivers/demo.c": call, "arch/x86/include/asm/set_memory.h":
            "int set_memory_4k(unsigned long addr, int numpages);\n"}
    change = {**base, "drivers/demo.c": call.replace("\treturn", "\tdemo_count(p);\n\treturn")}
    rows = {cell.arch: cell.seen for cell in review_of(knowledge, base, change).behaviour}
    assert rows["x86"] == "same"
    assert not {"arm64", "powerpc", "riscv"} & rows.keys()


def test_a_finding_is_not_of_an_architecture_on_which_nobody_calls_the_function(knowledge: Knowledge) -> None:
    """A dropped result in generic code can get lost where something calls the function."""
    caller = {"arch/x86/Kbuild": "obj-y += setup.o\n",
              "arch/x86/setup.c": "void demo_setup(void)\n{\n\tdemo_seal(start, 1);\n}\n"}
    assert arches(knowledge, {}, {"drivers/demo.c": PLAIN}) == ALL
    assert arches(knowledge, caller, {"drivers/demo.c": PLAIN}) == ("x86",)


def test_files_that_one_option_builds_are_one_sentence(knowledge: Knowledge) -> None:
    """Of two drivers behind one option it is said once that another architecture builds neither."""
    base = {**TREE, "drivers/one.c": PLAIN.replace("demo", "one"), "drivers/two.c": PLAIN.replace("demo", "two"),
            "drivers/Makefile": "obj-$(CONFIG_DEMO) += one.o two.o\n", "drivers/Kconfig":
            TREE["drivers/Kconfig"] + '\nconfig DEMO\n\ttristate "Demo"\n\tdepends on X86 || S390\n'}
    change = {path: "#include <linux/set_memory.h>\n" + base[path].replace(", 1)", ", 2)").replace("pages)", "more)")
              for path in ("drivers/one.c", "drivers/two.c")}
    change = {path: f"{text}\nint {path[8:11]}_seal(void *p)\n{{\n\treturn set_memory_rw((unsigned long)p, 1);\n}}\n"
              for path, text in change.items()}
    told = [entry.statement for entry in review_of(knowledge, base, change).level_set
            if entry.topic == "What cannot be built"]
    assert told == ["No configuration builds drivers/one.c and drivers/two.c, so what changes there changes nothing."]


def test_a_new_option_is_told_by_the_calls_that_need_it(knowledge: Knowledge) -> None:
    """Where a new call is made only with an option, or one that depends on it, what follows is what is said of the
    call; of one on which a call hangs that nothing is said of it stays open."""
    last = guarded("IS_ENABLED(CONFIG_DEMO_LAST)")
    more = last.replace("demo_seal", "demo_more").replace("LAST", "MORE")
    entries = "".join(f'\nconfig {name}\n\tbool "{name}"\n{rest}' for name, rest in (
        ("DEMO", ""), ("DEMO_MORE", "\tdepends on DEMO\n"), ("DEMO_LAST", "")))
    found = review_of(knowledge, {**TREE, "drivers/demo.c": last}, {
        "drivers/demo.c": last.replace("\tif", "\tdemo_count(1);\n\tif") + more,
        "drivers/Kconfig": TREE["drivers/Kconfig"] + entries})
    assert {cell.function for cell in found.behaviour if cell.changed} == {"demo_more"}
    assert [one.statement for one in found.level_set if "not all that follows" in one.statement] == [
        "Patch 1 adds DEMO_LAST in drivers/Kconfig; not all that follows was worked out."]


def test_an_option_that_moves_is_not_new(knowledge: Knowledge) -> None:
    """Where the tree had the option in another file, that a call needs it does not tell what the move comes to."""
    entry = '\nconfig DEMO_MORE\n\tbool "More"\n'
    here, there = "drivers/Kconfig", "arch/x86/Kconfig"
    found = review_of(knowledge, {**TREE, there: TREE[there] + entry}, {
        there: TREE[there], here: TREE[here] + entry, "drivers/demo.c": guarded("IS_ENABLED(CONFIG_DEMO_MORE)")})
    said = " ".join(one.statement for one in found.level_set)
    assert "adds DEMO_MORE in drivers/Kconfig; not all that follows was worked out" in said


def test_an_option_of_another_architecture_is_named(knowledge: Knowledge) -> None:
    """Why no configuration builds a file is told where Kconfig has no such option at all."""
    text = PLAIN.replace("demo", "one")
    base = {**TREE, "drivers/one.c": text, "drivers/Makefile": "obj-$(CONFIG_DEMO_GUEST) += one.o\n",
            "arch/x86/Kconfig": TREE["arch/x86/Kconfig"] + '\nconfig DEMO_GUEST\n\tbool "Demo"\n'}
    [told] = [entry for entry in review_of(knowledge, base, {**base, "drivers/one.c": text + "\nint one_more;\n" + (
        "int one_seal(void *p)\n{\n\treturn set_memory_rw((unsigned long)p, 1);\n}\n")}).level_set
        if entry.topic == "What cannot be built"]
    assert "s390" in told.arch
    assert {one.text.partition(": ")[0] for one in told.because} == {"DEMO_GUEST"}
