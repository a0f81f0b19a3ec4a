"""Facts spread until nothing changes; states are searched once each, nearest first."""

from __future__ import annotations

from itertools import permutations

from reviewbot.cfacts.worklist import Search, spread

EDGES = {0: [1, 2], 1: [3], 2: [3], 3: [1, 4], 4: []}


def test_facts_join_where_edges_meet_whatever_the_order() -> None:
    """A node behind two ways has what both bring, in every order in which nodes are taken."""
    brings = {0: {"start"}, 1: {"left"}, 2: {"right"}, 3: {"loop"}, 4: set()}
    expected = {0: set(), 1: {"start", "left", "right", "loop"}, 2: {"start"},
                3: {"start", "left", "right", "loop"}, 4: {"start", "left", "right", "loop"}}
    for order in [None, *permutations(range(5))]:
        found = spread({0: frozenset[str]()}, lambda node, fact: [(to, fact | brings[node]) for to in EDGES[node]],
                       frozenset.union, rank=None if order is None else dict(enumerate(order)))
        assert found == expected


def test_an_edge_that_is_not_gone_reaches_nothing() -> None:
    """A node that `onward` leaves out on each of its edges is absent."""
    found = spread({0: 1}, lambda node, fact: [(to, fact) for to in EDGES[node] if to != 3], max)
    assert found == {0: 1, 1: 1, 2: 1}


def test_no_more_nodes_are_looked_at_than_asked_for() -> None:
    """With `most` a chain without an end is left where the count ends."""
    assert spread({0: 0}, lambda node, fact: [(node + 1, fact)], max, most=3) == {0: 0, 1: 0, 2: 0, 3: 0}


def test_a_state_is_taken_once_and_with_the_shortest_way_to_it() -> None:
    """Of two ways to a state the first one found comes with it."""
    search: Search[int, tuple[int, ...]] = Search([(0, ())], most=10)
    ways = {}
    for state, way in search:
        ways[state] = way
        for following in EDGES[state]:
            search.add(following, (*way, state))
    assert ways == {0: (), 1: (0,), 2: (0,), 3: (0, 1), 4: (0, 1, 3)}
    assert not search.cut


def test_too_many_states_end_the_search_and_are_told() -> None:
    """A search that would not end is cut, and says so."""
    search: Search[int, None] = Search([(0, None)], most=5)
    for state, _ in search:
        search.add(2 * state + 1, None)
        search.add(2 * state + 2, None)
    assert search.cut
