"""Mails with one construct of C, nested in itself, in a row, or referring to one another."""

from __future__ import annotations

from collections.abc import Callable

from shapes import CALLER, HEAD, code, mail, new_file

RO = "set_memory_ro(a, 1)"
DO = f"\t{RO};\n"
END = "\treturn 0;\n"


def _file(text: str, path: str = "mm/trap.c") -> str:
    return mail(new_file(path, text))


def _around(before: str, after: str, inside: str = DO) -> Callable[[int], str]:
    """Return the maker of a body with something put around a statement n times."""
    return lambda n: code(before * n + inside + after * n + END)


def _row(line: Callable[[int], str], *, before: str = "", after: str = END) -> Callable[[int], str]:
    """Return the maker of a body of n statements in a row."""
    return lambda n: code(before + "".join(map(line, range(n))) + after)


def _top(line: Callable[[int], str], *, after: str = CALLER.removeprefix(HEAD)) -> Callable[[int], str]:
    """Return the maker of a file with n pieces in a row outside of functions."""
    return lambda n: _file(HEAD + "".join(map(line, range(n))) + after)


def _ladder(n: int) -> str:
    up = "".join(f"\tret = set_memory_ro(a + {i}, 1);\n\tif (ret)\n\t\tgoto e{i};\n" for i in range(n))
    down = "".join(f"\tset_memory_rw(a + {i}, 1);\ne{i}:\n" for i in reversed(range(n)))
    return code(f"\tint ret;\n\n{up}\treturn 0;\n{down}\treturn ret;\n")


def _web(n: int) -> str:
    return _file(HEAD + "".join(
        f"int f{i}(int a)\n{{\n\tf{(i * 7 + 1) % n}(a);\n\tf{(i + 1) % n}(a);\n\treturn {RO};\n}}\n" for i in range(n)))


def _includes(n: int) -> str:
    return mail(*(new_file(f"include/linux/h{i}.h", f"#ifdef CONFIG_H{i}\n#include <linux/h{i + 1}.h>\n#else\n"
                           f"#include <linux/h{i + 2}.h>\n#endif\n") for i in range(n)),
                new_file("mm/trap.c", f"#include <linux/h0.h>\n{CALLER}"))


def _cases(n: int) -> str:
    return code("\tswitch (a) {\n" + "".join(f"\tcase {i}:\n\t\tset_memory_ro(a, {i});\n" for i in range(n))
                + "\t}\n" + END)


def _alternating(n: int) -> str:
    return code("\tif (" + "".join(f"(a & {i} {('&&', '||')[i % 2]} " for i in range(n)) + "a" + ")" * n + f")\n\t{DO}"
                + END)


def _flags(n: int) -> str:
    return code("".join(f"\tif (a == {i})\n\t\tflag{i} = set_memory_ro(a, {i});\n" for i in range(n))
                + "".join(f"\tif (flag{i})\n\t\tset_memory_rw(a, {i});\n" for i in range(n)) + END)


def _states(n: int) -> str:
    tests = "".join(f"\t\tcase {i}:\n\t\t\tif (set_memory_ro(a, {i}))\n\t\t\t\tcontinue;\n\t\t\tstate = {i + 1};\n"
                    f"\t\t\tbreak;\n" for i in range(n))
    return code(f"\tint state = 0;\n\n\tfor (;;) {{\n\t\tswitch (state) {{\n{tests}\t\t}}\n\t}}\n")


def _overrides(n: int) -> str:
    body = "int set_memory_ro(unsigned long a, int n)\n{\n\treturn 0;\n}\n"
    return _file(HEAD + "".join(f"#ifdef CONFIG_O{i}\n{body}#endif\n" for i in range(n)), "arch/arm64/mm/trap.c")


def _strangers(n: int) -> str:
    text = "int set_memory_ro(unsigned long a, int n)\n{\n\treturn 0;\n}\n"
    return mail(*(new_file(f"arch/zz{i}/mm/set_memory.c", text) for i in range(n)))


