"""Which findings tell of one event: however many there are, those that have something in common with one another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from report_sample import finding

from reviewbot.findings.types import Finding
from reviewbot.review.page.grouping import grouped, with_others
from reviewbot.review.page.rulebook import load_page_rules

ON_PATHS = frozenset({"ret-ignored", "leak-on-failure"})
NEAR = 3
FINDINGS = st.builds(
    finding, rule=st.sampled_from(["one", "two"]), file=st.sampled_from(["a.c", "b.c"]),
    category=st.sampled_from(["ret-ignored", "leak-on-failure", "semantics", "build-break"]), patch=st.integers(1, 2),
    function=st.sampled_from(["", "run", "stop"]), symbol=st.sampled_from(["", "run", "set", "put"]),
    line=st.integers(1, 9), message=st.sampled_from(["'set' it", "'run' it", "'run' lost"]),
    question=st.sampled_from(["", "Is it meant?"]),
    code=st.sampled_from(["set(x);", "put(y, 1);", ""]))


def object_in(one: Finding) -> str:
    return one.code[4:5]


def belong_together(one: Finding, earlier: Finding) -> bool:
    """Return whether a finding tells of the event of one before it: what runs and what does not build never does."""
    if (one.category == "build-break") is not (earlier.category == "build-break"):
        return False
    same = one.symbol == earlier.symbol != ""
    texts = [each.message.replace(each.symbol, "\0") if each.symbol else each.message for each in (one, earlier)]
    if (one.rule, one.file, one.patch, texts[0]) == (earlier.rule, earlier.file, earlier.patch, texts[1]):
        return True
    alike = one.message[5:] == earlier.message[5:] or one.question == earlier.question != ""
    if one.rule == earlier.rule and same and one.category != "leak-on-failure" \
            and (one.function == earlier.function if one.category in ON_PATHS else alike):
        return True
    if same and (one.patch, one.file) == (earlier.patch, earlier.file) and one.rule != earlier.rule \
            and not {one.category, earlier.category} & ON_PATHS and abs(one.line - earlier.line) <= NEAR:
        return True
    if not {one.category, earlier.category} <= ON_PATHS:
        return False
    if one.function and (one.function, one.file) == (earlier.function, earlier.file):
        return one.symbol == earlier.symbol or one.rule == earlier.rule or (
            object_in(one) == object_in(earlier) != "")
    return one.symbol == earlier.function != "" or earlier.symbol == one.function != ""


@given(st.lists(FINDINGS, max_size=9))
def test_findings_of_one_event_stand_together(findings: list[Finding]) -> None:
    """A finding joins all the groups before it in which one belongs to it, in their order."""
    groups: list[list[Finding]] = []
    for one in findings:
        touching = [group for group in groups if any(belong_together(one, other) for other in group)]
        groups = [group for group in groups if not any(group is other for other in touching)]
        groups.append([*(each for group in touching for each in group), one])
    assert grouped(findings) == groups


def test_what_differs_only_in_what_it_quotes_is_asked_once() -> None:
    """A test that is lost at three places for one condition is one question, which names the other two."""
    lost = [finding(id=f"F{line}", rule="guard-taken-away", category="arch-behaviour", file=file, line=line,
                    symbol=name, function=name, question="Is it right where that does not hold?",
                    message=f"'{name}(x)' was reached in '{name}_all' only where !flat before the patch.")
            for file, line, name in (("mm/a.c", 7, "one"), ("mm/a.c", 9, "two"), ("mm/b.c", 4, "three"))]
    other = finding(id="F8", rule="guard-taken-away", category="arch-behaviour", file="mm/a.c", line=80, symbol="four",
                    function="four", message="'four(x)' was reached in 'all' only where !deep before the patch.")
    groups = grouped([*lost, other], load_page_rules())
    assert [[one.id for one in group] for group in groups] == [["F7", "F9", "F4"], ["F8"]]
    assert with_others(groups[0], load_page_rules()).question == (
        "Is it right where that does not hold? It is the same at line 9 and b.c:4.")
    assert with_others(groups[1], load_page_rules()) == other


def test_names_that_one_header_no_longer_declares_are_one_event() -> None:
    """What two users of a header miss is one broken build; what another architecture misses is its own."""
    missing = [finding(id=f"F{line}", rule="undeclared-on-arch", category="build-break", file="include/a.h", line=line,
                       symbol=name, arch=(arch,), question=f"Which header is meant to declare '{name}'?",
                       code=f"{name}();", message=f"'{name}' is not declared for {name}_all() at 'mm/{name}.c:3'.")
               for line, name, arch in ((1, "one", "arm64"), (2, "two", "arm64"), (3, "three", "x86"))]
    groups = grouped(missing, load_page_rules())
    assert [[one.id for one in group] for group in groups] == [["F1", "F2"], ["F3"]]
    assert with_others(groups[0], load_page_rules()).question == (
        "Which header is meant to declare 'one'? It is the same with two().")
    assert len(grouped(missing)) == 3


def test_what_breaks_in_another_configuration_is_told_with_that() -> None:
    """Who builds without the option of the first meets the other all the same: it is not said to be as the first."""
    lost = [finding(id=name, rule="undefined-on-arch", category="build-break", file="mm/a.c", line=line, symbol=name,
                    arch=("x86",), question=f"Should '{name}' keep a definition?", config=config,
                    message=f"'{name}' is declared for {name}_all(), but nothing defines it.")
            for line, name, config in ((1, "one", "CONFIG_A && CONFIG_B"), (2, "two", "CONFIG_B"),
                                       (3, "three", "CONFIG_A && CONFIG_B"))]
    assert [[one.id for one in group] for group in grouped(lost, load_page_rules())] == [["two"], ["one", "three"]]


def test_lines_that_name_unknown_options_are_asked_about_once() -> None:
    """Two lines that select what nothing defines are one question; one whose symbol depends on another is its own."""
    lines = [finding(id=f"F{line}", rule="dead-kconfig-gate", category="gating", file="arch/arm/Kconfig", line=line,
                     symbol=symbol, message=f"'select {symbol}' is never true on arm: {reason}.",
                     question=f"Is another symbol meant in 'select {symbol}'?")
             for line, symbol, reason in ((3, "ONE", "no Kconfig file defines CONFIG_ONE"),
                                          (5, "TWO", "no Kconfig file defines CONFIG_TWO"),
                                          (9, "THREE", "THREE depends on OTHER"))]
    groups = grouped(lines, load_page_rules())
    assert [[one.id for one in group] for group in groups] == [["F3", "F5"], ["F9"]]
    assert with_others(groups[0], load_page_rules()).question == (
        "Is another symbol meant in 'select ONE'? It is the same at line 5.")


def test_two_consequences_of_one_call_are_asked_about_apart() -> None:
    """A write behind two hooks is two events where each hook has its own consequence, one where both come to the
    same, which the question of the first says."""
    spoilt = [finding(id=f"F{number}", rule="touched-when-away", category="order", line=7, symbol="clear", patch=1,
                      function="give", question=f"Should '{hook}(page)' come after the last access?",
                      message=f"'give' now writes 'page' with 'clear(page)' after '{hook}(page)': {how}.")
              for number, (hook, how) in enumerate((("tell", "it can fault"), ("mark", "it spoils the mark"),
                                                    ("hide", "it can fault")), 1)]
    rules = load_page_rules()
    assert [[one.id for one in group] for group in grouped(spoilt, rules)] == [["F2"], ["F1", "F3"]]
    later = finding(**{**{name: getattr(spoilt[0], name) for name in (
        "rule", "category", "symbol", "patch", "message", "question")}, "id": "F4", "line": 30, "function": "take"})
    [group] = grouped([spoilt[0], later], rules)
    assert with_others(group, rules).question.endswith("the last access? It is the same at line 30.")


def test_what_is_left_in_one_function_is_asked_with_its_names() -> None:
    """Two calls of one function that a series leaves as they were are one question, which says what the other one is.
    """
    left = [finding(id=f"F{line}", rule="sibling-left", category="ret-partially-handled", line=line, symbol=name,
                    patch=patch, function="set_it", question=f"Is '{name}' still right in 'set_it'?",
                    code=f"{name}(it);", message=f"The patch calls '__{name}()' in the place of '{name}()' 2 times, "
                                                 f"and leaves '{name}({given})' in 'set_it' as it was.")
            for line, name, patch, given in ((4, "take", 2, "it"), (9, "give", 5, "it, on"))]
    [group] = grouped(left, load_page_rules())
    assert with_others(group, load_page_rules()).question == (
        "Is 'take' still right in 'set_it'? It is the same with give() at line 9.")


def test_all_that_a_module_lacks_exports_of_is_one_event() -> None:
    """A module that calls two functions which are not exported is built or not built once."""
    lacking = [finding(id=name, rule="not-exported", category="build-break", file="lib/demo.c", line=line, symbol=name,
                       message=f"'lib/demo.c' calls '{name}', which 'mm/pages.c:{line}' does not export.",
                       question=f"Should '{name}' be exported, or 'lib/demo.c' not be built as a module?")
               for line, name in ((3, "set_memory_ro"), (9, "set_memory_rw"))]
    assert len(grouped(lacking, load_page_rules())) == 1
