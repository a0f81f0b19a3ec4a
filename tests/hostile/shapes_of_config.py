"""Mails with one construct of Kconfig or make, nested in itself, in a row, or referring to one another."""

from __future__ import annotations

from collections.abc import Callable

from shapes import CALLER, ENTRY, HEAD, appended, kconfig, mail, new_file

MAKE = "obj-$(CONFIG_DEMO_TRAP) += x.o\n"


def _row(line: Callable[[int], str], *, before: str = ENTRY, after: str = "") -> Callable[[int], str]:
    """Return the maker of a Kconfig file with n lines, or entries, in a row."""
    return lambda n: kconfig(before + "".join(map(line, range(n))) + after)


def _make(line: Callable[[int], str], *, before: str = "", after: str = MAKE) -> Callable[[int], str]:
    """Return the maker of a Makefile with n pieces in a row."""
    return lambda n: kconfig(ENTRY, make=before + "".join(map(line, range(n))) + after)


def _birds(n: int) -> str:
    """Return an entry that asks what solvers find hard: n + 1 birds and n holes, no two birds in one."""
    birds, holes = range(n + 1), range(n)
    text = ENTRY + "".join("\tdepends on " + " || ".join(f"P{b}_{h}" for h in holes) + "\n" for b in birds)
    text += "".join(f"\tdepends on !P{b}_{h} || !P{other}_{h}\n" for h in holes for b in birds for other in range(b))
    return text + "".join(f'config P{b}_{h}\n\tbool "p"\n' for b in birds for h in holes)


def _parity(n: int) -> str:
    text = f"{ENTRY}\tdepends on X{n} && !Y{n}\n"
    for name, order in (("X", list(range(n))), ("Y", list(reversed(range(n))))):
        text += f'config {name}0\n\tdef_bool n\n'
        text += "".join(f"config {name}{at + 1}\n\tdef_bool ({name}{at} && !B{i}) || (!{name}{at} && B{i})\n"
                        for at, i in enumerate(order))
    return kconfig(text + "".join(f'config B{i}\n\tbool "b"\n' for i in range(n)))


def _selects(n: int) -> str:
    return kconfig(ENTRY + "".join(f'config S{i}\n\tbool "s"\n' + "".join(
        f"\tselect S{(i * 5 + k) % n} if S{(i + k) % n}\n" for k in range(5)) for i in range(n)))


def _sources(n: int) -> str:
    return mail(appended("Kconfig", 'source "drivers/trap/Kconfig0"'),
                *(new_file(f"drivers/trap/Kconfig{i}", f'config T{i}\n\tbool "t"\n\tdepends on T{i + 1}\n'
                           f'source "drivers/trap/Kconfig{i + 1}"\n') for i in range(n)),
                new_file("mm/trap.c", f"{HEAD}#ifdef CONFIG_T0\n{CALLER.removeprefix(HEAD)}#endif\n"))


def _folders(n: int) -> str:
    folder = "drivers/trap/"
    diffs = [appended("drivers/Makefile", "obj-y += trap/")]
    for _ in range(n):
        diffs.append(new_file(f"{folder}Makefile", "obj-y += d/\n"))
        folder += "d/"
    return mail(*diffs, new_file(f"{folder}Makefile", "obj-y += x.o\n"), new_file(f"{folder}x.c", CALLER))


def _entries(n: int) -> str:
    """Return entries that each guard a call."""
    return mail(appended("mm/Kconfig", "".join(
        f'config E{i}\n\tbool "e"\n\tdepends on E{i + 1} || !HIBERNATION\n' for i in range(n))),
        new_file("mm/trap.c", HEAD + "".join(
            f"#ifdef CONFIG_E{i}\nint f{i}(int a)\n{{\n\treturn set_memory_ro(a, 1);\n}}\n#endif\n" for i in range(n))))


def _entwined(n: int) -> str:
    text = f"{ENTRY}\tdepends on (X{n} && Y{n}) || (!X{n} && !Y{n})\n"
    for i in range(n):
        text += f'config X{i + 1}\n\tbool "x"\n\tdepends on X{i} || !Y{i}\n'
        text += f'config Y{i + 1}\n\tbool "y"\n\tdepends on Y{i} || (X{i} && !X{i + 1})\n'
    return kconfig(text)


