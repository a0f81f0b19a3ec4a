"""What becomes of a call's result, read from the outline of a function."""

from __future__ import annotations

import pytest

from reviewbot.contracts.outline import Outline, outlines_of
from reviewbot.contracts.results import treatments
from reviewbot.contracts.returned import gives, hands_on


def outline(body: str, head: str = "int f(int n)") -> Outline:
    data = f"{head}\n{{\n{body}\n}}\n".encode()
    [[found]] = outlines_of("demo.c", data, most=1)
    return found


@pytest.mark.parametrize(("body", "fate", "how"), [
    ("int r = g(n);\nif (r)\n\treturn r;\nreturn 0;", "tested", "true"),
    ("int r;\nr = g(n);\nif (r < 0)\n\tgoto out;\nn = 1;\nout:\nreturn r;", "tested", "negative"),
    ("if (!g(n))\n\treturn 1;\nreturn 0;", "tested", "not"),
    ("struct p *p = g(n);\nif (IS_ERR(p))\n\treturn PTR_ERR(p);\nreturn p->n;", "tested", "IS_ERR"),
    ("return g(n);", "returned", ""),
    ("int r = g(n);\nreturn r;", "returned", ""),
    ("g(n);\nreturn 0;", "dropped", ""),
    ("(void)g(n);\nreturn 0;", "dropped", ""),
    ("int r = g(n);\nr = h(n);\nreturn r;", "dropped", ""),
    ("struct p *p = g(n);\nreturn p->n;", "dereferenced", ""),
    ("return g(n)->n;", "dereferenced", ""),
    ("h(g(n));\nreturn 0;", "passed", ""),
    ("void *p = page_address(g(n));\nreturn !p;", "converted", ""),
    ("int r = g(n);\nif (r)\n\tpr_warn(\"%d\", r);\nreturn 0;", "told", ""),
    ("WARN_ON(g(n));\nreturn 0;", "told", ""),
    ("if (WARN_ON(g(n)))\n\treturn 1;\nreturn 0;", "tested", "true"),
    ("BUG_ON(g(n));\nreturn 0;", "tested", "true"),
    ("while ((n = g(n)))\n\th(n);\nreturn 0;", "tested", "true"),
])
def test_fate(body: str, fate: str, how: str) -> None:
    """The first thing that matters of a result is a test before it is followed, else what follows it without one."""
    [one] = treatments(outline(body), frozenset({"g"}))
    assert one.fate == fate
    if how:
        assert one.first_test is not None
        assert one.first_test.how == how


def test_a_value_of_the_other_branch_is_not_tested() -> None:
    """A test in the other branch of an if, or behind a new assignment in the same block, is no test of the result."""
    body = "int r = 0;\nif (n) {\n\tr = g(n);\n} else {\n\tif (r)\n\t\treturn r;\n}\nreturn 0;"
    [one] = treatments(outline(body), frozenset({"g"}))
    assert one.fate == "dropped"
    body = "int r = g(n);\nif (n > 1) {\n\tr = h(n);\n\tif (r)\n\t\treturn r;\n}\nreturn 0;"
    [one] = treatments(outline(body), frozenset({"g"}))
    assert one.fate == "dropped"


@pytest.mark.parametrize(("head", "body", "kinds"), [
    ("struct p *f(int n)", "struct p *p = g(n);\nif (!p)\n\treturn ERR_PTR(-ENOMEM);\nreturn p;",
     {"error-pointer", "value"}),
    ("struct p *f(int n)", "if (n)\n\treturn NULL;\nreturn g(n);", {"null", "unknown"}),
    ("int f(int n)", "int r = -EINVAL;\nif (n)\n\tr = 0;\nreturn r;", {"errno", "zero"}),
    ("bool f(int n)", "return n ? true : false;", {"true", "false"}),
    ("void f(int n)", "return;", set()),
])
def test_gives(head: str, body: str, kinds: set[str]) -> None:
    """A body says what it gives: a tested value is no failure, and another function's result is unknown."""
    assert set(gives(outline(body, head))) == kinds


def test_hands_on() -> None:
    """A function hands on what it returns of another as it is, also through a variable."""
    assert hands_on(outline("int r = g(n);\nif (r)\n\treturn r;\nreturn h(n);")) == ("g", "h")


@pytest.mark.parametrize("body", [
    "int r;\ndo {\n\tr = g(n);\n\th(n);\n} while (r == -EAGAIN);\nreturn 0;",
    "int r = 1;\nwhile (r > 0) {\n\tr = g(n);\n\th(n);\n}\nreturn 0;",
])
def test_the_test_for_another_round_reads_the_result(body: str) -> None:
    """What a loop fills and asks for before the next round is tested."""
    [one] = treatments(outline(body), frozenset({"g"}))
    assert one.fate == "tested"
