"""What a kernel runs on: how the data is read, what each backend is told, and where a condition becomes another one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from reviewbot.arch import Shifts, compare_gates, load_model, parse_version, shifts_of
from reviewbot.arch.backends import Backends
from reviewbot.arch.check import check
from reviewbot.arch.load_backends import load_backends
from reviewbot.cfacts.conditions import parse_c_condition
from reviewbot.errors import DataError
from reviewbot.logic import TRUE, Ternary
from reviewbot.resources import data_folder
from reviewbot.source import DirectoryTree, OverlayTree

RELEASES = tuple(map(str, load_model((data_folder("rules"),)).releases))
ANCHOR = '\n[[{kind}.anchor]]\nfile = "arch/demo/mm/init.c"\nfunction = "demo"\n'


def backend(name: str, versions: str = "6.12..") -> str:
    head = f'[[backend]]\nname = "{name}"\ntitle = "the {name}"\nversions = "{versions}"\ntext = "t"\n'
    return head + ANCHOR.format(kind="backend")


def answer(asks: str, more: str, versions: str = "6.12..") -> str:
    return f'[[answer]]\nasks = "{asks}"\nversions = "{versions}"\ntext = "t"\n{more}\n' + ANCHOR.format(kind="answer")


def read(folder: Path, *entries: str) -> Backends:
    (folder / "backends").mkdir(exist_ok=True)
    (folder / "backends" / "demo.toml").write_text(dedent('arch = "demo"\n') + "".join(entries))
    return load_backends((folder,), (parse_version("6.12"),))[0]


def real(arch: str, kernel: str) -> Backends:
    return load_model((data_folder("rules"),)).backends_of(arch, parse_version(kernel))


def titles(arch: str, kernel: str, before: str, after: str) -> list[str] | None:
    shifts = compare_gates(real(arch, kernel), parse_c_condition(before.encode()), parse_c_condition(after.encode()))
    return None if shifts is None else [shift.backend.title for shift in shifts]


def test_what_is_not_named_is_refused_or_told_by_others(tmp_path: Path) -> None:
    """An answer that leaves a backend out does not load; `others` says it of all of them."""
    with pytest.raises(DataError, match="says nothing of guest"):
        read(tmp_path, backend("host"), backend("guest"), answer("in_guest()", 'no = ["host"]'))
    known = read(tmp_path, backend("host"), backend("guest"), answer("in_guest()", 'yes = ["guest"]\nothers = "no"'))
    assert (known.answers[0].yes, known.answers[0].no) == (("guest",), ("host",))


@pytest.mark.parametrize(("entry", "what"), [
    (answer("f()", 'yes = ["nobody"]\nothers = "no"'), "no backend 'nobody'"),
    (answer("f()", 'yes = ["host"]\nno = ["host"]'), "told twice"),
    (answer("f()", 'others = "maybe"'), "yes, no or open"),
    (answer("f()", 'others = "no"\nwhy = "t"'), "not a key"),
    ('[[conversion]]\nbackends = ["host"]\nversions = "6.12.."\ndoes = "t"\ncontents = "gone"\nvmalloc = "no"\n'
     "absent = true\n" + ANCHOR.format(kind="conversion"), "kept, lost, unknown"),
])
def test_what_does_not_follow_the_schema_does_not_load(tmp_path: Path, entry: str, what: str) -> None:
    """The error names the file and the entry."""
    with pytest.raises(DataError, match=what) as problem:
        read(tmp_path, backend("host"), entry)
    assert "backends/demo.toml" in str(problem.value)


def test_a_question_is_found_however_it_is_spaced(tmp_path: Path) -> None:
    """`f(...)` answers for all arguments that have no answer of their own."""
    known = read(tmp_path, backend("host"), answer("f(A)", 'yes = ["host"]'), answer("f(...)", 'no = ["host"]'))
    assert [known.values("host", [asked]) for asked in ("f( A )", "f(B)", "g(A)")] == [
        {"f( A )": True}, {"f(B)": False}, {}]
    assert known.values("host", ["f(attr)"]) == {}, "a variable may hold any of the constants"
    alone = read(tmp_path, backend("host"), answer("f(...)", 'no = ["host"]'))
    assert alone.values("host", ["f(dev)"]) == {"f(dev)": False}


def test_what_depends_on_more_leaves_the_condition_open(tmp_path: Path) -> None:
    """Where one backend cannot be told nothing is concluded, and what both conditions ask may stay open."""
    rows = (backend("host"), backend("guest"))
    known = read(tmp_path, *rows, answer("f()", 'open = ["host"]\nothers = "yes"'), answer("g()", 'others = "yes"'))
    assert compare_gates(known, parse_c_condition(b"f()"), parse_c_condition(b"g()")) is None
    assert compare_gates(known, parse_c_condition(b"f() && g()"), parse_c_condition(b"f()")) == ()
    assert compare_gates(known, parse_c_condition(b"h()"), parse_c_condition(b"g()")) is None
    assert compare_gates(known, parse_c_condition(b"x"), parse_c_condition(b"x")) is None


def test_old_and_new_question_of_x86_are_the_same() -> None:
    """mem_encrypt_active() asked what cc_platform_has(CC_ATTR_MEM_ENCRYPT) asks, sme_active() what the host's asks."""
    for old, new in (("mem_encrypt_active()", "CC_ATTR_MEM_ENCRYPT"), ("sme_active()", "CC_ATTR_HOST_MEM_ENCRYPT"),
                     ("sev_active()", "CC_ATTR_GUEST_MEM_ENCRYPT"), ("sev_es_active()", "CC_ATTR_GUEST_STATE_ENCRYPT")):
        assert titles("x86", "5.10", old, f"cc_platform_has({new})") == []
    assert titles("x86", "5.10", "mem_encrypt_active()", "sev_active()") == ["SME host"]


