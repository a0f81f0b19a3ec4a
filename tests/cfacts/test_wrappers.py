"""Functions, macros, pointers and tables that hand on results of the family."""

from __future__ import annotations

from scanning import FAMILY, scan, told

from reviewbot.cfacts.facts import read_file
from reviewbot.cfacts.links import Escape, escapes_of
from reviewbot.cfacts.visible import Place, choose, may_see
from reviewbot.source.trees import MemoryTree


def test_a_function_that_returns_the_result_is_a_wrapper() -> None:
    """A result handed on makes its function fallible, and so on to the last caller."""
    assert told({
        "mm/a.c": "int lock_it(void *p)\n{\n\treturn set_memory_ro((unsigned long)p, 1);\n}\n",
        "mm/b.c": "int outer(void *p)\n{\n\tint ret = lock_it(p);\n\n\tif (ret)\n\t\treturn ret;\n\treturn 0;\n}\n",
        "net/c.c": "void use(void *p)\n{\n\touter(p);\n}\n",
    }) == [
        "mm/a.c:3 set_memory_ro returned",
        "mm/b.c:3 lock_it handled <- set_memory_ro",
        "net/c.c:3 outer discarded <- lock_it set_memory_ro",
    ]


def test_a_translated_failure_is_not_handed_on() -> None:
    """A function that answers with an error of its own, or with nothing, is no wrapper."""
    assert told({
        "a.c": "int own(void)\n{\n\tif (set_memory_ro(1, 1))\n\t\treturn -EIO;\n\treturn 0;\n}\n"
               "void none(void)\n{\n\tint ret = set_memory_x(1, 1);\n\tif (ret)\n\t\tpanic(\"x\");\n}\n"
               "void *pointer(void)\n{\n\tint ret = set_memory_nx(1, 1);\n\treturn ret ? ERR_PTR(ret) : p;\n}\n",
        "b.c": "void use(void)\n{\n\town();\n\tnone();\n\tpointer();\n}\n",
    }) == ["a.c:3 set_memory_ro handled", "a.c:9 set_memory_x handled", "a.c:15 set_memory_nx returned"]


def test_the_chain_ends_where_other_results_mix_in() -> None:
    """Calls of a function that returns other errors as well are reported, but its callers are no wrappers."""
    assert told({
        "a.c": "int mixed(void)\n{\n\tint ret = other_call();\n\tif (ret)\n\t\treturn ret;\n"
               "\treturn set_memory_ro(1, 1);\n}\n",
        "b.c": "int probe(void)\n{\n\treturn mixed();\n}\n",
        "c.c": "void f(void)\n{\n\tprobe();\n}\n",
    }) == ["a.c:6 set_memory_ro returned", "b.c:3 mixed returned <- set_memory_ro"]


def test_static_functions_of_one_name_are_told_apart() -> None:
    """A static wrapper means nothing in another file that has a function of that name, nor in one that has none."""
    assert told({
        "a.c": "static int protect(void)\n{\n\treturn set_memory_ro(1, 1);\n}\nvoid f(void)\n{\n\tprotect();\n}\n",
        "b.c": "static int protect(void)\n{\n\treturn 0;\n}\nvoid g(void)\n{\n\tset_memory_x(1, 1);\n\tprotect();\n}\n",
        "c.c": "void h(void)\n{\n\tprotect();\n}\n",
    }) == ["a.c:3 set_memory_ro returned", "a.c:7 protect discarded <- set_memory_ro", "b.c:7 set_memory_x discarded"]


def test_a_file_means_its_own_function_before_a_global_one() -> None:
    """A global wrapper is hidden by a function of the same name in the file itself."""
    assert told({
        "a.c": "int protect(void)\n{\n\treturn set_memory_ro(1, 1);\n}\n",
        "b.c": "static int protect(void)\n{\n\treturn 0;\n}\nvoid g(void)\n{\n\tprotect();\n}\n",
        "c.c": "void h(void)\n{\n\tprotect();\n}\n",
    }) == ["a.c:3 set_memory_ro returned", "c.c:3 protect discarded <- set_memory_ro"]


def test_code_of_another_architecture_is_not_meant() -> None:
    """A wrapper of one architecture is seen there and in general code, not on another one."""
    files = {
        "arch/x86/include/asm/w.h": "static inline int wrap(void)\n{\n\treturn set_memory_ro(1, 1);\n}\n",
        "arch/arm/mm/a.c": "void f(void)\n{\n\twrap();\n}\n",
        "mm/b.c": "void g(void)\n{\n\twrap();\n}\n",
        "tools/x/c.c": "void h(void)\n{\n\twrap();\n}\n",
    }
    assert told(files) == ["arch/x86/include/asm/w.h:3 set_memory_ro returned",
                           "mm/b.c:3 wrap discarded <- set_memory_ro"]


