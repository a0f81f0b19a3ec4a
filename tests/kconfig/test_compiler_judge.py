"""The compiler is the judge of `resolve`: what a file gets under a configuration is what its object shows."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from reviewbot.cfacts import load_family
from reviewbot.kconfig import KernelConfig
from reviewbot.resources import data_folder
from reviewbot.source import open_tree
from tests.kconfig.compiling import Build
from tests.kconfig.judging import judged

pytestmark = pytest.mark.compilers

TOOLS = ("make", "gcc", "flex", "bison", "bc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One configured kernel of the data file, with its cells (name, file)."""

    version: str
    arch: str
    make: str
    cross: str
    symbols: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]


def _rows() -> tuple[Row, ...]:
    data = tomllib.loads((Path(__file__).parent / "compiler_judge.toml").read_text())
    return tuple(
        Row(version=one["version"], arch=one["arch"], make=one["make"], cross=one["cross"],
            symbols=tuple(one["symbols"]),
            cells=tuple((name, start) for start, names in one["cells"].items() for name in names))
        for one in data["build"])


ROWS = _rows()
Started = Callable[[Row, Path], "Future[Build]"]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """Return a function that starts to configure a kernel; one at a time, while others are asked about."""
    known: dict[Row, Future[Build]] = {}
    with ThreadPoolExecutor(max_workers=1) as pool:

        def prepared(row: Row, tree: Path, out: Path) -> Build:
            build = Build(tree, out, arch=row.make, cross=row.cross, symbols=row.symbols)
            build.prepare()
            return build

        def start(row: Row, tree: Path) -> Future[Build]:
            if row not in known:
                out = tmp_path_factory.mktemp(f"{row.version}-{row.arch}")
                known[row] = pool.submit(prepared, row, tree, out)
            return known[row]

        yield start
        pool.shutdown(wait=False, cancel_futures=True)


def _missing(row: Row) -> list[str]:
    return [tool for tool in (*TOOLS, f"{row.cross}gcc", f"{row.cross}nm") if not shutil.which(tool)]


def test_sixty_cells_on_five_architectures() -> None:
    """The sample is as large and as wide as it claims to be, and holds no cell twice."""
    cells = {(row.version, row.arch, cell) for row in ROWS for cell in row.cells}
    assert len(cells) == sum(len(row.cells) for row in ROWS) >= 60
    assert {row.arch for row in ROWS} == {"x86", "arm64", "riscv", "s390", "powerpc"}
    assert {row.version for row in ROWS} == {"5.10", "6.12", "7.3"}


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[f"{row.version}-{row.arch}" for row in ROWS])
def test_the_object_shows_what_resolve_says(number: int, kernel_tree: Callable[[str], Path],
                                            started: Started) -> None:
    """Defined in that object, undefined, inline, macro or a compile error: the same for both in every cell."""
    row = ROWS[number]
    missing = _missing(row)
    if missing:
        pytest.skip(f"the compiler of {row.arch} needs {', '.join(missing)}")
    tree = kernel_tree(row.version)
    build = started(row, tree)
    if number + 1 < len(ROWS) and not _missing(ROWS[number + 1]):
        started(ROWS[number + 1], kernel_tree(ROWS[number + 1].version))
    family = load_family((data_folder("rules") / "api",))
    kernel = KernelConfig(open_tree(tree), makers={one.name: one.made_by for one in family.functions if one.made_by})
    kernel.prepare({name for name, _ in row.cells})
    kernel.knows("MMU", row.arch)  # reads Kconfig while the kernel is being configured
    assert [line for line in judged(build.result(), kernel, row.arch, row.cells) if line] == []