def test_a_difference_names_its_backends() -> None:
    """What s390 and powerpc are told became true for protected guests in 7.3."""
    encrypted, guest = "cc_platform_has(CC_ATTR_MEM_ENCRYPT)", "cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT)"
    assert titles("s390", "7.2", "is_prot_virt_guest()", encrypted) == ["s390 protected guest"]
    assert titles("s390", "7.3", "is_prot_virt_guest()", encrypted) == []
    assert titles("powerpc", "6.12", encrypted, guest) == ["powerpc secure guest (SVM)"]
    assert titles("powerpc", "7.3", encrypted, guest) == []
    assert titles("arm64", "7.2", "force_dma_unencrypted(dev)", encrypted) == []
    assert titles("arm64", "7.3", "is_realm_world()", encrypted) == ["pKVM protected guest"]
    assert titles("x86", "6.1", encrypted, guest) == ["SME host", "Hyper-V isolation guest"]


def test_a_shift_says_what_held_before_and_now() -> None:
    """The SME host is not told that it is a guest."""
    shifts = compare_gates(real("x86", "6.12"), parse_c_condition(b"cc_platform_has(CC_ATTR_MEM_ENCRYPT)"),
                           parse_c_condition(b"cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT)"))
    assert shifts is not None
    assert [(shift.backend.name, shift.before, shift.after) for shift in shifts] == [
        ("sme", Ternary.YES, Ternary.NO)]


@pytest.mark.parametrize("kernel", RELEASES)
def test_nothing_is_said_twice(kernel: str) -> None:
    """Names, questions and conversions of a backend are there once in each release."""
    for arch in ("arm64", "loongarch", "powerpc", "riscv", "s390", "x86"):
        known = real(arch, kernel)
        assert len({row.name for row in known.rows}) == len(known.rows)
        for entry in known.answers:
            assert sum(entry.asks == other.asks for other in known.answers) == 1, (arch, entry.asks)
        for conversion in known.conversions:
            for name in conversion.backends:
                assert sum(name in other.backends for other in known.conversions) == 1, (arch, name)


