"""The object that a C argument names: casts, brackets and address conversions taken off."""

from __future__ import annotations

import re
from functools import lru_cache

from reviewbot.text import is_bracketed

__all__ = ["is_conversion", "object_of"]

_CONVERSIONS = frozenset({
    "page_address", "virt_to_page", "page_to_virt", "virt_to_phys", "phys_to_virt", "__pa", "__va", "page_to_phys",
    "phys_to_page", "page_to_pfn", "pfn_to_page", "virt_to_pfn", "pfn_to_kaddr", "lm_alias", "virt_to_folio",
    "page_folio", "folio_page", "folio_address", "folio_to_virt", "kasan_reset_tag", "vmalloc_to_page", "untagged_addr",
    "__phys_to_virt", "__virt_to_phys", "pfn_to_virt",
})


def is_conversion(name: str) -> bool:
    """Return whether a function only gives the same memory another kind of address."""
    return name in _CONVERSIONS


@lru_cache(maxsize=4096)
def object_of(argument: str) -> str:
    """Return the object that an argument names: casts, brackets and address conversions are taken off.

    `(unsigned long)page_address(page)` and `page` name the same object.
    """
    text = argument.strip()
    while True:
        before = text
        text = re.sub(r"^\((?:const |unsigned |signed |struct |union |volatile )*\w+(?: (?:long|int|char))*[ *]*\)\s*"
                      r"(?=[\w(&*])", "", text)
        if is_bracketed(text):
            text = text[1:-1].strip()
        folio = re.fullmatch(r"&\s*([\w.>\[\]-]+)->page", text)
        if folio and "folio" in folio[1]:
            text = folio[1]  # a folio's first page is the folio
        called = re.match(r"(\w+)\s*(?=\()", text)
        if called and called.group(1) in _CONVERSIONS and is_bracketed(text, called.end()):
            text = text[called.end() + 1:-1].split(",")[0].strip()
        if text == before:
            return text
