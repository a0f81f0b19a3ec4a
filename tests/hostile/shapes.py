"""Mails that are small and cost much: one construct of C, Kconfig, make or mail, repeated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

TREE = Path(__file__).resolve().parents[2] / "examples/linux"
HEAD = "#include <linux/set_memory.h>\n\n"
CALLER = f"{HEAD}int trap(unsigned long a)\n{{\n\treturn set_memory_ro(a, 1);\n}}\n"
ENTRY = 'config DEMO_TRAP\n\tbool "trap"\n'


def mail(*diffs: str, subject: str = "[PATCH] demo: trap", number: int = 1, thread: int = 0) -> str:
    """Return a mail with these diffs, in the thread of mail `thread` if that is given."""
    reply = f"In-Reply-To: <trap-{thread}@kernel.example>\n" if thread else ""
    return (f"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Demo Author <demo@kernel.example>\nSubject: {subject}\n"
            f"Date: Tue, 4 Mar 2025 10:00:00 +0000\nMessage-ID: <trap-{number}@kernel.example>\n{reply}\nText.\n\n---\n"
            + "".join(diffs) + "-- \n2.39\n\n")


def new_file(path: str, text: str) -> str:
    """Return the diff that adds a file."""
    lines = text.splitlines()
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
    return head + f"@@ -0,0 +1,{len(lines)} @@\n" + "".join(f"+{line}\n" for line in lines)


def code(body: str) -> str:
    """Return a mail that adds one C file with a function of this body."""
    return mail(new_file("mm/trap.c", f"{HEAD}int trap(unsigned long a)\n{{\n{body}}}\n"))


def appended(path: str, text: str) -> str:
    """Return the diff that puts lines at the end of a file of the example's tree."""
    old, lines = (TREE / path).read_text().splitlines(), text.splitlines()
    head = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n"
    return (f"{head}@@ -{len(old)},1 +{len(old)},{len(lines) + 1} @@\n {old[-1]}\n"
            + "".join(f"+{line}\n" for line in lines))


def kconfig(text: str, *, make: str = "obj-$(CONFIG_DEMO_TRAP) += x.o") -> str:
    """Return a mail that adds a Kconfig file to the tree's, a Makefile that uses its symbol, and a file built by it."""
    return mail(appended("Kconfig", 'source "drivers/trap/Kconfig"'), appended("drivers/Makefile", "obj-y += trap/"),
                new_file("drivers/trap/Kconfig", text), new_file("drivers/trap/Makefile", make),
                new_file("drivers/trap/x.c", CALLER))


def _calls(n: int) -> str:
    return code("\tset_memory_ro(a, 1);\n" * n + "\treturn 0;\n")


def _diamonds(n: int) -> str:
    tests = "".join(f"\tif (a & {i})\n\t\tret = set_memory_ro(a, {i});\n\telse\n\t\tret = 0;\n" for i in range(n))
    return code(f"\tint ret = 0;\n\n{tests}\treturn ret;\n")


def _labels(n: int) -> str:
    steps = "".join(f"l{i}:\n\tret = set_memory_ro(a, {i});\n\tif (a == {i})\n\t\tgoto l{(i * 7919 + 13) % n};\n"
                    for i in range(n))
    return code(f"\tint ret;\n\n{steps}\treturn ret;\n")


def _word(n: int) -> str:
    return code("\tint " + "a" * n + ";\n\n\treturn set_memory_ro(a, 1);\n")


def _nested(n: int) -> str:
    return code("\treturn " + "set_memory_ro(" * n + "a" + ", 1)" * n + ";\n")


def _elifs(n: int) -> str:
    arms = "".join(f"#elif defined(CONFIG_A{i})\nint f{i}(int a) {{ return set_memory_ro(a, 1); }}\n" for i in range(n))
    return mail(new_file("mm/trap.c", f"{HEAD}#if defined(CONFIG_A)\n{arms}#endif\n"))


def _options(n: int) -> str:
    tests = " || ".join(f"(IS_ENABLED(CONFIG_A{i}) && !IS_ENABLED(CONFIG_B{i}))" for i in range(n))
    return code(f"\tif ({tests})\n\t\treturn set_memory_ro(a, 1);\n\treturn 0;\n")


def _functions(n: int) -> str:
    return mail(new_file("mm/trap.c", HEAD + "".join(
        f"int f{i}(unsigned long a)\n{{\n\treturn set_memory_ro(a, 1);\n}}\n\n" for i in range(n))))


def _files(n: int) -> str:
    return mail(*(new_file(f"mm/trap{i}.c", f"{HEAD}int f{i}(unsigned long a)\n{{\n\treturn set_memory_ro(a, 1);\n}}\n")
                  for i in range(n)))


def _patches(n: int) -> str:
    return "".join(mail(new_file(f"mm/trap{i}.c", f"{HEAD}int f{i}(int a)\n{{\n\treturn set_memory_ro(a, 1);\n}}\n"),
                        subject=f"[PATCH {i}/{n}] demo: trap {i}", number=i, thread=1 if i > 1 else 0)
                   for i in range(1, n + 1))


def _brackets(n: int) -> str:
    return kconfig(f"{ENTRY}\tdepends on {'(' * n}MMU{')' * n}")


def _negations(n: int) -> str:
    return kconfig(f"{ENTRY}\tdepends on {'!' * n}MMU")


def _chain(n: int) -> str:
    links = "".join(f'config D{i}\n\tbool\n\tdepends on D{i + 1}\n' for i in range(n))
    return kconfig(f"{ENTRY}\tdepends on D0\n{links}config D{n}\n\tbool")


def _doubling(n: int) -> str:
    return kconfig("X0 := xxxxxxxxxxxxxxxx\n" + "".join(f"X{i} := $(X{i - 1})$(X{i - 1})\n" for i in range(1, n))
                   + f'config DEMO_TRAP\n\tbool "$(X{n - 1})"')


def _objects(n: int) -> str:
    lists = "".join(f"obj-$(CONFIG_A{i}) += x{i}.o\nx{i}-objs := x{i + 1}.o x.o\n" for i in range(n))
    return kconfig(ENTRY, make=lists)


SHAPES: dict[str, tuple[Callable[[int], str], int]] = {
    "brackets": (_brackets, 2000), "calls": (_calls, 200), "chain": (_chain, 400), "diamonds": (_diamonds, 60),
    "doubling": (_doubling, 40),
    "elifs": (_elifs, 150), "files": (_files, 120), "functions": (_functions, 150), "labels": (_labels, 60),
    "negations": (_negations, 3000), "nested": (_nested, 2000), "objects": (_objects, 400), "options": (_options, 200),
    "patches": (_patches, 120), "word": (_word, 60_000),
}
"""Each shape, and a size at which it once took minutes or all memory."""