EDITS = {
    "TDX is no longer encrypted memory": (
        "7.3", "x86", "arch/x86/coco/core.c", "\tcase CC_ATTR_MEM_ENCRYPT:\n\t\treturn true;\n\tdefault:",
        "\t\treturn true;\n\tdefault:",
        {"cc_platform_has(CC_ATTR_MEM_ENCRYPT)", "cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT)"}),
    "the host is told of guests": (
        "6.12", "x86", "arch/x86/coco/core.c", "return sme_me_mask && !(sev_status & MSR_AMD64_SEV_ENABLED);",
        "return sme_me_mask;", {"SME host", "cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT)"}),
    "Hyper-V is a vendor no more": (
        "6.1", "x86", "arch/x86/kernel/cpu/mshyperv.c", "cc_vendor = CC_VENDOR_HYPERV;", "cc_vendor = CC_VENDOR_AMD;",
        {"Hyper-V isolation guest"}),
    "the pages stay mapped": (
        "7.3", "x86", "arch/x86/hyperv/ivm.c", "return set_memory_np(kbuffer, pagecount);", "return 0;",
        {"conversion on hyperv-vtom, hyperv-vtom-tdx"}),
    "TDX takes vmalloc addresses": (
        "7.2", "x86", "arch/x86/coco/tdx/tdx.c", "phys_addr_t start = __pa(vaddr);",
        "phys_addr_t start = slow_virt_to_phys((void *)vaddr);", {"conversion on tdx"}),
    "pKVM guests are told no": (
        "7.3", "arm64", "arch/arm64/include/asm/mem_encrypt.h", "return is_realm_world() || is_protected_kvm_guest();",
        "return is_realm_world();", {"force_dma_unencrypted(...)"}),
    "a Realm converts any address": (
        "7.2", "arm64", "arch/arm64/mm/pageattr.c", "if (!__is_lm_address(addr))\n\t\treturn -EINVAL;\n\n\tstart",
        "start", {"conversion on realm"}),
    "the ultravisor's refusal is an error": (
        "6.12", "s390", "arch/s390/include/asm/uv.h",
        'panic("System security cannot be guaranteed unless the system panics now.\\n");', "return -EIO;",
        {"conversion on protected"}),
    "a protected guest has no DMA of its own": (
        "5.10", "s390", "arch/s390/mm/init.c",
        "bool force_dma_unencrypted(struct device *dev)\n{\n\treturn is_prot_virt_guest();",
        "bool force_dma_unencrypted(struct device *dev)\n{\n\treturn false;", {"force_dma_unencrypted(...)"}),
    "a secure guest is a guest": (
        "6.12", "powerpc", "arch/powerpc/platforms/pseries/cc_platform.c", "case CC_ATTR_MEM_ENCRYPT:",
        "case CC_ATTR_MEM_ENCRYPT:\n\tcase CC_ATTR_GUEST_MEM_ENCRYPT:", {"cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT)"}),
    "radix is not asked": (
        "6.1", "powerpc", "arch/powerpc/include/asm/mmu.h", "\treturn mmu_has_feature(MMU_FTR_TYPE_RADIX);",
        "\treturn true;", {"radix_enabled()"}),
}


@pytest.mark.kernel
@pytest.mark.parametrize("name", EDITS)
def test_an_edit_breaks_what_rests_on_it(kernel_tree: Callable[[str], Path], name: str) -> None:
    """A deliberate change of what code is told, or of a conversion, is named, and nothing else of the backends is."""
    release, arch, path, old, new, wanted = EDITS[name]
    base = DirectoryTree(kernel_tree(release))
    text = (base.read(path) or b"").decode()
    assert old in text
    tree = OverlayTree(base, {path: text.replace(old, new).encode()})
    broken = {item.subject for item in check(load_model((data_folder("rules"),)), tree, arches=[arch],
                                             version=parse_version(release))
              if item.outcome != "holds" and item.kind == "backend"}
    assert broken == wanted


def test_what_is_known_of_some_backends_is_told_with_what_is_not() -> None:
    """A backend without a certain answer takes nothing from what is known of the others."""
    found = shifts_of(real("x86", "6.12"), parse_c_condition(b"hv_isolation_type_snp()"),
                      parse_c_condition(b"hv_is_isolation_supported()"))
    assert found is not None
    assert [shift.backend.name for shift in found.known] == ["hyperv-vtom-tdx"]
    assert [row.name for row in found.unknown] == ["sev-snp", "tdx"]


def test_where_a_conversion_does_nothing_its_test_does_not_matter() -> None:
    """Whether memory is converted on a backend where that does nothing is no difference for anybody."""
    asked = parse_c_condition(b"cc_platform_has(CC_ATTR_MEM_ENCRYPT)")
    known = real("x86", "6.12")
    assert compare_gates(known, TRUE, asked, converts=True) == ()
    assert [shift.backend.name for shift in compare_gates(known, TRUE, asked) or ()] == ["native", "xen-pv"]


def test_an_option_that_no_kernel_of_the_backend_can_have_otherwise_is_no_difference() -> None:
    """Options are those of the kernels that know the backend; what none of these can be does not count."""
    before, after = (parse_c_condition(text) for text in (
        b"sev_active()", b"defined(CONFIG_AMD_MEM_ENCRYPT) && defined(CONFIG_DEMO) && sev_active()"))
    assert shifts_of(real("x86", "5.10"), before, after, possible=lambda _: False) == Shifts(known=(), unknown=())
