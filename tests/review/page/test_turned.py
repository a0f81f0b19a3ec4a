"""A call of a helper for one constant becomes one for another, for which the helper does something else."""

from __future__ import annotations

from .one_patch import review

HELPER = """#include <linux/set_memory.h>

static int demo_crypt(void *p, bool enc)
{
	if (enc)
		return set_memory_encrypted((unsigned long)p, 1);
	return set_memory_decrypted((unsigned long)p, 1);
}

"""


def user(name: str, call: str) -> str:
    return f"""int demo_{name}(struct demo *d, void *buf)
{{
	int ret = {call};

	if (ret)
		return ret;
	return demo_go(d, buf);
}}

"""


def said(before: str, after: str) -> list[str]:
    page = review(HELPER + before, HELPER + after, path="drivers/misc/demo.c").first_page
    return [row.statement for row in page.rows]


def test_what_the_helper_did_and_does_is_told() -> None:
    """The row says what the call does for the new constant, and what it did for the old one."""
    assert said(user("use", "demo_crypt(buf, true)"), user("use", "demo_crypt(buf, false)")) == [
        "demo_use() now shares buf with the hypervisor, and no longer makes it private again: a failure is dealt with"]


def test_two_functions_that_change_places_are_not_told() -> None:
    """Where another function makes the call that this one made, it may have moved."""
    one, other = "demo_crypt(buf, true)", "demo_crypt(buf, false)"
    assert not any("no longer" in text for text in said(
        user("use", one) + user("try", other), user("use", other) + user("try", one)))
