"""A test of the platform in front of a call: on what the kernel runs on the call is made no longer, or now."""

from __future__ import annotations

import pytest

from .one_patch import review

GUEST, ANY = "cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT)", "cc_platform_has(CC_ATTR_MEM_ENCRYPT)"
VTOM = "Hyper-V SEV-SNP guest with a paravisor (vTOM)"
PARAVISOR = "Hyper-V TDX guest with a paravisor"


def share(test: str, head: str = "") -> str:
    inner = "	ret = set_memory_decrypted((unsigned long)buf, 1);\n	if (ret)\n		return ret;\n"
    if test:
        inner = f"	if ({test}) {{\n" + inner.replace("	", "		", 1).replace("\n	", "\n		") + "	}\n"
        inner = inner.replace("\n			}", "\n	}")
    return (f"#include <linux/set_memory.h>\n\n{head}int demo_share(struct demo *d, void *buf)\n{{\n	int ret;\n\n"
            f"{inner}	return demo_start(buf);\n}}\n")


def rows(old: str, new: str, path: str = "arch/x86/kernel/demo.c") -> list[tuple[str, str]]:
    return [(row.verdict, row.statement) for row in review(old, new, path=path).first_page.rows]


@pytest.mark.parametrize(("before", "after", "said"), [
    (GUEST, ANY, "now also on the platform SME host"),
    (ANY, GUEST, "no longer on the platform SME host"),
    ("d->on", f"d->on && {GUEST}", "no longer on the platform SME host"),
    ("hv_isolation_type_snp()", "hv_is_isolation_supported()",
     f"now also on the platform {PARAVISOR}, not known on the platforms SEV-SNP guest and TDX guest"),
    ("hv_isolation_type_snp()", "cc_platform_has(CC_ATTR_GUEST_SEV_SNP)",
     f"no longer on the platform {VTOM}, not known on the platform SEV-SNP guest"),
])
def test_the_platforms_that_lose_or_gain_the_call_are_named(before: str, after: str, said: str) -> None:
    """The row names what the kernel runs on where the call is made no longer, or now, and where that is not known."""
    [(verdict, statement)] = rows(share(before), share(after))
    assert (verdict, statement.rpartition(": ")[2]) == ("different", said)


@pytest.mark.parametrize(("before", "after"), [("", ANY), (ANY, "")])
def test_a_test_that_tells_only_where_nothing_is_done_changes_nothing(before: str, after: str) -> None:
    """A conversion of memory does nothing where no memory is encrypted: whether it is called there is no change."""
    assert {verdict for verdict, _ in rows(share(before), share(after))} == {"same"}


def test_what_only_one_side_asks_at_run_time_stays_open() -> None:
    """Of a question that no platform answers nothing is said."""
    assert all("platform" not in statement for _, statement in rows(share("d->on"), share("d->on && d->ready")))
    assert rows(share(GUEST), share("d->paravisor")) == []


def test_a_wrapper_that_the_patch_brings_is_what_its_body_asks() -> None:
    """A new question of the series is followed to what its body asks, for the constant that it is asked with."""
    head = "#define DEMO_GUEST 1\n"
    body = """static bool demo_has(unsigned int attr)
{
	switch (attr) {
	case DEMO_GUEST:
		return %s;
	default:
		return false;
	}
}

"""
    page = review(share(GUEST), share("demo_has(DEMO_GUEST)", head + body % GUEST)).first_page
    assert page.conclusion == "No call was seen that now maps memory otherwise than before."
    [(verdict, statement)] = rows(share(GUEST), share("demo_has(DEMO_GUEST)", head + body % ANY))
    assert (verdict, statement.rpartition(": ")[2]) == ("different", "now also on the platform SME host")


@pytest.mark.parametrize(("asks", "conclusion"), [
    (GUEST, "No call was seen that now maps memory otherwise than before."),
    (ANY, f"demo_share() now asks 'demo_has()' in place of '{GUEST}'; that this comes to the same could not be shown."),
])
def test_what_is_set_behind_a_test_that_comes_to_the_same_is_the_same(asks: str, conclusion: str) -> None:
    """A value is made under another question than before, which is answered alike on everything the kernel runs on."""
    head = f"static bool demo_has(void)\n{{\n	return {asks};\n}}\n\n"
    made = "	unsigned long pages = 1;\n	int ret;\n\n	if (%s)\n		pages |= 2;\n"
    code = share("").replace("	int ret;\n", made).replace("buf, 1", "buf, pages")
    new = code.replace("int demo_share", f"{head}int demo_share") % "demo_has()"
    assert review(code % GUEST, new, path="arch/x86/hyperv/demo.c").first_page.conclusion == conclusion