def _unplaced(n: int) -> str:
    """Return the same in a hunk that finds no place, for a call behind the entry: each line is about one option."""
    text = _birds(n).replace(f"config P{n}_0\n", "con\n fig\n")
    torn = appended("drivers/vault/Kconfig", text).replace("+ fig\n", " fig\n")
    return mail(torn, appended("drivers/vault/Makefile", "obj-$(CONFIG_DEMO_TRAP) += x.o"),
                new_file("drivers/vault/x.c", f"{HEAD}#ifdef CONFIG_DEMO_TRAP\n{CALLER.removeprefix(HEAD)}#endif\n"))


CONFIG_SHAPES: dict[str, tuple[Callable[[int], str], int]] = {
    "assigned": (_make(lambda i: f"v{i + 1} := $(v{i}) $(v{i})\n", before="v0 := x.o\n",
                       after="obj-y += $(v40)\n"), 300),
    "built twice": (_make(lambda i: f"obj-$(CONFIG_C{i}) += x.o\n"), 2000),
    "choices": (_row(lambda i: f'config C{i}\n\tbool "c"\n\tdepends on MMU\n', before=f'{ENTRY}choice\n\tprompt "c"\n',
                     after="endchoice\n"), 2000),
    "circle": (lambda n: kconfig(f"{ENTRY}\tdepends on R0\n" + "".join(
        f'config R{i}\n\tbool "r"\n\tdepends on R{(i + 1) % n}\n' for i in range(n))), 2000),
    "compared": (_row(lambda i: f"\tdepends on MMU = C{i} || C{i} != m && C{i} < 9{i}\n"), 1500),
    "composite": (_make(lambda i: f"x{i}-y := x{i + 1}.o x{i + 2}.o\n", after="obj-y += x0.o\n"), 400),
    "conditions": (_make(lambda i: f"ifeq ($(CONFIG_M{i}),y)\n", after=f"{MAKE}" + "endif\n"), 2000),
    "continued make": (_make(lambda i: f"\tx{i}.o \\\n", before="obj-y += \\\n"), 8000),
    "defaults": (_row(lambda i: f"\tdefault y if C{i} && !C{i + 1}\n"), 2000),
    "depends": (_row(lambda i: f"\tdepends on C{i} || !C{i + 1}\n"), 1200),
    "entries": (_entries, 120),
    "entwined": (_entwined, 300),
    "folders": (_folders, 300),
    "helps": (_row(lambda i: "\t  set_memory_ro() of config X if y\n", before=f"{ENTRY}\thelp\n"), 8000),
    "holes": (lambda n: kconfig(_birds(n)), 10),
    "more holes": (lambda n: kconfig(_birds(n)), 11),
    "if": (lambda n: kconfig("".join(f"if I{i}\n" for i in range(n)) + ENTRY + "endif\n" * n), 1500),
    "implied": (_row(lambda i: f"\timply I{i} if MMU\n\tselect J{i} if I{i}\n"), 1500),
    "long dependency": (lambda n: kconfig(f"{ENTRY}\tdepends on " + " && ".join(
        f"(C{i} || !C{i + 1})" for i in range(n))), 3000),
    "macro calls": (lambda n: kconfig(f"f = $(1)$(1)\n{ENTRY}\tdepends on {'$(f,' * n}MMU{')' * n}\n"), 40),
    "menus": (lambda n: kconfig("".join(f'menu "m{i}"\n\tdepends on V{i}\n' for i in range(n)) + ENTRY
                                + "endmenu\n" * n), 1500),
    "negated brackets": (lambda n: kconfig(f"{ENTRY}\tdepends on {'!(' * n}MMU{')' * n}\n"), 3000),
    "parity": (_parity, 60),
    "quoted": (lambda n: kconfig(f'config DEMO_TRAP\n\tbool "{chr(92) * n}"\n'), 100_000),
    "ranges": (_row(lambda i: f"\trange {i} 9{i} if C{i}\n", before="config DEMO_TRAP\n\tint \"x\"\n"), 1500),
    "selects": (_selects, 300),
    "sources": (_sources, 200),
    "steps": (lambda n: kconfig(f"{ENTRY}\tdepends on " + "".join(
        f"(C{i} {('&&', '||')[i % 2]} " for i in range(n)) + "MMU" + ")" * n + "\n"), 1500),
    "unplaced": (_unplaced, 11),
    "unclosed": (lambda n: kconfig(f"{ENTRY}\tdepends on {'(' * n}MMU\n"), 20_000),
    "variables": (lambda n: kconfig(ENTRY, make=f"obj-y += {'$(' * n}x{')' * n}.o\n"), 8000),
}
"""Each shape, and a size at which the mail is up to some hundred kilobytes, or once took too long."""
