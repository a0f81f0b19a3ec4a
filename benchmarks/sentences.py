"""Prints every sentence of the model: what it says of each function and each direct map, by release.

It is for reading against the sources: equal answers of several releases stand in one row.
"""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterable

from reviewbot.arch import Fact, Model, load_model, parse_version
from reviewbot.checks.definitions import describe
from reviewbot.resources import data_folder
from reviewbot.text import squash

Row = tuple[str, ...]


def main() -> None:
    """Print the rows of the architectures asked for, all when none is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arch", nargs="*", default=[])
    parser.add_argument("--kernel", nargs="*", default=["5.10", "6.1", "6.12", "7.2", "7.3"])
    options = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # who reads with `head` has seen enough
    model = load_model((data_folder("rules"),))
    for arch in options.arch or model.arches:
        print(f"\n## {arch}\n")
        for releases, row in _together({release: _functions(model, arch, release) for release in options.kernel}):
            print(f"- [{' '.join(releases)}] {'; '.join(row)}")
        for releases, row in _together({release: _known(model, arch, release) for release in options.kernel}):
            print(f"- [{' '.join(releases)}] Known, {': '.join(row)}")


def _together(tables: dict[str, list[Row]]) -> list[tuple[list[str], Row]]:
    """Return each row with the releases in which it is said, in the order of the first of them."""
    found: dict[Row, list[str]] = {}
    for release, rows in tables.items():
        for row in rows:
            found.setdefault(row, []).append(release)
    return sorted(((releases, row) for row, releases in found.items()), key=lambda entry: entry[1][0])


def _functions(model: Model, arch: str, release: str) -> list[Row]:
    """Return what a cell says of a call of each function of which nothing is known beside its name."""
    rows: dict[Row, list[str]] = {}
    for symbol in model.symbols:
        for fact in model.fact(arch, symbol, parse_version(release)):
            if fact.status in {"real", "macro"}:
                rows.setdefault(_said(fact), []).append(symbol)
    return [(f"{', '.join(symbols)}", *said) for said, symbols in rows.items()]


def _said(fact: Fact) -> Row:
    fails = {None: "not known whether it can fail", False: "cannot fail", True: "can fail"}[fact.may_fail]
    errnos = " ".join(fact.possible_errnos()) if fact.may_fail else ""
    return (fact.defined_in, f"if {fact.condition}" if fact.condition else "always", describe(fact, prose=False),
            f"{fails} {errnos}".strip(), f"alias {fact.alias}",
            *(f"-{name}: {reason}" for name, reason in fact.errnos if name in errnos.split()))


def _known(model: Model, arch: str, release: str) -> Iterable[Row]:
    return [(statement.topic, squash(statement.text))
            for statement in model.statements(arch, parse_version(release))]


if __name__ == "__main__":
    main()
