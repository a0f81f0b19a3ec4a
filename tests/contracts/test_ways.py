"""The ways through an outline: what follows what, and what the tests on a way have decided."""

from __future__ import annotations

import pytest

from reviewbot.contracts.outline import Outline, Step, calls_in, outlines_of
from reviewbot.contracts.ways import Facts, Say, ways_of


def outline(body: str) -> Outline:
    data = f"int f(struct d *d, int n)\n{{\n{body}\n}}\n".encode()
    [[found]] = outlines_of("demo.c", data, most=1)
    return found


def reaches(body: str, start: str, end: str) -> bool:
    """Return whether a way leads from the call of one function to that of another."""
    found = outline(body)
    ways = ways_of(found)
    first = next(number for number, step in enumerate(found.steps)
                 if any(call.name == start for call in calls_in(step.expr)))

    def visit(_: int, step: Step, __: Facts) -> Say:
        return "found" if any(call.name == end for call in calls_in(step.expr)) else "on"

    return ways.search(first, ways.known(first), visit) is not None


@pytest.mark.parametrize(("body", "there"), [
    ("a();\nb();\nreturn 0;", True),
    ("b();\na();\nreturn 0;", False),
    ("a();\nreturn 0;\nb();", False),
    ("if (n)\n\ta();\nif (!n)\n\tb();\nreturn 0;", False),
    ("if (n)\n\ta();\nn = 0;\nif (!n)\n\tb();\nreturn 0;", True),
    ("int r = g();\nif (r < 0) {\n\ta();\n}\nif (r)\n\treturn r;\nb();\nreturn 0;", False),
    ("a();\nif (n)\n\tgoto out;\nreturn 0;\nout:\nb();\nreturn 1;", True),
    ("while (n--) {\n\tb();\n\ta();\n}\nreturn 0;", True),
    ("do {\n\tb();\n\tif (n)\n\t\tbreak;\n\ta();\n} while (d->n);\nreturn 0;", True),
    ("do {\n\ta();\n} while (0);\nb();\nreturn 0;", True),
    ("for (;;) {\n\ta();\n\tif (n)\n\t\treturn 1;\n}\nb();\nreturn 0;", False),
    ("switch (n) {\ncase 1:\n\ta();\n\tbreak;\ndefault:\n\tb();\n}\nreturn 0;", False),
    ("switch (n) {\ncase 1:\n\ta();\ndefault:\n\tb();\n}\nreturn 0;", True),
    ("switch (n) {\ncase 1:\n\ta();\n\tbreak;\n}\nb();\nreturn 0;", True),
    ("a();\nBUG();\nb();\nreturn 0;", False),
    ("int r = -EINVAL;\nif (n)\n\ta();\nelse\n\tr = 0;\nif (!r)\n\tb();\nreturn r;", False),
    ("struct d *p = g();\nif (IS_ERR(p))\n\ta();\nif (!p)\n\tb();\nreturn 0;", False),
    ("int r = g();\nif (r == -EAGAIN)\n\ta();\nif (r >= 0)\n\tb();\nreturn 0;", False),
])
def test_a_way(body: str, there: bool) -> None:
    """A way is there when each step follows the one before and no two tests on it exclude each other."""
    assert reaches(body, "a", "b") is there


def test_what_is_known_where_ways_join() -> None:
    """At a step is known what every way to it has decided."""
    found = outline("if (!d)\n\treturn 1;\nif (n)\n\td->n = 1;\ng();\nreturn 0;")
    number = next(place for place, step in enumerate(found.steps)
                  if any(call.name == "g" for call in calls_in(step.expr)))
    assert dict(ways_of(found).known(number)) == {"d": True}
