"""Dominators, liveness and reaching definitions, on graphs small enough to check by hand."""

from __future__ import annotations

from reviewbot.cfacts.analysis import analyse
from reviewbot.cfacts.conditions import read_conditions
from reviewbot.cfacts.dataflow import dominators, immediate, liveness, post_dominators
from reviewbot.cfacts.graph import EXIT, Graph
from reviewbot.cfacts.split import split_file

LOOP = b"""\
int f(int n)
{
	int sum = 0;

	while (n)
		sum = step(sum, n);
	return sum;
}
"""


def graph(data: bytes) -> Graph:
    return analyse(data, split_file(data).pieces[0], read_conditions(data)).variants[0].graph


def block_with(found: Graph, kind: str, name: str = "") -> int:
    return next(number for number, block in enumerate(found.blocks)
                for op in block.ops if op.kind == kind and op.name == name)


def test_the_test_of_a_loop_dominates_body_and_end() -> None:
    """Every path to the body and to the return passes the loop's test."""
    found = graph(LOOP)
    test, body, end = block_with(found, "test"), block_with(found, "call", "step"), block_with(found, "return")
    dominance = dominators(found)
    assert dominance[body] >> test & 1
    assert immediate(dominance, end) == test
    assert immediate(post_dominators(found), body) == test
    assert post_dominators(found)[test] >> EXIT & 1


def test_what_a_loop_carries_is_live_at_its_end() -> None:
    """`sum` is read by the next turn and by the return; nothing is read behind the return."""
    found = graph(LOOP)
    live = liveness(found)
    assert {"sum", "n"} <= live[block_with(found, "call", "step")]
    assert live[block_with(found, "return")] == frozenset()
