"""The SARIF log is what code hosts and editors expect."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import report_sample as sample

from reviewbot.findings.types import RuleText
from reviewbot.report import render_sarif
from reviewbot.review.types import Review


def run_of(review: Review, rules: dict[str, RuleText]) -> dict[str, Any]:
    log = json.loads(render_sarif(review, rules=rules))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_results_point_at_rules_and_relative_files(review: Review, rules: dict[str, RuleText]) -> None:
    """Every result names its rule by id and index, a relative file and columns from one."""
    run = run_of(review, rules)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert not place["artifactLocation"]["uri"].startswith("/")
        assert place["region"]["startColumn"] == 1
        assert place["region"]["startLine"] >= 1
        assert result["partialFingerprints"]["reviewbotFingerprint/v1"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "error", "note"]


def test_old_new_gone_and_silenced(rules: dict[str, RuleText]) -> None:
    """New findings, old ones, removed ones and silenced ones differ in SARIF's own words."""
    findings = (sample.finding(id="1", line=1), sample.finding(id="2", line=2, introduced=False),
                sample.finding(id="3", line=3, introduced=False, fixed_by=2),
                sample.finding(id="4", line=4, suppressed="known"))
    results = run_of(sample.make_review(findings=findings), rules)["results"]
    assert [result["baselineState"] for result in results] == ["new", "unchanged", "absent", "new"]
    assert [len(result.get("suppressions", [])) for result in results] == [0, 0, 0, 1]
    assert results[3]["suppressions"][0]["justification"] == "known"


def test_evidence_is_a_code_flow_that_ends_at_the_finding(review: Review, rules: dict[str, RuleText]) -> None:
    """The places of the evidence come in order and the finding's own line is the last."""
    steps = run_of(review, rules)["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"]
    files = [step["location"]["physicalLocation"]["artifactLocation"]["uri"] for step in steps]
    assert files == ["arch/x86/mm/pat/set_memory.c", "arch/riscv/mm/pageattr.c", "mm/guard.c"]


def test_what_was_left_out_is_a_notification(review: Review, rules: dict[str, RuleText]) -> None:
    """Each skip is a notification of the run."""
    notes = run_of(review, rules)["invocations"][0]["toolExecutionNotifications"]
    assert [note["message"]["text"] for note in notes] == ["mm/pool.c:12: the parser gave up on 3 lines",
                                                           "4/4: the patch is missing from the input"]


def test_odd_places(rules: dict[str, RuleText]) -> None:
    """A finding about the cover has a logical place; an odd path is a valid relative reference."""
    findings = (sample.finding(id="1", patch=0, file="", line=0), sample.finding(id="2", file="a b/ü#?.c", line=0))
    first, second = run_of(sample.make_review(findings=findings), rules)["results"]
    assert first["locations"] == [{"logicalLocations": [{"name": "cover letter", "kind": "message"}]}]
    assert second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/%C3%BC%23%3F.c"
    assert "region" not in second["locations"][0]["physicalLocation"]


def test_the_revision_is_named_where_there_is_one(review: Review, rules: dict[str, RuleText]) -> None:
    """A git base gives versionControlProvenance: where it was cloned from, which commit, and what paths start at."""
    assert "versionControlProvenance" not in run_of(
        replace(review, patched=replace(review.patched, base=replace(review.patched.base, origin=""))), rules)
    base = replace(review.patched.base, kind="git", rev="1" * 40, origin="https://git.example/linux.git")
    (one,) = run_of(replace(review, patched=replace(review.patched, base=base)), rules)["versionControlProvenance"]
    assert one == {"repositoryUri": "https://git.example/linux.git", "revisionId": "1" * 40,
                   "mappedTo": {"uriBaseId": "SRCROOT"}}