def test_a_parameter_that_points_to_the_family_is_followed() -> None:
    """A function handed over as an argument is called through the parameter's name, also from a header."""
    assert told({
        "arch/riscv/include/asm/s.h":
            "#ifdef CONFIG_MMU\n"
            "static inline int set_kernel(char *p, int (*set)(unsigned long a, int n))\n{\n"
            "\treturn set((long)p, 1);\n}\n"
            "#else\n"
            "static inline int set_kernel(char *p, int (*set)(unsigned long a, int n))\n{\n\treturn 0;\n}\n"
            "#endif\n",
        "arch/riscv/mm/i.c": "#ifdef CONFIG_MMU\nvoid f(void)\n{\n\tset_kernel(a, set_memory_ro);\n}\n#endif\n",
    }) == [
        "arch/riscv/include/asm/s.h:4 set returned <- set_memory_ro",
        "arch/riscv/mm/i.c:4 set_kernel discarded <- set set_memory_ro",
    ]


def test_all_that_a_pointer_may_be_is_named() -> None:
    """The note of an indirect call names every function that is handed over, once."""
    tree = MemoryTree({"mm/v.c": "static void each(int (*set)(struct page *p))\n{\n\tset(p);\n}\n"
                                 "void reset(void)\n{\n\teach(set_direct_map_invalid_noflush);\n"
                                 "\teach(set_direct_map_default_noflush);\n}\n"})
    calls = scan(tree, wrappers=True).calls
    assert [(one.call.callee, one.call.use, one.tier) for one in calls] == [("set", "discarded", "pointer")]
    assert calls[0].call.note == ("points to set_direct_map_default_noflush() or "
                                  "set_direct_map_invalid_noflush()")


def test_a_pointer_variable_is_followed_in_its_function() -> None:
    """A local pointer is called by its name, and only in the function that sets it."""
    assert told({"a.c": "int f(int on)\n{\n\tint (*set)(unsigned long, int) = set_memory_rw;\n\tif (on)\n"
                        "\t\tset = set_memory_ro;\n\treturn set(1, 1);\n}\nint g(void)\n{\n\treturn set(1, 1);\n}\n"
                 }) == ["a.c:6 set returned <- set_memory_ro"]


def test_a_field_of_a_named_object_is_followed() -> None:
    """A function assigned to a field is called wherever that object's field is, and nowhere else."""
    assert told({
        "arch/x86/hv.c": "static int hv_clear(unsigned long a, int n)\n{\n\treturn set_memory_np(a, n);\n}\n"
                         "void init(void)\n{\n\tx86_platform.guest.prepare = hv_clear;\n}\n",
        "arch/x86/mm/p.c": "int work(void)\n{\n\tx86_platform.guest.prepare(1, 1);\n\tother.guest.prepare(1, 1);\n"
                           "\treturn x86_platform.guest.prepare(2, 1);\n}\nint up(void)\n{\n\treturn work();\n}\n",
    }) == [
        "arch/x86/hv.c:3 set_memory_np returned",
        "arch/x86/mm/p.c:3 x86_platform.guest.prepare discarded <- hv_clear set_memory_np",
        "arch/x86/mm/p.c:5 x86_platform.guest.prepare returned <- hv_clear set_memory_np",
        "arch/x86/mm/p.c:9 work returned <- x86_platform.guest.prepare hv_clear set_memory_np",
    ]


def test_a_static_table_is_followed_through_its_type() -> None:
    """A table's field is called through any variable of the table's type, across files."""
    assert told({
        "drivers/g.c": "static int guest_enc(unsigned long a, int n)\n{\n\treturn set_memory_ro(a, n);\n}\n"
                       "static const struct crypt_ops guest_ops = {\n\t.encrypt = guest_enc,\n};\n",
        "arch/arm64/m.c": "static const struct crypt_ops *ops;\nint enc(unsigned long a)\n{\n"
                          "\treturn ops->encrypt(a, 1);\n}\n",
        "fs/k.c": "static const struct fs_ops *ops;\nint enc2(unsigned long a)\n{\n\treturn ops->encrypt(a, 1);\n}\n",
        "include/x.h": "struct crypt_ops {\n\tint (*encrypt)(unsigned long a, int n);\n};\n"
                       "struct fs_ops {\n\tint (*encrypt)(int a);\n};\n",
    }) == ["arch/arm64/m.c:4 ops->encrypt returned <- guest_enc set_memory_ro", "drivers/g.c:3 set_memory_ro returned"]


def test_a_macro_of_one_architecture_counts_where_it_can_be_meant() -> None:
    """A macro that hides a call is followed, except in the arm of an `#if` that leaves its architecture out."""
    assert told({
        "arch/x86/include/asm/agp.h": "#define map_page(p) set_pages_uc(p, 1)\n",
        "arch/alpha/include/asm/agp.h": "#define map_page(p) do { } while (0)\n",
        "drivers/a.c": "int f(void)\n{\n#ifndef CONFIG_X86\n\tmap_page(p);\n#else\n\tg();\n#endif\n"
                       "\tmap_page(q);\n\treturn map_page(r);\n}\n",
        "arch/alpha/b.c": "void f(void)\n{\n\tmap_page(p);\n}\n",
    }) == [
        "arch/x86/include/asm/agp.h:1 set_pages_uc in-macro",
        "drivers/a.c:8 map_page discarded <- set_pages_uc",
        "drivers/a.c:9 map_page returned <- set_pages_uc",
    ]