CODE_SHAPES: dict[str, tuple[Callable[[int], str], int]] = {
    "again": (_top(lambda _: "int again;\n"), 8000),
    "addresses": (lambda n: code(f"\tset_memory_ro({'&*' * n}a, 1);\n{END}"), 4000),
    "alternating": (_alternating, 1500),
    "arguments": (lambda n: code("\tset_memory_ro(" + ", ".join(f"a + {i}" for i in range(n)) + f");\n{END}"), 6000),
    "attributes": (lambda n: _file(HEAD + "static " + "__attribute__((cold)) " * n + CALLER.removeprefix(HEAD)), 4000),
    "blocks": (_around("{\n", "}\n"), 4000),
    "bodies": (_around("\tdo {\n", "\t} while (a);\n"), 2500),
    "cases": (_cases, 600),
    "casts": (lambda n: code(f"\tset_memory_ro({'(int)' * n}a, 1);\n{END}"), 8000),
    "comments": (lambda n: code("\t/* " * n + "\n" + DO + END), 20_000),
    "commented": (_row(lambda i: f"\t/* set_memory_ro({i}); */ // x \\\n"), 8000),
    "continued": (lambda n: _file(f"{HEAD}#define TRAP(a) \\\n" + f"\t{RO}; \\\n" * n + f"\n{CALLER}"), 8000),
    "copies": (lambda n: code("\tlong p0 = a;\n" + "".join(f"\tlong p{i + 1} = p{i};\n" for i in range(n))
                              + f"\tset_memory_ro(p{n}, 1);\n{END}"), 4000),
    "declarators": (lambda n: _file(f"{HEAD}int {'(*' * n}f{')(void)' * n};\n" + CALLER.removeprefix(HEAD)), 4000),
    "defines": (_top(lambda i: f"#define R{i + 1} R{i}\n", after=f"#define R0 set_memory_ro\n{CALLER}"), 6000),
    "duffs": (lambda n: code("\tswitch (a) {\n" + "".join(f"\tcase {i}:\n\twhile (a--) {{\n{DO}" for i in range(n))
                             + "\t}\n" * (n + 1) + END), 300),
    "flags": (_flags, 150),
    "for": (_around("\tfor (;;)\n", ""), 4000),
    "guarded": (lambda n: _file(HEAD + "".join(f"#ifdef CONFIG_G{i}\n" for i in range(n)) + CALLER.removeprefix(HEAD)
                                + "#endif\n" * n), 3000),
    "ifs": (_around("\tif (a) {\n", "\t}\n"), 3000),
    "includes": (_includes, 300),
    "initializers": (lambda n: _file(f"{HEAD}int t[] = {'{' * n}(long)set_memory_ro{'}' * n};\n"), 8000),
    "ladder": (_ladder, 150),
    "layers": (_top(lambda i: f"int f{i + 1}(int a)\n{{\n\treturn f{i}(a) + f{i}(a);\n}}\n", after=(
        "int f0(int a)\n{\n\treturn set_memory_ro(a, 1);\n}\n")), 400),
    "locals": (_row(lambda i: f"\tint v{i} = set_memory_ro(a, {i});\n"), 400),
    "macros": (_top(lambda i: f"#define M{i + 1}(x) M{i}(x); M{i}(x)\n", after=(
        f"#define M0(x) set_memory_ro(x, 1)\nint f(int a)\n{{\n\tM40(a);\n{END}}}\n")), 2000),
    "one line": (lambda n: code("\t" + f"{RO}; " * n + f"\n{END}"), 4000),
    "open": (lambda n: code("\tset_memory_ro(" * n + "\n"), 4000),
    "operators": (lambda n: code(f"\tset_memory_ro({'!~-' * n}a, 1);\n{END}"), 6000),
    "overrides": (_overrides, 150),
    "parameters": (lambda n: _file(HEAD + "int f(" + ", ".join(f"int a{i}" for i in range(n))
                                   + ")\n{\n\treturn set_memory_ro(a0, 1);\n}\n"), 8000),
    "parted": (_row(lambda i: f"#ifdef CONFIG_P{i}\n\tset_memory_ro(a, {i});\n#endif\n"), 200),
    "quotes": (lambda n: code("\tputs(\"" + "\\\"" * n + "\");\n" + DO + END), 20_000),
    "returns": (_row(lambda i: f"\tif (set_memory_ro(a, {i}))\n\t\treturn {i};\n"), 200),
    "statements": (lambda n: code(f"\ta = {'({ ' * n}{RO}; {'}); ' * n}\n{END}"), 2000),
    "states": (_states, 100),
    "strangers": (_strangers, 120),
    "structs": (lambda n: _file(HEAD + "struct s {\n" * n + "int (*f)(long, int);\n" + "} x;\n" * n
                                + CALLER.removeprefix(HEAD)), 4000),
    "subscripts": (lambda n: code(f"\tset_memory_ro({'t[' * n}a{']' * n}, 1);\n{END}"), 4000),
    "sum": (lambda n: code(f"\tset_memory_ro({'a + ' * n}a, 1);\n{END}"), 15_000),
    "switches": (_around("\tswitch (a) {\n\tcase 1:\n", "\t}\n"), 2000),
    "tables": (lambda n: _file(HEAD + "static const struct ops o[] = {\n" + "".join(
        f"\t{{ .f{i} = set_memory_ro, .g = f{i} }},\n" for i in range(n)) + "};\n"), 4000),
    "ternaries": (lambda n: code("\treturn " + f"a ? {RO} : (" * n + "0" + ")" * n + ";\n"), 300),
    "twice": (_row(lambda i: f"\tset_memory_ro(a, {i});\n\tset_memory_rw(a, {i});\n"), 120),
    "typedefs": (_top(lambda i: f"typedef t{i} t{i + 1};\n"), 8000),
    "undefined": (_top(lambda i: f"#undef set_memory_ro\n#define set_memory_ro(a, b) ({i})\n"), 2000),
    "unnamed": (lambda n: code("\tlabel:\n" * n + DO + END), 8000),
    "web": (_web, 150),
}
"""Each shape, and a size at which the mail is up to some hundred kilobytes."""
