"""Which arm of an `#if` in a header a configuration takes that does not see the name in another arm of it."""

from __future__ import annotations

from reviewbot.cfacts.conditions import Conditions, read_conditions
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import sightings_of
from reviewbot.kconfig import KernelConfig
from reviewbot.logic import FALSE, And, Cond
from reviewbot.values import dataclass

__all__ = ["OtherArm", "other_arm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherArm:
    """The line of the directive that begins the arm which is taken, or of the `#if` where there is none (`missing`)."""

    line: int
    missing: bool


def other_arm(config: KernelConfig, name: str, header: str, *, arch: str, given: Cond) -> OtherArm | None:
    """Return which arm of the header stands for the one with the name where `given` holds; None where the header is
    another architecture's, or more than one `#if` hides the name."""
    if not header.endswith(".h") or own_arch(header) not in {"", arch}:
        return None
    data = config.tree.read(header) or b""
    conditions = read_conditions(data)

    def is_off(arm: int) -> bool:
        return config.simplified(And(given, conditions.arms[arm].condition), arch) == FALSE

    hidden = {next(filter(is_off, _around(conditions, one.line)), -1) for one in sightings_of(header, data, name)
              if one.kind != "export"}
    groups = {conditions.arms[arm].group for arm in hidden if arm >= 0}
    if len(groups) != 1 or -1 in hidden:
        return None
    [group] = groups
    arms = [number for number, arm in enumerate(conditions.arms) if arm.group == group]
    taken = next((conditions.arms[arm] for arm in arms if conditions.arms[arm].start < conditions.arms[arm].end
                  and not is_off(arm)), None)
    return OtherArm(line=conditions.lines.line((taken or conditions.arms[arms[0]]).directive), missing=taken is None)


def _around(conditions: Conditions, line: int) -> list[int]:
    """Return the arms around a line, the outermost first."""
    chain: list[int] = []
    arm = conditions.arm_at(max(0, conditions.lines.start(line + 1) - 1))
    while arm >= 0:
        chain.append(arm)
        arm = conditions.arms[arm].parent
    return chain[::-1]
