"""The review of the example series: what it says about behaviour, claims and the level set."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewbot.arch import parse_version
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.mail import read_source
from reviewbot.review import Review, review_series
from reviewbot.series import choose_series, find_series
from reviewbot.source import apply_series, fragments, open_tree

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def review() -> Review:
    series = choose_series(find_series(read_source(EXAMPLES / "series.mbox")))
    patched = apply_series(series, open_tree(EXAMPLES / "linux"))
    return review_series(series, patched, load_knowledge(()), version=parse_version("6.12"))


def test_only_architectures_of_the_tree_are_spoken_of(review: Review) -> None:
    """The miniature tree has four architectures, so s390 and loongarch are not mentioned."""
    assert review.coverage.arches == ("arm64", "powerpc", "riscv", "x86")


def test_a_call_in_another_ones_place_is_one_cell(review: Review) -> None:
    """Where patch 2 maps pages by a helper instead of debug_pagealloc_map_pages(), before and after stand together."""
    cells = [cell for cell in review.behaviour if cell.function == "vault_read_key" and cell.patch == "2"
             and cell.arch == "x86" and ("DEBUG_PAGEALLOC", "y") in cell.config]
    assert len(cells) == 2
    assert all(cell.before.does.startswith("__kernel_map_pages()") for cell in cells)
    assert {cell.after.does.split("(")[0] for cell in cells} == {"set_direct_map_default_noflush",
                                                                 "set_direct_map_invalid_noflush"}
    # What the one has split off alone the other gives back without memory.
    assert {(cell.after.symbol, cell.after.on_failure) for cell in cells} == {
        ("set_direct_map_invalid_noflush", "warned"), ("set_direct_map_default_noflush", "cannot-fail")}


def test_a_changed_guard_is_a_changed_cell(review: Review) -> None:
    """Patch 3 drops a term of the guard of arm64's __kernel_map_pages(): a cell says under which terms it acts."""
    [cell] = [cell for cell in review.behaviour if cell.call == "__kernel_map_pages" and cell.patch == "3"]
    assert cell.arch == "arm64"
    assert cell.before.does == ("__kernel_map_pages() cannot split a large leaf, flushes, "
                                "does nothing when !debug_pagealloc_enabled() && !rodata_full")
    assert cell.after.does == ("__kernel_map_pages() cannot split a large leaf, flushes, "
                               "does nothing when !rodata_full")


def test_configurations_that_behave_alike_are_one_row(review: Review) -> None:
    """A cell names only the symbols on which its effect depends, and the option that builds its file."""
    for cell in review.behaviour:
        if cell.function == "vault_alloc_key":
            assert cell.config == (("VAULT", "y"),)


def test_claims_are_held_against_the_code(review: Review) -> None:
    """The cover's claim about patch 3 and the patch's own are both contradicted by the changed guard."""
    verdicts = {(claim.patch, claim.verdict) for claim in review.claims}
    assert verdicts == {(0, "contradicted"), (3, "contradicted")}
    assert all(claim.because for claim in review.claims)


def test_the_level_set_says_what_cannot_be_built_only_if_the_series_leaves_it_so(review: Review) -> None:
    """Patch 4 lets powerpc build the vault, so nothing says that it cannot."""
    assert not [entry for entry in review.level_set if "store.c" in entry.statement and "builds" in entry.statement]


def test_every_statement_has_evidence_or_counts(review: Review) -> None:
    """Findings always carry evidence with a file that exists in the tree at some moment of the series."""
    for finding in review.findings:
        assert finding.evidence
        assert finding.code
    tree = review.patched.end
    for finding in review.findings:
        for evidence in finding.evidence:
            if evidence.kind in {"source", "patch"} and evidence.line:
                assert tree.read(evidence.file) is not None, evidence


def test_without_a_tree_the_hunks_are_reviewed() -> None:
    """Without a tree the same defects in the hunks are found, on the model's word alone."""
    series = choose_series(find_series(read_source(EXAMPLES / "series.mbox")))
    found = review_series(series, fragments(series), load_knowledge(()), version=parse_version("6.12"))
    assert set(found.coverage.arches) >= {"arm64", "loongarch", "powerpc", "riscv", "s390", "x86"}
    assert {("warn-only", "vault_show_page"), ("ignored-result", "vault_alloc_key")} <= {
        (finding.rule, finding.function) for finding in found.findings}


def test_patches_can_be_chosen() -> None:
    """With `patches` only findings and cells of these patches come back."""
    series = choose_series(find_series(read_source(EXAMPLES / "series.mbox")))
    patched = apply_series(series, open_tree(EXAMPLES / "linux"))
    found = review_series(series, patched, load_knowledge(()), version=parse_version("6.12"), patches=frozenset({3}))
    assert {finding.patch for finding in found.findings} == {3}
    assert {cell.patch for cell in found.behaviour} == {"3"}


def test_a_finding_of_one_architecture_is_said_of_it_alone(review: Review) -> None:
    """The level set has a finding's sentence for the finding's architectures; a warning of the compiler is no broken
    build, and what an architecture's own Kconfig says is that one's."""
    arches = {finding.message: finding.arch for finding in review.findings}
    told = [entry for entry in review.level_set if entry.statement in arches]
    assert told
    for entry in told:
        found = set(arches[entry.statement])
        assert entry.arch == ("" if found >= {"arm64", "powerpc", "riscv", "x86"} else
                              ", ".join(arches[entry.statement]))
    assert all("the compiler warns" not in entry.statement for entry in review.level_set
               if entry.topic == "What cannot be built")
    assert {entry.arch for entry in review.level_set if "what arch/riscv/Kconfig says" in entry.statement} == {"riscv"}
