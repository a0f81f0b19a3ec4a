"""Releases between those that were read: what is known of the day a function came or went."""

from __future__ import annotations

import pytest

from reviewbot.arch import Model, load_model, parse_version
from reviewbot.resources import data_folder

# architecture, symbol, the last release without it, the first with it, and what the ordinary kernel has on either side
ARRIVALS = (
    ("x86", "set_memory_rox", "6.1", "6.2", "undeclared", "real"),
    ("x86", "set_memory_p", "6.8", "6.9", "undeclared", "real"),
    ("x86", "set_pages_array_wt", "5.17", "5.18", "real", "undeclared"),
    ("x86", "set_direct_map_valid_noflush", "6.12", "6.13", "undeclared", "real"),
    ("arm", "set_memory_valid", "5.16", "5.17", "undeclared", "real"),
    ("arm64", "can_set_direct_map", "5.13", "5.14", "undeclared", "real"),
    ("arm64", "set_memory_decrypted", "6.11", "6.12", "stub", "real"),
    ("loongarch", "set_direct_map_default_noflush", "6.11", "6.12", "stub", "real"),
    ("powerpc", "set_memory_ro", "5.13", "5.14", "stub", "real"),
    ("powerpc", "set_memory_np", "5.14", "5.15", "undeclared", "real"),
    ("riscv", "kernel_page_present", "5.10", "5.11", "undeclared", "real"),
    ("x86", "snp_set_memory_shared", "5.18", "5.19", "undeclared", "real"),
    ("s390", "set_memory_4k", "5.14", "5.15", "undeclared", "real"),
    ("s390", "set_direct_map_default_noflush", "6.3", "6.4", "stub", "real"),
    ("s390", "set_memory_ro", "6.5", "6.6", "real", "macro"),
    ("s390", "kernel_page_present", "6.11", "6.12", "undeclared", "real"),
)


@pytest.fixture(scope="module")
def model() -> Model:
    """Return the model that the program carries."""
    return load_model((data_folder("rules"),))


@pytest.mark.parametrize(("arch", "symbol", "before", "since", "old", "new"), ARRIVALS)
def test_a_function_comes_and_goes_with_its_release(
        model: Model, arch: str, symbol: str, before: str, since: str, old: str, new: str) -> None:
    """A release that nobody keeps a tree of is answered by when the change happened."""
    assert model.fact(arch, symbol, parse_version(before))[0].status == old
    assert model.fact(arch, symbol, parse_version(since))[0].status == new


def test_memory_is_converted_at_boot_on_x86_alone(model: Model) -> None:
    """The early conversions are boot code that gives 0 or a bare 1, a stub without AMD_MEM_ENCRYPT, and only on x86."""
    for release in model.releases:
        for symbol in ("early_set_memory_encrypted", "early_set_memory_decrypted"):
            real, stub = model.fact("x86", symbol, release)
            assert (real.status, real.boot, real.possible_errnos(), stub.status) == ("real", True, ("1",), "stub")
            assert [fact.status for fact in model.fact("arm64", symbol, release)] == ["undeclared"]
        told = model.fact("x86", "early_set_mem_enc_dec_hypercall", release)
        assert [fact.status for fact in told] == (["undeclared"] if str(release) == "5.10" else ["real", "stub"])


@pytest.mark.parametrize(("arch", "symbol", "before", "since"), [("powerpc", "set_memory_ro", "6.12", "6.13"),
                                                                ("alpha", "set_memory_ro", "6.11", "6.12")])
def test_must_check_has_a_day_too(model: Model, arch: str, symbol: str, before: str, since: str) -> None:
    """Whether the compiler warns about a dropped result depends on the release."""
    assert model.fact(arch, symbol, parse_version(before))[0].must_check is False
    assert model.fact(arch, symbol, parse_version(since))[0].must_check is True
