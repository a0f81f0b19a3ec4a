"""Of a pair of calls the page tells what is done, and of what is undone and done again both."""

from __future__ import annotations

import pytest

from ..test_seen import HEAD, TAIL, changed

SHARE = """int demo_share(struct demo *demo)
{
	if (set_memory_decrypted(demo->buffer, 1))
		return -EIO;
	if (demo_tell(demo))
		set_memory_encrypted(demo->buffer, 1);
	return 0;
}
"""
FREE = """void demo_free(struct demo *demo, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (!set_memory_encrypted((unsigned long)demo->pages[i], 1))
			free_page((unsigned long)demo->pages[i]);
}

"""
PATCH = """int demo_patch(unsigned long text, int pages)
{
	if (set_memory_rw(text, pages))
		return -EIO;
	demo_write(text);
	return set_memory_rox(text, pages);
}
"""


def told(old: str, new: str) -> str:
    return changed(HEAD + old, HEAD + new).first_page.conclusion


def test_what_a_function_does_comes_before_what_it_takes_back() -> None:
    """It shares the buffer, and takes that back only where something else fails."""
    assert "the new demo_share() shares demo->buffer with the hypervisor" in told("", SHARE)
    under = SHARE.replace("	if (set_memory_dec", "	if (!demo->own)\n		return 0;\n	if (set_memory_dec")
    assert "demo_share() now shares demo->buffer with the hypervisor only where demo->own" in told(SHARE, under)


def test_a_new_helper_that_gives_back_is_a_row_of_its_own() -> None:
    """What the function does itself is told, and behind it what its new helper gives back."""
    new = SHARE.replace("set_memory_encrypted(demo->buffer, 1)", "demo_free(NULL, 1)")
    said = told("", FREE + new)
    assert said.index("demo_share() shares demo->buffer") < said.index("new demo_free() makes demo->pages[i] private")


def test_what_is_undone_and_done_again_is_told_in_turn() -> None:
    """The text is writable in between: to tell the end alone hides that."""
    assert "the new demo_patch() makes text writable, and then read-only and executable" in told("", PATCH)
    other = PATCH.replace("rox(text, pages)", "rox(demo_next(text), pages)")
    assert "and then" not in told("", other)


@pytest.mark.parametrize(("function", "word"), [
    ("set_memory_uc", "uncached"), ("set_memory_wc", "write-combining")])
def test_a_cache_mode_has_its_own_word(function: str, word: str) -> None:
    """Write-combining memory is not uncached."""
    code = f"int demo_open(unsigned long frame)\n{{\n	return {function}(frame, 1);\n}}\n"
    assert f"the new demo_open() makes frame {word}" in told(TAIL, TAIL + code)


HIDE = """static int demo_reset(struct demo *demo)
{
	int ret = set_direct_map_invalid_noflush(demo_page(demo->own));

	set_direct_map_default_noflush(demo_page(demo->own));
	return ret;
}

"""
CLOSE = "int demo_close(struct demo *demo)\n{\n	return 0;\n}\n\n"
STOP = CLOSE.replace("close", "stop")


def test_what_a_helper_gives_back_at_once_is_told_with_what_it_takes() -> None:
    """The pages are off the map for a moment: neither half alone is what becomes of them."""
    old = HIDE + CLOSE + STOP
    said = told(old, HIDE + CLOSE.replace("return 0", "return demo_reset(demo_next(demo))") + STOP)
    assert "demo_close() now unmaps memory and maps it again through demo_reset()" in said
    both = (HIDE + CLOSE + STOP).replace("return 0", "return demo_reset(demo_next(demo))")
    assert "demo_close() and demo_stop() now unmap memory and map it again through demo_reset()" in told(old, both)
    under = both.replace("	return demo", "	if (!demo->own)\n		return 0;\n	return demo", 1)
    assert "demo_close() now unmaps memory and maps it again through demo_reset() only where demo->own" in told(
        both, under)
