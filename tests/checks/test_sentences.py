"""The page of samples in docs/ is what the rules say today."""

from __future__ import annotations

import re

from update_sentences import PAGE, sentences

_MACHINE = (r"no longer cannot", r"\bis instead of\b", r"not in the model", r"\(\)\(\)", r"''", r"\b(\w+) \1\b")


def test_the_page_of_samples_is_current() -> None:
    """`make sentences` writes docs/sentences.md anew."""
    assert sentences() == PAGE.read_text(encoding="utf-8"), "'make sentences' writes docs/sentences.md anew"


def test_no_sentence_has_words_of_a_machine() -> None:
    """No double negation, no empty name, no word twice."""
    text = PAGE.read_text(encoding="utf-8")
    found = [line for line in text.splitlines() if line.startswith("- ") and any(re.search(p, line) for p in _MACHINE)]
    assert not found
