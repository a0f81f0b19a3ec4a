"""A call that is given the same page in other words does what it did."""

from __future__ import annotations

import pytest
from one_patch import review

OLD = """void demo_put(struct folio *folio, struct page *page)
{
	set_direct_map_default_noflush(&folio->page);
}
"""


def _seen(given: str) -> set[str]:
    return {cell.seen for cell in review(OLD, OLD.replace("&folio->page", given)).behaviour}


@pytest.mark.parametrize("given", ["folio_page(folio, 0)", "virt_to_page(folio_address(folio))"])
def test_the_first_page_of_a_folio_has_several_names(given: str) -> None:
    """A conversion that loses nothing gives the page that it was."""
    assert _seen(given) == {"same"}


@pytest.mark.parametrize("given", ["folio_page(folio, 1)", "page", "vmalloc_to_page(folio_address(folio))"])
def test_another_page_is_not_proved_to_be_the_same(given: str) -> None:
    """The second page of a folio, another variable, and a conversion that may lead elsewhere."""
    assert _seen(given) != {"same"}
