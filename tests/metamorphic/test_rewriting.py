"""The rewritings themselves: they change something, and nothing that matters to a compiler."""

from __future__ import annotations

import pytest
from material import example_case, example_cases, knowledge
from rewriting import MARK, REWRITINGS, unsteady

SOURCE = """\
#ifdef CONFIG_DEMO
static int flags;
#endif

static void demo(struct page *page, int pages)
{
	int ret = 0;

	if (!page)
		return;
	ret = set_memory_ro(page_address(page), pages);
	if (ret && pages > 1) {
		page->ret = ret;
	} else {
		pr_warn("%d", ret);
	}
}
"""
EXPECTED = {
    "arguments": ["set_memory_ro( (page_address(page)),  (pages))"],
    "names": [f"struct page *{MARK}page, int {MARK}pages", f"int {MARK}ret = 0;", f"{MARK}page->ret = {MARK}ret;"],
    "layout": ["\n\n\n\t/* as it was */", "\n    ret = set_memory_ro(", "\n        return;"],
    "conditions": ["if (!(!(ret ) || !( pages > 1))) {", "#if defined(CONFIG_DEMO)"],
    "arms": ["if (!(!page))\n\t\t{", "}\n}\n", "if (!(ret && pages > 1)) {\n\t\tpr_warn"],
}


@pytest.mark.parametrize("name", REWRITINGS)
def test_a_rewriting_does_what_it_is_called(name: str) -> None:
    """Small, plain C comes out as a person would write it otherwise."""
    text = REWRITINGS[name](SOURCE.encode(), knowledge().family.names()).decode()
    if name == "layout":
        text = text.replace("    /* as it was */", "\t/* as it was */")
    for part in EXPECTED[name]:
        assert part in text


@pytest.mark.parametrize("name", REWRITINGS)
def test_a_rewriting_finds_something_in_the_example(name: str) -> None:
    """A relation that compares a series with itself would hold for no reason."""
    case = example_case(*next(example_cases()))
    assert case is not None
    names = knowledge().family.names()
    assert any(REWRITINGS[name](after, names) != after for step in case.steps
               for path, (_, after) in step.files.items() if after and path.endswith(".c"))


def test_a_name_is_renamed_in_every_version_or_in_none() -> None:
    """Where a patch makes a local certain, renaming it on one side only would change lines that nobody wrote."""
    before = b"void demo(struct demo *d)\n{\n\tsize = d->size;\n\tdemo_set(d, size);\n}\n"
    after = before.replace(b"{\n", b"{\n\tint size;\n\n")
    kept = unsteady([before, after])
    assert "size" in kept
    assert "d" not in kept
    assert b"zz_size" not in REWRITINGS["names"](after, kept)
