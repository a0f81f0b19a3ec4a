"""Takes out of known.toml what holds again: `python tests/metamorphic/update_known.py [START-OF-NAME...]`.

It never adds: a relation that stopped to hold is a fault to be mended, or an entry that a person writes with a reason.
Threads need the same variables as the tests; a series that is not there keeps its entry.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "checks"), str(HERE.parents[1])]

from relations import RELATIONS  # noqa: E402
from test_relations import EXAMPLES, THREADS, case_of, known  # noqa: E402


def main(starts: list[str]) -> None:
    """Rewrite the list without the entries that hold."""
    text = (HERE / "known.toml").read_text(encoding="utf-8")
    for relation, name in sorted(known(), key=lambda pair: pair[1]):
        if not (name in EXAMPLES or name in THREADS) or not any(name.startswith(start) for start in starts or [""]):
            continue
        case = case_of(name)
        if case is not None and not RELATIONS[relation](case):
            print(f"holds again: {relation} {name}")
            for block in re.findall(rf'relation = "{relation}"\n.*?\]\n', text, re.DOTALL):
                text = text.replace(block, block.replace(f'    "{name}",\n', ""))
    text = re.sub(r'\n\[\[known\]\]\nrelation = .*\nreason = .*\nseries = \[\n\]\n', "", text)
    (HERE / "known.toml").write_text(text if "[[known]]" in text else f"{text}\nknown = []\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
