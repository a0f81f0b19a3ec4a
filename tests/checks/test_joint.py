"""The same finding on several architectures is one finding that names them all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from report_sample import finding

from reviewbot.findings.joint import over_architectures
from reviewbot.findings.types import Finding

ONE = replace(finding(rule="missing-header-on-arch", category="build-break"), arch=("riscv",), table=(),
              message="'a.c:6' includes <asm/x.h> on riscv, but there is no 'arch/riscv/include/asm/x.h'.",
              question="Which header is meant on riscv?", gist="")


def on(arch: str, **fields: Any) -> Finding:
    own = replace(ONE, arch=(arch,), message=ONE.message.replace("riscv", arch),
                  question=ONE.question.replace("riscv", arch))
    changed: Finding = replace(own, **fields)
    return changed


def test_the_same_on_several_architectures_is_one_finding() -> None:
    """Sentence and question name all of them, and so do the paths below arch/."""
    one, = over_architectures([ONE, on("arm64"), on("powerpc")])
    assert one.arch == ("arm64", "powerpc", "riscv")
    assert one.message == ("'a.c:6' includes <asm/x.h> on arm64, powerpc and riscv, but there is no "
                           "'arch/{arm64,powerpc,riscv}/include/asm/x.h'.")
    assert one.question == "Which header is meant on arm64, powerpc and riscv?"


def test_what_differs_in_more_than_the_architecture_stays_apart() -> None:
    """Another configuration, another line, or a name that stands for something else as well is another finding."""
    for other in (on("arm64", config="CONFIG_A"), on("arm64", line=ONE.line + 1), on("arm64", level="note"),
                  on("arm64", message="On arm64 the arm64 boot code needs it.")):
        assert over_architectures([ONE, other]) == [ONE, other]


def test_findings_of_one_architecture_are_left_alone() -> None:
    """Two findings that only agree by chance on one architecture stay two, in their order."""
    assert over_architectures([ONE, ONE, on("arm64")]) == [ONE, ONE, on("arm64")]
