"""All mechanisms that hold a changed function against contracts, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from reviewbot.contracts.answers import answers_changed, default_that_fails, hooks_asked
from reviewbot.contracts.asked_again import asked_again, helpers_asked
from reviewbot.contracts.asserted import asserted_in_vain, no_longer_given
from reviewbot.contracts.away import touched_when_away
from reviewbot.contracts.behind_helper import dropped_behind_helpers
from reviewbot.contracts.callers_up import asked_above, sleeps_under_callers
from reviewbot.contracts.changed import Pair
from reviewbot.contracts.contexts import protections_lost, sleeps_while_held, taken_out_of_locks
from reviewbot.contracts.conversions import conversions_changed
from reviewbot.contracts.counted import counted_otherwise
from reviewbot.contracts.counterpart import unlike_counterpart
from reviewbot.contracts.dropped import calls_dropped
from reviewbot.contracts.executable import allocators_asked, handed_out_executable
from reviewbot.contracts.first_round import begins_elsewhere
from reviewbot.contracts.given_first import handed_on_early
from reviewbot.contracts.guards_lost import conditional_undos, guards_lost, ways_gone
from reviewbot.contracts.held import returns_while_held
from reviewbot.contracts.idle_answer import answers_idly
from reviewbot.contracts.joined import flags_set_late, results_joined
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.left_behind import left_behind
from reviewbot.contracts.left_held import left_held
from reviewbot.contracts.left_out import flags_left_out, still_points
from reviewbot.contracts.lessened import lessened
from reviewbot.contracts.live import overwritten_live
from reviewbot.contracts.lost_effects import effects_asked, effects_lost
from reviewbot.contracts.lost_errno import errnos_taken_away, lost_errnos
from reviewbot.contracts.lost_test import answers_unread, fallbacks_gone, lost_tests
from reviewbot.contracts.lost_undo import lost_undos
from reviewbot.contracts.member_gives import wrong_members
from reviewbot.contracts.misuse import misuses
from reviewbot.contracts.ordered import moved_past
from reviewbot.contracts.other_answer import other_answers
from reviewbot.contracts.other_question import asks_other_things
from reviewbot.contracts.out_of_turn import flushed_in_front
from reviewbot.contracts.outline import Outline
from reviewbot.contracts.pieces import pieces_asked, shares_its_page
from reviewbot.contracts.published import published_early
from reviewbot.contracts.quantities import quantities_wrong
from reviewbot.contracts.ranges import bounds_of_nothing, sizes_from_before
from reviewbot.contracts.replaced import replaced
from reviewbot.contracts.rounded import roundings_gone
from reviewbot.contracts.set_early import set_early
from reviewbot.contracts.siblings import siblings_left
from reviewbot.contracts.skipped import flushes_skipped
from reviewbot.contracts.switched import option_for_answer, option_for_switch
from reviewbot.contracts.too_early import calls_too_early, early_calls_asked, parsed_too_late
from reviewbot.contracts.too_far import exits_too_late
from reviewbot.contracts.turned import senses_turned
from reviewbot.contracts.types import Hit
from reviewbot.contracts.without_effect import without_effect
from reviewbot.contracts.wrong_kind import wrong_kinds
from reviewbot.contracts.wrong_test import asked_about, kinds_changed, wrong_tests
from reviewbot.values import dataclass

__all__ = ["DETECTORS", "Detector"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """One mechanism. `step` compares a function before and after; `state` looks at one moment, and what it also says
    of the function before the patch is nothing new; `around` is a `step` that also asks the tree before. `file` looks
    at all functions that a patch changes in one file. One that `asks_callers` is asked for all of a series together.
    `asked` names the functions whose contracts it may ask for. `state_in_hunks`: `state` also holds of lines that one
    hunk shows, without the rest of the function; `state_in_parts` of what several hunks show of a function, where
    nothing that they do not show gives the variable of the hit another value."""

    name: str
    step: Callable[[Outline, Outline, Teacher], Iterator[Hit]] | None = None
    state: Callable[[Outline, Teacher], Iterator[Hit]] | None = None
    around: Callable[[Outline, Outline, Teacher, Teacher], Iterator[Hit]] | None = None
    file: Callable[[tuple[Pair, ...], Teacher], Iterator[tuple[Outline, Hit]]] | None = None
    asks_callers: bool = False
    asked: Callable[[Outline | None, Outline, Teacher], Iterator[str]] | None = None
    state_in_hunks: bool = False
    state_in_parts: Callable[[Outline, Teacher], Iterator[Hit]] | None = None

    def hits(self, pair: Pair, was: Teacher, now: Teacher) -> Iterator[tuple[Outline | None, Outline, Hit]]:
        """Yield what the patch brings in the function, each thing once, with the function around it.

        `was` and `now` know the tree before and after the patch.
        """
        seen: set[tuple[object, ...]] = set()
        for old, new in pair.sides():
            found = list(self.state(new, now)) if self.state else []
            if found and self.state and old is not None:
                before = {hit.key for hit in self.state(old, was)}
                found = [hit for hit in found if hit.key not in before]
            if not new.steps:
                continue  # a function that is left empty has no line to point at
            known = {(hit.symbol, hit.object, hit.line) for hit in found}
            found += [hit for hit in self.step(old, new, now) if (hit.symbol, hit.object, hit.line) not in known] \
                if self.step and old is not None else []
            found += list(self.around(old, new, was, now)) if self.around and old is not None else []
            for hit in found:
                place = hit.old or hit.line  # what is gone is one thing in all choices of `#if` arms
                if (hit.key, place) not in seen:
                    seen.add((hit.key, place))
                    yield old, new, hit


DETECTORS: tuple[Detector, ...] = (
    Detector(name="lost-test", step=lambda old, new, now: chain(
        lost_tests(old, new, now), fallbacks_gone(old, new), answers_unread(old, new)), around=dropped_behind_helpers),
    Detector(name="lost-errno", state=lambda outline, _: lost_errnos(outline),
             step=lambda old, new, now: chain(errnos_taken_away(old, new), other_answers(old, new, now))),
    Detector(name="idle-answer", step=lambda old, new, _: answers_idly(old, new)),
    Detector(name="asserted", state=asserted_in_vain, step=no_longer_given),
    Detector(name="published", state=published_early, step=lambda old, new, _: set_early(old, new)),
    Detector(name="away", state=touched_when_away, state_in_hunks=True),
    Detector(name="joined", state_in_hunks=True,
             state=lambda outline, now: chain(results_joined(outline, now), flags_set_late(outline, now))),
    Detector(name="ranges", step=lambda old, new, _: begins_elsewhere(old, new), state_in_hunks=True,
             state_in_parts=sizes_from_before,
             state=lambda outline, now: chain(bounds_of_nothing(outline, now), sizes_from_before(outline, now))),
    Detector(name="switched", step=option_for_answer, state=option_for_switch, state_in_hunks=True),
    Detector(name="live", state=overwritten_live),
    Detector(name="too-early", state=parsed_too_late, around=calls_too_early, asked=early_calls_asked),
    Detector(name="counterpart", around=unlike_counterpart),
    Detector(name="asked-again", state=asked_again, asked=helpers_asked),
    Detector(name="too-far", step=exits_too_late),
    Detector(name="handed-on", state=handed_on_early),
    Detector(name="answers", around=answers_changed, state=default_that_fails, asked=hooks_asked),
    Detector(name="pieces", state=shares_its_page, asked=pieces_asked),
    Detector(name="executable", state=handed_out_executable, asked=allocators_asked),
    Detector(name="siblings", file=siblings_left),
    Detector(name="without-effect", file=without_effect),
    Detector(name="left-behind", state=left_behind),
    Detector(name="lost-undo", step=lambda old, new, now: chain(lost_undos(old, new, now), still_points(old, new))),
    Detector(name="held-at-return", state=returns_while_held, step=left_held),
    Detector(name="protection", state=sleeps_while_held, step=protections_lost),
    Detector(name="out-of-lock", step=lambda old, new, _: taken_out_of_locks(old, new)),
    Detector(name="misuse", state=lambda outline, now: chain(misuses(outline, now), wrong_members(outline, now))),
    Detector(name="turned-test", step=lambda old, new, _: senses_turned(old, new)),
    Detector(name="effects", around=effects_lost, asked=effects_asked, step=lambda old, new, now: chain(
        flags_left_out(old, new, now), calls_dropped(old, new, "sync-dropped"), flushes_skipped(old, new))),
    Detector(name="dropped", step=lambda old, new, now: calls_dropped(old, new, "call-dropped", now)),
    Detector(name="replaced", around=replaced),
    Detector(name="order", step=moved_past, around=flushed_in_front),
    Detector(name="guards", step=lambda old, new, now: chain(guards_lost(old, new, now), asks_other_things(old, new),
                                                             conditional_undos(old, new), ways_gone(old, new))),
    Detector(name="unlike-callers", asks_callers=True),
    Detector(name="callers", state=sleeps_under_callers, asked=asked_above),
    Detector(name="lessened", step=lessened),
    Detector(name="quantities", state=quantities_wrong, step=lambda old, new, now: chain(
        conversions_changed(old, new, now), roundings_gone(old, new, now), counted_otherwise(old, new))),
    Detector(name="wrong-kind", state=wrong_kinds),
    Detector(name="wrong-test", state=wrong_tests, step=kinds_changed, asked=asked_about),
)
