"""Control-flow graphs and facts as drawn tables: C on top, blocks and edges, then what is known about each call.

`REVIEWBOT_UPDATE_CASES=1 pytest tests/cfacts/test_graphs.py` writes the tables anew; read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reviewbot.cfacts import Family, draw_cfg, load_family, read_file
from reviewbot.logic import TRUE

HERE = Path(__file__).parent
RULES = HERE.parent.parent / "rules" / "api"


def cases(path: Path) -> list[tuple[str, str, str]]:
    """Return (name, C, expected table) of each case of a file."""
    found = []
    for part in path.read_text().split("[case ")[1:]:
        name, _, rest = part.partition("]\n")
        code, _, expected = rest.partition("[graph]\n")
        found.append((name, code.strip("\n") + "\n", expected.strip("\n") + "\n"))
    return found


def table(code: str, family: Family) -> str:
    data = code.encode()
    lines = [draw_cfg(data).rstrip("\n"), "[facts]"]
    for call in read_file("case.c", data, names=family).calls:
        line = f"{call.span.line}: {call.callee} {call.use}"
        for guard in call.guards:
            line += f" [{guard.condition}]"
        if call.path_condition != TRUE:
            line += f" #if {call.path_condition}"
        lines.append(line + (f" ({call.note})" if call.note else ""))
    return "\n".join(lines) + "\n"


ALL = [(path.stem, *case) for path in sorted((HERE / "cases").glob("*.test")) for case in cases(path)]


@pytest.fixture(scope="module")
def family() -> Family:
    return load_family((RULES,))


@pytest.mark.parametrize(("topic", "name", "code", "expected"), ALL, ids=[f"{a}-{b}" for a, b, _, _ in ALL])
def test_graph_and_facts_are_as_drawn(topic: str, name: str, code: str, expected: str, family: Family) -> None:
    """The drawn graph and the facts of a case are those that its file shows."""
    assert table(code, family) == expected


@pytest.mark.skipif("REVIEWBOT_UPDATE_CASES" not in os.environ, reason="only to write the tables anew")
def test_write_the_tables_anew(family: Family) -> None:
    """The case files are rewritten with what the program draws now."""
    for path in sorted((HERE / "cases").glob("*.test")):
        path.write_text("\n".join(f"[case {name}]\n{code}[graph]\n{table(code, family)}"
                                  for name, code, _ in cases(path)))
