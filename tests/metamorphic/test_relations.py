"""Relations that hold between a series and the same series written otherwise, whatever the series is.

What does not hold yet stands in known.toml with its reason; an entry that holds again fails here and is taken out.
"""

from __future__ import annotations

import os
import tomllib
from functools import lru_cache
from pathlib import Path

import pytest
from material import Case, example_case, example_cases, thread_case
from relations import RELATIONS

HERE = Path(__file__).resolve().parent
EXAMPLES = dict(example_cases())
_WILD = 100


def _first_of_every_third_rule() -> list[str]:
    firsts: dict[str, str] = {}
    for name in EXAMPLES:
        firsts.setdefault(name.partition("/")[0], name)
    return [name for name in firsts.values() if name != "examples/series"][::3]


def _threads() -> dict[str, Path]:
    shared = Path(os.environ.get("REVIEWBOT_SHARED", "/nowhere"))
    threads = Path(os.environ.get("REVIEWBOT_THREADS") or shared / "threads")
    found = [path for path in sorted(threads.glob("*.mbox")) if not path.stem.startswith("unrelated")]
    wild = sorted((shared / "wild").glob("*.mbox"))[:_WILD]
    return {f"{path.parent.name}/{path.stem}": path for path in (*found, *wild)}


QUICK = _first_of_every_third_rule()
SLOW = [name for name in EXAMPLES if name not in QUICK]
THREADS = _threads()


@lru_cache(maxsize=1)
def known() -> dict[tuple[str, str], str]:
    """Return the reasons of what does not hold, by relation and series."""
    table = tomllib.loads((HERE / "known.toml").read_text(encoding="utf-8"))
    return {(entry["relation"], name): entry["reason"] for entry in table["known"] for name in entry["series"]}


@lru_cache(maxsize=2)
def case_of(name: str) -> Case | None:
    if name in EXAMPLES:
        return example_case(name, EXAMPLES[name])
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return thread_case(THREADS[name], Path(os.environ.get("REVIEWBOT_KERNELS") or cache / "reviewbot" / "kernels"))


def hold(relation: str, name: str) -> None:
    """Fail when the relation does not hold for the series, or when it is listed and holds."""
    case = case_of(name)
    if case is None:
        pytest.skip("nothing of it applies, or its kernel tree is not there")
    difference = RELATIONS[relation](case)
    reason = known().get((relation, name))
    if reason is not None:
        assert difference, f"{relation} holds for {name} again: take it out of known.toml ({reason})"
        return
    assert not difference, f"{relation} does not hold for {name}:\n{difference}\n{_again(relation, name)}"


def _again(relation: str, name: str) -> str:
    """Return how to try one relation on one series again."""
    names = ("REVIEWBOT_SHARED", "REVIEWBOT_THREADS", "REVIEWBOT_KERNELS")
    words = [f"{one}={os.environ[one]}" for one in names if one in os.environ]
    words += [f".venv/bin/pytest -m '' tests/metamorphic/test_relations.py -k '{name} and {relation}'"]
    seed = os.environ.get("REVIEWBOT_SEED", "")
    return f"again: {' '.join(words)}" + (f" (found by REVIEWBOT_SEED={seed})" if seed else "")


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("name", QUICK)
def test_a_series_of_our_own_keeps_the_relation(name: str, relation: str) -> None:
    """An example of every third rule says the same however it is written."""
    hold(relation, name)


@pytest.mark.metamorphic
@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("name", SLOW)
def test_every_example_of_a_rule_keeps_the_relation(name: str, relation: str) -> None:
    """So do the example series and all the examples of the rules."""
    hold(relation, name)


@pytest.mark.metamorphic
@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("name", THREADS)
def test_a_real_thread_keeps_the_relation(name: str, relation: str) -> None:
    """So do real threads on the kernel nearest to their date."""
    hold(relation, name)


def test_the_list_of_exceptions_is_about_what_there_is() -> None:
    """Each entry names a relation and series that exist, once, and says why."""
    table = tomllib.loads((HERE / "known.toml").read_text(encoding="utf-8"))
    pairs = [(entry["relation"], name) for entry in table["known"] for name in entry["series"]]
    assert len(pairs) == len(set(pairs))
    assert all(entry["reason"] for entry in table["known"])
    assert {relation for relation, _ in pairs} <= set(RELATIONS)
    assert {name for _, name in pairs if not name.startswith(("threads/", "wild/"))} <= set(EXAMPLES)
