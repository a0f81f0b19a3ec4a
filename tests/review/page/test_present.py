"""What a patch brings and the tree has already is no change."""

from __future__ import annotations

from one_patch import review

STEPS = "".join(f"\tdemo_step({number});\n" for number in range(12))
BEFORE = f"""#include <linux/set_memory.h>

int demo_first(void)
{{
\treturn demo_ready();
}}

void demo_steps(void)
{{
{STEPS}}}
"""
OWN = """int set_memory_decrypted(unsigned long addr, int pages)
{
\treturn demo_share(addr, pages);
}

void demo_steps(void)
"""


def test_a_function_that_the_tree_has_already_is_not_new_there() -> None:
    """The rest of the patch is not in the tree; of the function of its own it is said that it is."""
    own = BEFORE.replace("void demo_steps(void)\n", OWN)
    after = own.replace("demo_step(11)", "demo_step(99)")
    page = review(BEFORE, after, tree=own).first_page
    assert page.conclusion.startswith("This tree has already what patch 1 brings: x86's own set_memory_decrypted().")
    assert page.rows == ()
    assert review(BEFORE, after).first_page.conclusion.startswith(
        "On x86 set_memory_decrypted() is new there, and nothing there calls it yet.")


def test_a_new_function_that_something_calls_is_new_and_no_more() -> None:
    """The same file makes a call of it before and after the patch."""
    caller = "int demo_last(unsigned long addr)\n{\n\treturn set_memory_decrypted(addr, 1);\n}\n"
    after = BEFORE.replace("void demo_steps(void)\n", OWN)
    assert "is new there." in review(BEFORE + caller, after + caller).first_page.conclusion