def test_a_macro_that_drops_the_result_drops_it_for_all_users() -> None:
    """What a macro's value is counts: a result lost inside stays lost, whatever the user does with the value."""
    assert told({
        "arch/x86/include/asm/vga.h": "#define MAP(x, s)\t\t\\\n({\t\t\t\\\n\tunsigned long a = x;\t\\\n"
                                      "\tset_memory_decrypted(a, s);\t\\\n\ta;\t\\\n})\n",
        "drivers/v.c": "void f(void)\n{\n\tbase = MAP(1, 2);\n}\n",
    }) == ["arch/x86/include/asm/vga.h:4 set_memory_decrypted in-macro",
           "drivers/v.c:3 MAP discarded <- set_memory_decrypted"]


def test_functions_that_a_macro_defines_return_what_its_body_returns() -> None:
    """A call in the body of a macro that defines functions has the use that it has in them."""
    assert told({"arch/s390/include/asm/s.h": "#define __SET_MEMORY_FUNC(name, flags)\t\\\n"
                                              "static inline int name(unsigned long a, int n)\t\\\n{\t\\\n"
                                              "\treturn __set_memory(a, n, flags);\t\\\n}\n"
                                              "__SET_MEMORY_FUNC(set_memory_ro, 1)\n"}) == [
        "arch/s390/include/asm/s.h:4 __set_memory returned"]


def test_a_recursive_wrapper_comes_to_an_end() -> None:
    """A function that calls itself is a wrapper like any other."""
    assert told({"a.c": "int a(int n)\n{\n\treturn n ? a(n - 1) : set_memory_ro(1, 1);\n}\n"
                        "int b(int n)\n{\n\treturn a(n);\n}\nvoid c(void)\n{\n\tb(1);\n}\n"}) == [
        "a.c:3 a returned <- set_memory_ro", "a.c:3 set_memory_ro returned", "a.c:7 a returned <- set_memory_ro",
        "a.c:11 b discarded <- a set_memory_ro"]


def test_plain_scans_leave_wrappers_and_workers_out() -> None:
    """Without wrappers only the public family is reported."""
    tree = MemoryTree({"arch/x86/a.c": "int f(void)\n{\n\tchange_page_attr_set(1);\n\treturn set_memory_ro(1, 1);\n}\n"
                                       "void g(void)\n{\n\tf();\n}\n"})
    assert [one.call.callee for one in scan(tree).calls] == ["set_memory_ro"]
    every = [one.call.callee for one in scan(tree, wrappers=True).calls]
    assert every == ["change_page_attr_set", "set_memory_ro", "f"]


def test_a_scan_below_a_path_knows_wrappers_from_elsewhere() -> None:
    """PATHs limit what is reported, not what is known."""
    tree = MemoryTree({"mm/a.c": "int w(void)\n{\n\treturn set_memory_ro(1, 1);\n}\n",
                       "net/b.c": "void f(void)\n{\n\tw();\n}\n"})
    assert [one.path for one in scan(tree, wrappers=True, below=("net",)).calls] == ["net/b.c"]


def escapes(code: str) -> list[Escape]:
    data = code.encode()
    return list(escapes_of(data, read_file("a.c", data, names=FAMILY)))


def test_escapes_say_where_an_address_goes() -> None:
    """Arguments, variables, fields and nested initialisers are told apart."""
    found = escapes(
        "static const struct ops o __initconst = {\n\t.guest = { .a = 1, .set = set_memory_ro },\n};\n"
        "void f(void)\n{\n\tcall(a, (b, c), set_memory_x);\n\tp->q.r = &set_memory_nx;\n"
        "\tfn = on ? x : set_memory_rw;\n"
        "\tfn = set_memory_uc;\n\tuse(\"a, b\", /* c, */ set_memory_wb);\n\tif (fn == set_memory_wc)\n\t\treturn;\n}\n")
    assert [(one.name, one.kind, one.target, one.index, one.tag, one.path) for one in found] == [
        ("set_memory_ro", "field", "o", 0, "ops", "guest.set"),
        ("set_memory_x", "argument", "call", 2, "", ""),
        ("set_memory_nx", "field", "p", 0, "", "q.r"),
        ("set_memory_rw", "other", "", 0, "", ""),
        ("set_memory_uc", "variable", "fn", 0, "", ""),
        ("set_memory_wb", "argument", "use", 1, "", ""),
        ("set_memory_wc", "other", "", 0, "", ""),
    ]


def test_the_nearest_header_is_meant() -> None:
    """Of inline functions in several folders, the one nearest to the file counts."""
    near, far = Place(path="drivers/a/x.h", local=False), Place(path="drivers/b/x.h", local=False)
    assert choose("drivers/a/y.c", (near, far)) == (near,)
    assert not may_see("arch/arm/a.c", Place(path="arch/x86/b.c", local=False))
    assert may_see("arch/um/a.c", Place(path="arch/x86/b.c", local=False))
    assert not may_see("mm/a.c", Place(path="arch/x86/boot/compressed/b.c", local=False))
