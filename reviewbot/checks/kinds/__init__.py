"""The kinds of check that rules may name, each a module with its options and the fields that its messages may use."""

from __future__ import annotations

from reviewbot.checks.kinds.answer_change import ANSWER_CHANGE
from reviewbot.checks.kinds.argument import ARGUMENT
from reviewbot.checks.kinds.atomic_context import ATOMIC_CONTEXT
from reviewbot.checks.kinds.base import Kind
from reviewbot.checks.kinds.build_break import BUILD_BREAK
from reviewbot.checks.kinds.contract import CONTRACT
from reviewbot.checks.kinds.dead_gate import DEAD_GATE
from reviewbot.checks.kinds.default_again import DEFAULT_AGAIN
from reviewbot.checks.kinds.double_definition import DOUBLE_DEFINITION
from reviewbot.checks.kinds.dropped_bit import DROPPED_BIT
from reviewbot.checks.kinds.effect_change import EFFECT_CHANGE
from reviewbot.checks.kinds.error_line import ERROR_LINE
from reviewbot.checks.kinds.flag_given import FLAG_GIVEN
from reviewbot.checks.kinds.flush_again import FLUSH_AGAIN
from reviewbot.checks.kinds.freed_after import FREED_AFTER
from reviewbot.checks.kinds.gate_change import GATE_CHANGE
from reviewbot.checks.kinds.gate_effect import GATE_EFFECT
from reviewbot.checks.kinds.gate_lost import GATE_LOST
from reviewbot.checks.kinds.gate_mismatch import GATE_MISMATCH
from reviewbot.checks.kinds.gated_half import GATED_HALF
from reviewbot.checks.kinds.gated_static import GATED_STATIC
from reviewbot.checks.kinds.half_conversion import HALF_CONVERSION
from reviewbot.checks.kinds.left_bits import LEFT_BITS
from reviewbot.checks.kinds.left_declaration import LEFT_DECLARATION
from reviewbot.checks.kinds.lost_callers import LOST_CALLERS
from reviewbot.checks.kinds.lost_inside import LOST_INSIDE
from reviewbot.checks.kinds.lost_setting import LOST_SETTING
from reviewbot.checks.kinds.machine_stop import MACHINE_STOP
from reviewbot.checks.kinds.macro_argument import MACRO_ARGUMENT
from reviewbot.checks.kinds.missing_flush import MISSING_FLUSH
from reviewbot.checks.kinds.missing_header import MISSING_HEADER
from reviewbot.checks.kinds.narrow_text import NARROW_TEXT
from reviewbot.checks.kinds.not_exported import NOT_EXPORTED
from reviewbot.checks.kinds.option_lost import OPTION_LOST
from reviewbot.checks.kinds.other_mode import OTHER_MODE
from reviewbot.checks.kinds.other_outcome import OTHER_OUTCOME
from reviewbot.checks.kinds.partial_range import PARTIAL_RANGE
from reviewbot.checks.kinds.predicate_change import PREDICATE_CHANGE
from reviewbot.checks.kinds.question_swap import QUESTION_SWAP
from reviewbot.checks.kinds.resolution import RESOLUTION
from reviewbot.checks.kinds.result_use import RESULT_USE
from reviewbot.checks.kinds.second_name import SECOND_NAME
from reviewbot.checks.kinds.select_gap import SELECT_GAP
from reviewbot.checks.kinds.sometimes_executable import SOMETIMES_EXECUTABLE
from reviewbot.checks.kinds.state_flag import STATE_FLAG
from reviewbot.checks.kinds.stub_value import STUB_VALUE
from reviewbot.checks.kinds.turned_order import TURNED_ORDER
from reviewbot.checks.kinds.twice_linked import TWICE_LINKED
from reviewbot.checks.kinds.two_mappings import TWO_MAPPINGS
from reviewbot.checks.kinds.two_types import TWO_TYPES
from reviewbot.checks.kinds.unasked_flush import UNASKED_FLUSH
from reviewbot.checks.kinds.undo_passed_by import UNDO_PASSED_BY
from reviewbot.checks.kinds.unlike_neighbour import UNLIKE_NEIGHBOUR
from reviewbot.checks.kinds.unmatched_undo import UNMATCHED_UNDO
from reviewbot.checks.kinds.unused_definition import UNUSED_DEFINITION
from reviewbot.checks.kinds.variable_break import VARIABLE_BREAK
from reviewbot.checks.kinds.void_loss import VOID_LOSS
from reviewbot.checks.kinds.way_back import WAY_BACK
from reviewbot.checks.kinds.worked_on import WORKED_ON
from reviewbot.checks.kinds.writable_text import WRITABLE_TEXT
from reviewbot.checks.kinds.written_after_init import WRITTEN_AFTER_INIT

__all__ = ["KINDS", "Kind"]

KINDS: dict[str, Kind] = {kind.name: kind for kind in (
    ANSWER_CHANGE, ARGUMENT, ATOMIC_CONTEXT, BUILD_BREAK, CONTRACT, DEAD_GATE, DEFAULT_AGAIN, DOUBLE_DEFINITION,
    DROPPED_BIT, EFFECT_CHANGE, ERROR_LINE, FLAG_GIVEN, FLUSH_AGAIN, FREED_AFTER, GATED_HALF, GATED_STATIC,
    GATE_CHANGE, GATE_EFFECT, GATE_LOST, GATE_MISMATCH, HALF_CONVERSION, LEFT_BITS, LEFT_DECLARATION, LOST_CALLERS,
    LOST_INSIDE, LOST_SETTING, MACHINE_STOP, MACRO_ARGUMENT, MISSING_FLUSH, MISSING_HEADER, NARROW_TEXT, NOT_EXPORTED,
    OPTION_LOST, OTHER_MODE, OTHER_OUTCOME, PARTIAL_RANGE, PREDICATE_CHANGE, QUESTION_SWAP, RESOLUTION, RESULT_USE,
    SECOND_NAME, SELECT_GAP, SOMETIMES_EXECUTABLE, STATE_FLAG, STUB_VALUE, TURNED_ORDER, TWICE_LINKED, TWO_MAPPINGS,
    TWO_TYPES, UNASKED_FLUSH, UNDO_PASSED_BY, UNLIKE_NEIGHBOUR, UNMATCHED_UNDO, UNUSED_DEFINITION, VARIABLE_BREAK,
    VOID_LOSS, WAY_BACK, WORKED_ON, WRITABLE_TEXT, WRITTEN_AFTER_INIT,
)}
