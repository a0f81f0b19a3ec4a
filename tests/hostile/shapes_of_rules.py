"""Series that change one thing many times: what it does, where it stands, or who can reach it."""

from __future__ import annotations

from collections.abc import Callable
from difflib import unified_diff

from shapes import HEAD, appended, mail, new_file

LOCKED = "\tlocal_irq_save(flags);\n\tf0(a);\n\tlocal_irq_restore(flags);\n"


def _changed(path: str, old: str, new: str) -> str:
    """Return the series whose first patch adds a file, and whose second makes it another one."""
    lines = unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}")
    return (mail(new_file(path, old), subject="[PATCH 1/2] demo: trap", number=1)
            + mail(f"diff --git a/{path} b/{path}\n{''.join(lines)}", subject="[PATCH 2/2] demo: more", number=2,
                   thread=1))


def _each(n: int, piece: str) -> str:
    """Return a file of n pieces, in each of which `#` is its number."""
    return HEAD + "".join(piece.replace("#", str(i)) for i in range(n))


def _quantities(n: int) -> str:
    old = ("void f#(unsigned long size, void *p)\n{\n\tunsigned long n# = size >> PAGE_SHIFT;\n\n"
           "\tset_memory_ro(p, n#);\n}\n\n")
    return _changed("mm/trap.c", _each(n, old), _each(n, old.replace("size >> PAGE_SHIFT", "size")))


def _one_quantity(n: int) -> str:
    body = "".join(f"\tn{i + 1} = n{i};\n\tset_memory_ro(a, n{i} >> PAGE_SHIFT);\n" for i in range(n))
    whole = f"{HEAD}void f(unsigned long a, unsigned long n0)\n{{\n{body}}}\n"
    return _changed("mm/trap.c", whole, whole.replace(" >> PAGE_SHIFT", ""))


def _touched(n: int) -> str:
    clear, free = "\tclear_highpage(page + #);\n", "\tarch_free_page(page + #, 0);\n"
    old = "".join((clear + free).replace("#", str(i)) for i in range(n))
    new = "".join((free + clear).replace("#", str(i)) for i in range(n))
    head = f"{HEAD}void f(struct page *page)\n{{\n"
    return _changed("mm/trap.c", f"{head}{old}}}\n", f"{head}{new}}}\n")


def _touchers(n: int) -> str:
    old = ("static void c#(struct page *page)\n{\n\tclear_highpage(page);\n}\n\nvoid f#(struct page *page)\n{\n"
           "\tc#(page);\n\tarch_free_page(page, 0);\n}\n\n")
    new = old.replace("\tc#(page);\n\tarch_free_page(page, 0);\n", "\tarch_free_page(page, 0);\n\tc#(page);\n")
    return _changed("mm/trap.c", _each(n, old), _each(n, new))


def _counterparts(n: int) -> str:
    old = ("int set_trap#_ro(unsigned long a, int n)\n{\n\treturn attr(&a, n, _PAGE_RW);\n}\n\n"
           "int set_trap#_rw(unsigned long a, int n)\n{\n\treturn attr(&a, n, _PAGE_RW);\n}\n\n")
    return _changed("arch/x86/mm/trap.c", _each(n, old), _each(n, old.replace("_PAGE_RW", "_PAGE_RW | _PAGE_DIRTY", 1)))


def _askers(n: int) -> str:
    old = "int f#(unsigned long a)\n{\n\tif (asked#())\n\t\treturn set_memory_ro(a, 1);\n\treturn 0;\n}\n\n"
    asked = ("static bool asked#(void)\n{\n\treturn mask != 0;\n}\n\n"
             "static bool other#(int what)\n{\n\treturn mask && what;\n}\n\n")
    new = old.replace("asked#()", "other#(1)", 1)
    return _changed("arch/x86/mm/trap.c", _each(n, asked + old), _each(n, asked + new))


def _sleepers(n: int) -> str:
    chain = "".join(f"static void f{i}(int a)\n{{\n\tf{i + 1}(a);\n}}\n\n" for i in reversed(range(n)))
    end = f"static void f{n}(int a)\n{{\n}}\n\n"
    top = f"void top(int a)\n{{\n\tunsigned long flags;\n\n{LOCKED}}}\n"
    old = HEAD + end + chain + top
    return _changed("mm/trap.c", old, old.replace("{\n}\n", "{\n\tkmalloc(a, GFP_KERNEL);\n}\n"))


def _holders(n: int) -> str:
    top = f"void top#(int a)\n{{\n\tunsigned long flags;\n\n{LOCKED}}}\n\n"
    old = "static void f0(int a)\n{\n\tset_memory_ro(a, 1);\n}\n\n" + _each(n, top).removeprefix(HEAD)
    return _changed("mm/trap.c", HEAD + old, HEAD + old.replace("{\n\tset", "{\n\tkmalloc(a, GFP_KERNEL);\n\tset", 1))


def _out_of_reach(n: int) -> str:
    old = "".join(f'config REACH{i}\n\tbool "r"\n\tdepends on MMU\n\n' for i in range(n))
    new = "".join(f'config REACH{i}\n\tbool "r"\n\tdepends on MMU && REACH{i + 1}\n\tselect GONE{i}\n\n'
                  for i in range(n))
    path, first = "drivers/trap/Kconfig", appended("Kconfig", 'source "drivers/trap/Kconfig"')
    lines = unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}")
    user = new_file("mm/trap.c", HEAD + "".join(
        f"#ifdef CONFIG_REACH{i}\nint f{i}(int a)\n{{\n\treturn set_memory_ro(a, 1);\n}}\n#endif\n" for i in range(n)))
    return (mail(first, new_file(path, old), user, subject="[PATCH 1/2] demo: trap", number=1)
            + mail(f"diff --git a/{path} b/{path}\n{''.join(lines)}", subject="[PATCH 2/2] demo: more", number=2,
                   thread=1))


