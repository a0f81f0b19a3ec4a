"""What seems to be something else is told apart in every form that a person reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from shapes import HEAD, mail, new_file

from reviewbot.cli import main

PATH = "mm/tr\N{CYRILLIC SMALL LETTER A}p.c"
BODY = ("int tr\N{GREEK SMALL LETTER OMICRON}p(unsigned long a)\n{\n\tset_memory_ro(a, 1);\t/* x\N{HANGUL FILLER}y */\n"
        "\treturn 0;\n}\n")


@pytest.mark.parametrize("form", ["text", "html", "terse", "eml"])
def test_doubles_and_fillers_do_not_reach_the_reader(form: str, tmp_path: Path) -> None:
    """A Cyrillic letter in a path, a Greek one in a function's name and a filler in the code are spelled out."""
    source = tmp_path / "series.mbox"
    source.write_text(mail(new_file(PATH, HEAD + BODY), subject="[PATCH] mm: tr\N{CYRILLIC SMALL LETTER A}p"))
    done = CliRunner().invoke(main, ["review", str(source), "--no-network", "--kernel", "6.1", "--format", form,
                                     *(["--full"] if form == "text" else [])])
    assert done.exit_code == 0, done.stderr
    assert "U+0430" in done.stdout
    assert not set("\N{CYRILLIC SMALL LETTER A}\N{GREEK SMALL LETTER OMICRON}\N{HANGUL FILLER}") & set(done.stdout)
