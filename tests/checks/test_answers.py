"""When functions that answer yes or no say yes, by all of their tests and returns."""

from __future__ import annotations

import pytest

from reviewbot.cfacts import functions_of
from reviewbot.checks.answers import answer_of


def told(body: str) -> str | None:
    data = f"bool demo_asks(struct device *dev)\n{{\n{body}\n}}\n".encode()
    found = answer_of(data, functions_of(data)[0])
    return None if found is None else str(found)


@pytest.mark.parametrize(("body", "answer"), [
    ("\treturn dev->far;", "dev->far"),
    ("\tif (dev->near)\n\t\treturn false;\n\treturn true;", "!dev->near"),
    ("\tif (dev->near)\n\t\treturn false;\n\telse\n\t\treturn dev->far;", "!dev->near && dev->far"),
    ("\tif (dev->guest) {\n\t\tu64 mask = dev->mask;\n\n\t\tif (mask)\n\t\t\treturn true;\n\t}\n\n\treturn false;",
     "dev->guest && mask"),
    ("\tpr_debug(\"demo\");\n\treturn 1;", "1"),
])
def test_the_answer_is_put_together_from_tests_and_returns(body: str, answer: str) -> None:
    """A return counts where all tests in front of it let it run."""
    assert told(body) == answer


@pytest.mark.parametrize("body", [
    "\twhile (dev->busy)\n\t\twait(dev);\n\treturn true;",
    "\tif (dev->near)\n\t\tgoto out;\n\treturn true;\nout:\n\treturn false;",
    "#ifdef CONFIG_DEMO\n\treturn true;\n#endif\n\treturn false;",
    "\tDEMO_RETURN_IF_NEAR(dev);\n\treturn true;",
    "\tif (dev->near)\n\t\treturn true;",
])
def test_what_is_written_otherwise_has_no_answer(body: str) -> None:
    """Loops, jumps, options in the body, macros that may return, and an end without a return."""
    assert told(body) is None