def _scenarios(n: int) -> str:
    """Return a change of the tests in front of what a function of an architecture does."""
    old = "".join(f"\tif (IS_ENABLED(CONFIG_S{i}) && a > {i})\n\t\treturn {i};\n" for i in range(n))
    whole = f"{HEAD}int set_memory_ro(unsigned long a, int n)\n{{\n{old}\treturn change_bits(a, n);\n}}\n"
    return _changed("arch/arm64/mm/trap.c", whole, whole.replace("&& a >", "&& a >="))


def _patched(n: int) -> str:
    """Return a series in which each patch changes one test of the same function."""
    tests = [f"\tif (a > {i})\n\t\treturn set_memory_ro(a, {i});\n" for i in range(n)]
    path, mails, old = "mm/trap.c", [], f"{HEAD}int trap(unsigned long a)\n{{\n{''.join(tests)}\treturn 0;\n}}\n"
    mails.append(mail(new_file(path, old), subject=f"[PATCH 1/{n}] demo: trap", number=1))
    for i in range(2, n + 1):
        new = old.replace(f"(a > {i})", f"(a >= {i})")
        lines = unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}")
        mails.append(mail(f"diff --git a/{path} b/{path}\n{''.join(lines)}", subject=f"[PATCH {i}/{n}] demo: {i}",
                          number=i, thread=1))
        old = new
    return "".join(mails)


def _grown_twice(n: int) -> str:
    """Return a series whose second patch doubles the calls of a function."""
    def text(count: int) -> str:
        calls = "".join(f"\tset_memory_ro(a, {i});\n" for i in range(count))
        return f"{HEAD}int trap(unsigned long a)\n{{\n{calls}\treturn 0;\n}}\n"

    return _changed("mm/trap.c", text(n), text(2 * n))


def _members(n: int) -> str:
    """Return a change of how every member of a structure is given back that another function of the file gets."""
    gets = "".join(f"\td->m{i} = (void *)__get_free_page(GFP_KERNEL);\n" for i in range(n))
    head = f"{HEAD}int trap(struct demo *d)\n{{\n\tset_memory_ro(d->a, 1);\n{gets}\treturn 0;\n}}\n\n"
    gives = "".join(f"\tfree_page(d->m{i});\n" for i in range(n))
    whole = f"{head}void untrap(struct demo *d)\n{{\n\tset_memory_rw(d->a, 1);\n{gives}}}\n"
    return _changed("mm/trap.c", whole, whole.replace("\tfree_page", "\tmemunmap"))


def _exits(n: int) -> str:
    """Return a change that makes every test between steps and their ways back an exit."""
    def sides(word: str) -> str:
        return "".join(f"\tdemo_{word}_area(d, {i});\n" for i in range(n))

    tests = "".join(f"\tif (d->a > {i})\n\t\tdemo_see(d);\n" for i in range(n))
    whole = (f"{HEAD}int trap(struct demo *d)\n{{\n\tset_memory_ro(d->a, 1);\n{sides('map')}{tests}{sides('unmap')}"
             "\treturn 0;\n}\n")
    return _changed("mm/trap.c", whole, whole.replace("\t\tdemo_see(d)", "\t\treturn -EINVAL"))


def _masks(n: int) -> str:
    """Return a header whose new bit and mask are macros of macros, each of which stands in the next many times."""
    head = (f"{HEAD}typedef unsigned long pteval_t;\ntypedef struct {{ pteval_t pte; }} pte_t;\n"
            "#define _PAGE_CHG_MASK\t_PAGE_M0\n")
    text = "".join(f"#define _PAGE_{word}{i}\t({' | '.join([f'_PAGE_{word}{i + 1}'] * n)})\n"
                   for word in "MV" for i in range(11)) + "#define _PAGE_M11\t1\n#define _PAGE_V11\t2\n"
    open_ = "(" * 40 * n + "_PAGE_V0" + ")" * 40 * n
    new = (f"#define _PAGE_NEW\t_PAGE_V0\n#define _PAGE_DEEP\t{open_}\n#define _PAGE_LONG\t{'9' * 5000}\n" + "".join(
        f"static inline pte_t pte_mk{bit.lower()}(pte_t pte)\n{{\n\treturn pte_set_flags(pte, _PAGE_{bit});\n}}\n\n"
        for bit in ("NEW", "DEEP", "LONG")))
    tail = ("static inline pte_t pte_modify(pte_t pte, pgprot_t newprot)\n{\n\tpteval_t val = pte_val(pte);\n\n"
            "\tval &= _PAGE_CHG_MASK;\n\tset_memory_ro(val, 1);\n\treturn __pte(val);\n}\n")
    return _changed("arch/x86/include/asm/pgtable.h", head + text + tail, head + text + new + tail)


RULE_SHAPES: dict[str, tuple[Callable[[int], str], int]] = {
    "askers": (_askers, 120), "counterparts": (_counterparts, 150), "exits": (_exits, 100),
    "grown twice": (_grown_twice, 150), "holders": (_holders, 150), "masks": (_masks, 40),
    "members": (_members, 100),
    "one quantity": (_one_quantity, 80), "patched": (_patched, 20), "quantities": (_quantities, 150),
    "reach": (_out_of_reach, 15), "scenarios": (_scenarios, 60), "sleepers": (_sleepers, 150),
    "touched": (_touched, 150), "touchers": (_touchers, 150),
}
"""Each shape, and a size at which it ends in time; of some tens of kilobytes where that is so."""
