"""What a kept review rests on besides its input: the program, and the rules without their examples."""

from __future__ import annotations

from pathlib import Path

from reviewbot.cli.remembered import program_stamp


def test_a_changed_rule_is_another_program(tmp_path: Path) -> None:
    """The stamp is another when a rule changes, and the same when an example or a kept module does."""
    rule = tmp_path / "checks" / "demo"
    (rule / "bad_one").mkdir(parents=True)
    (rule / "rule.toml").write_text("a = 1\n")
    before = program_stamp((tmp_path,))
    (rule / "bad_one" / "demo.c").write_text("int a;\n")
    (rule / "good_two.c").write_text("int a;\n")
    assert program_stamp((tmp_path,)) == before
    (rule / "rule.toml").write_text("a = 12\n")
    assert program_stamp((tmp_path,)) != before
    assert program_stamp(()) != before
