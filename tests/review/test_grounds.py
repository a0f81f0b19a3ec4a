"""Effects that rest on different sources are compared by what both of them can tell."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.arch import load_model, parse_version
from reviewbot.findings.types import Effect
from reviewbot.logic import Not, Var
from reviewbot.resources import data_folder
from reviewbot.review.grounds import half_known, on_one_ground, on_one_history, proved_errnos, without_history

MODEL = Effect(resolves_to="arch/demo/map.c:10", via=(), may_fail=True, errnos=("EINVAL", "ENOMEM"), read_from="model",
               does="map_all() is called only when ready(), splits a large leaf if it must, flushes, may sleep",
               on_failure="returned")
CODE = replace(MODEL, resolves_to="arch/demo/map.c:30", errnos=("EPERM",), read_from="code",
               does="map_all() is called only when ready(), flushes")


def test_what_only_one_source_tells_is_no_difference() -> None:
    """A release's facts say more than code does: nothing of that, and no list of errors, is said of one side alone."""
    before, after = on_one_ground(MODEL, CODE)
    assert before.does == after.does == "map_all() is called only when ready(), flushes"
    assert before.errnos == after.errnos == ()
    assert not before.differs(after)


def test_what_both_sources_tell_is_compared() -> None:
    """A condition that only one side has stands in the code of both."""
    before, after = on_one_ground(MODEL, replace(CODE, does="map_all() flushes"))
    assert before.differs(after)


def test_effects_of_one_source_stay_as_they_are() -> None:
    """Two lists that were made alike are compared, in any order."""
    other = replace(MODEL, errnos=("ENOMEM", "EINVAL"))
    assert on_one_ground(MODEL, other) == (MODEL, other)
    assert not MODEL.differs(other)
    assert MODEL.differs(replace(MODEL, errnos=("ENOMEM",)))


def test_a_side_of_which_nothing_is_known_leaves_a_doubt() -> None:
    """Two effects of which one may or may not fail are not proved to be the same."""
    assert half_known(MODEL, replace(MODEL, known=False))
    assert not half_known(MODEL, MODEL)


def test_a_call_on_one_platform_meets_not_the_refusals_of_all() -> None:
    """Which platform refuses with which error no fact says: a call that asks for its platform lists none."""
    model = load_model((data_folder("rules"),))
    known = model.fact("x86", "set_memory_decrypted", parse_version("6.12"))
    fact = next(one for one in known if one.status == "real")
    assert {"EFAULT", "EIO"} <= set(proved_errnos(fact))
    assert proved_errnos(fact, called=Var("mem->ready"))
    assert proved_errnos(fact, called=Not(Var("ms_hyperv.paravisor_present"))) == ()


def test_other_calls_behind_it_are_no_change_of_the_call() -> None:
    """What the memory has been through is no part of the call: both sides say what the function does wherever it is
    called, and the doubt names it."""
    after = replace(MODEL, does="map_all() splits a large leaf if it must, flushes", symbol="map_all", via=("demo",))
    before = replace(after, does="map_all() never has to split, flushes", may_fail=False, errnos=(),
                     on_failure="cannot-fail", anywhere=after)
    old, new = without_history(before, after)
    assert old.does == new.does == "map_all() splits a large leaf if it must, flushes"
    assert "before map_all() in demo()" in new.doubt
    assert (old.known, new.known, old.on_failure, new.on_failure) == (False, False, "returned", "returned")
    assert not old.differs(new)
    assert new.doubt


def test_what_lies_behind_one_of_two_functions_is_no_difference() -> None:
    """Where another function is called, what only one of the two is known to meet is told of neither."""
    before = replace(MODEL, does="hook() splits a large leaf if it must, flushes", may_fail=False, symbol="hook",
                     on_failure="dropped", errnos=())
    after = replace(MODEL, does="map_all() never has to split, flushes", may_fail=False, on_failure="cannot-fail",
                    errnos=(), symbol="map_all", anywhere=MODEL)
    old, new = on_one_history(before, after)
    assert (old.does, new.does) == ("hook() flushes", "map_all() flushes")
    assert (old.known, new.known, new.may_fail) == (False, True, False)
    assert on_one_history(before, MODEL) == (before, MODEL)


def test_what_code_leaves_open_is_not_gone() -> None:
    """Where the code of one side does not tell whether leaves are split, neither side is said to split or not to."""
    before = replace(CODE, splits="yes", does="map_all() splits a large leaf if it must, flushes, may leave part of "
                                              "the range changed")
    after = replace(CODE, splits="unknown", does="map_all() flushes")
    assert [effect.does for effect in on_one_ground(before, after)] == ["map_all() flushes"] * 2
    assert on_one_ground(before, replace(after, splits="no"))[0] == before
