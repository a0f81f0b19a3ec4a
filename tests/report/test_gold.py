"""Every format of the sample review is what the golden page says."""

from __future__ import annotations

import pytest
from update_gold import GOLD, PAGES, scrub


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_is_the_golden_one(name: str) -> None:
    """The page, without versions, equals the kept one; `python tests/report/update_gold.py` writes it anew."""
    assert scrub(PAGES[name]()) == (GOLD / name).read_text(encoding="utf-8")
