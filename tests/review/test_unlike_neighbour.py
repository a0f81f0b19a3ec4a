"""The call beside a new one is looked for where the mail shows it, when the tree has other lines there."""

from __future__ import annotations

from pathlib import Path

from reviewbot.resources import data_folder

from .test_seen import review

FOLDER = data_folder("rules") / "checks" / "unlike-neighbour" / "bad_beside_an_enabled_one"
PATH = "arch/riscv/kernel/setup.c"


def _files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_mail_shows_the_neighbour_that_the_tree_lacks() -> None:
    """The tree is older than the series: the call that the new one stands beside is in the mail's context alone."""
    before = {**_files(FOLDER / "before"), "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n'}
    after = {**before, **_files(FOLDER / "after")}
    older = before[PATH].replace("if (IS_ENABLED(CONFIG_STRICT_KERNEL_RWX))", "if (demo_early)")
    for there in (before, {**before, PATH: older}):
        found = review(before, after, arches=("riscv",), there=there)
        assert [one.message for one in found.findings if one.rule == "unlike-neighbour"] == [
            ("'setup_demo' calls 'protect_demo_alias' with STRICT_KERNEL_RWX=n as well, where 'protect_demo_text' "
            "beside it is not called.")]
