"""Errors of its own that a function gives its caller where a call in it has failed."""

from __future__ import annotations

import pytest

from reviewbot.cfacts import read_file


def given(returns: str, body: str) -> tuple[str, ...]:
    """Return the errors that a function of this type and body gives where its one call has failed."""
    code = f"static {returns} demo(struct demo *d)\n{{\n{body}}}\n"
    [call] = read_file("mm/demo.c", code.encode(), names=frozenset({"mapped"}), returns={"mapped": "int"}).calls
    return call.reports


@pytest.mark.parametrize(("returns", "body", "errors"), [
    ("int", "	if (mapped(d))\n		return -EIO;\n	return 0;\n", ("-EIO",)),
    ("int", "	if (mapped(d) || d->odd)\n		return -EIO;\n	return end(d);\n", ("-EIO",)),
    ("int", "	if (!mapped(d))\n		return 0;\n	return -EINVAL;\n", ("-EINVAL",)),
    ("int", "	if (mapped(d) < 0) {\n		log(d);\n		return -EIO;\n	}\n	return end(d);\n", ("-EIO",)),
    ("bool", "	if (mapped(d))\n		return false;\n	return true;\n", ("false",)),
    ("void *", "	if (mapped(d))\n		goto fail;\n	return d;\nfail:\n	put(d);\n	return NULL;\n", ("NULL",)),
    ("struct demo *", "	if (mapped(d))\n		return ERR_PTR(-EIO);\n	return d;\n", ("-EIO",)),
    ("int", "	int ret = -ENOMEM;\n	if (mapped(d))\n		goto out;\n	ret = 0;\nout:\n\n	return ret;\n",
     ("-ENOMEM",)),
])
def test_an_error_in_the_place_of_the_result_is_told(returns: str, body: str, errors: tuple[str, ...]) -> None:
    """Every path from the failure gives the caller one of these, be it through a variable."""
    assert given(returns, body) == errors


@pytest.mark.parametrize(("returns", "body"), [
    ("int", "	if (mapped(d))\n		log(d);\n	return 0;\n"),
    ("int", "	if (mapped(d)) {\n		d->sick = true;\n		return 0;\n	}\n	return -EIO;\n"),
    ("bool", "	if (mapped(d))\n		return false;\n	return false;\n"),
    ("int", "	int ret = 0;\n	if (mapped(d))\n		goto out;\n	ret = -EIO;\nout:\n	put(d);\n	return ret;\n"),
    ("int", "again:\n	if (mapped(d))\n		goto again;\n	return -EIO;\n"),
    ("void", "	if (mapped(d))\n		return;\n	log(d);\n"),
])
def test_where_a_failure_is_not_known_to_be_reported_nothing_is_told(returns: str, body: str) -> None:
    """A path that gives success, a try again, or a constant that says nothing is no error for the caller."""
    assert given(returns, body) == ()
