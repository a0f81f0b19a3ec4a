"""The calls that we find in real files against those that clang reads there, on four architectures.

Per architecture the kernel's own scripts make a configuration with nearly everything switched on and the generated
headers, out of tree, and say how each file is compiled; libclang then parses the file just so. Our calls whose `#if`
nest holds under that configuration must be clang's: the same line, column, function called and function around it.
What differs stands in `compiler_reading.toml` with its reason, and a difference that has gone is an error too.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from reviewbot.cfacts import account, load_family, read_file
from reviewbot.cfacts.types import Call
from reviewbot.logic import Ternary
from reviewbot.resources import data_folder

HERE = Path(__file__).parent
DATA = tomllib.loads((HERE / "compiler_reading.toml").read_text())
FAMILY = load_family((data_folder("rules") / "api",))
PYTHON = "/usr/bin/python3"  # the distribution's, which has libclang's module
PACKAGES = "clang-19 lld-19 llvm-19 python3-clang-19 flex bison bc"
SAMPLES = {sample["arch"]: sample for sample in DATA["sample"]}
_NO_TOOLS = ("CONFIG_OBJTOOL=", "CONFIG_DEBUG_INFO_BTF=")  # they work on objects, and would be built before
_COMPILED = re.compile(r"(clang-\d+ -Wp,-MMD,[^;]*?) -c -o \S+\.o (\S+\.c)(?=\s)")

Place = tuple[str, int, int, str, str]
"""File, line, column, function called, function around the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What both sides read of one architecture's sample: calls, and what clang could not read."""

    ours: frozenset[Place]
    theirs: frozenset[Place]
    unread: tuple[str, ...]
    files: tuple[str, ...]


def llvm() -> str:
    """Return the suffix of the newest LLVM that can configure a kernel and be asked about C, or skip the test."""
    for version in range(40, 14, -1):
        if all(shutil.which(f"{tool}-{version}") for tool in ("clang", "ld.lld", "llvm-nm")):
            asked = [PYTHON, "-c", "import clang.cindex; clang.cindex.Index.create()"]
            if Path(PYTHON).is_file() and subprocess.run(asked, capture_output=True, check=False).returncode == 0:
                return f"-{version}"
    pytest.skip(f"no clang with its Python module: apt-get install {PACKAGES}")


class Build:
    """A kernel tree, configured out of tree for one architecture."""

    def __init__(self, tree: Path, out: Path, arch: str, suffix: str) -> None:
        self.tree, self.out = tree, out
        self._make = ["make", "-C", str(tree), f"O={out}", f"ARCH={arch}", f"LLVM={suffix}", "KCFLAGS=-Wno-error", "-s"]

    def prepare(self) -> None:
        """Make the configuration and the generated headers."""
        self._run([*self._make, "allyesconfig"])
        self._run([*self._make, "-j2", "prepare0"])

    def commands(self, files: Iterable[str]) -> list[dict[str, object]]:
        """Return, for each file that this configuration compiles, the compiler's arguments."""
        targets = [file.removesuffix(".c") + ".o" for file in files]
        wanted = {f"{self.tree}/{file}" for file in files}
        asked = self._run([*self._make, *_NO_TOOLS, "-n", "-k", *targets], check=False)
        found: dict[str, list[str]] = {}
        for line in asked.splitlines():
            compiled = _COMPILED.search(line)
            if compiled and compiled[2] in wanted:
                words = shlex.split(compiled[1])[1:]
                found[compiled[2]] = [word for word in words if not word.startswith("-Wp,-MMD")]
        return [{"file": file, "arguments": words} for file, words in sorted(found.items())]

    def read(self, files: Iterable[str]) -> list[dict[str, object]]:
        """Return what libclang reads in each of the files."""
        asked = json.dumps({"names": sorted(FAMILY.names()), "commands": self.commands(files)})
        told = self._run([PYTHON, str(HERE / "clang_reader.py")], given=asked)
        return [json.loads(line) for line in told.splitlines()]

    def symbols(self) -> dict[str, bool]:
        """Return the symbols that the preprocessor sees as defined."""
        text = (self.out / "include/generated/autoconf.h").read_text()
        return dict.fromkeys(re.findall(r"^#define (CONFIG_\w+)", text, re.MULTILINE), True)

    def _run(self, words: list[str], *, check: bool = True, given: str = "") -> str:
        done = subprocess.run(words, cwd=self.out, text=True, capture_output=True, timeout=900, check=False,
                              input=given, env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"})
        assert done.returncode == 0 or not check, f"{shlex.join(words)}: {done.stderr[-2000:]}"
        return done.stdout


def holds(call: Call, symbols: dict[str, bool]) -> bool:
    """Return whether the preprocessor leaves the call in; a condition on other macros than Kconfig's counts as met."""
    values = {name: symbols.get(name, False) for name in call.path_condition.variables() if name.startswith("CONFIG_")}
    return call.path_condition.evaluate(values) is not Ternary.NO


def our_calls(tree: Path, file: str, symbols: dict[str, bool]) -> set[Place]:
    """Return the calls of the family in a file, those through its own macros where the macro is used."""
    data = (tree / file).read_bytes()
    facts = read_file(file, data, names=FAMILY)
    assert account(file, data, facts, names=FAMILY.names()) == ()
    return {(file, call.span.line, call.span.column, call.through[-1] if call.through else call.callee, call.function)
            for call in facts.calls if call.use != "in-macro" and holds(call, symbols)}


@pytest.fixture(scope="session")
def reading(kernel_tree: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Reading]:
    """Return a function that reads an architecture's sample both ways."""
    tree, suffix = kernel_tree(DATA["kernel"]), llvm()

    def both(arch: str) -> Reading:
        build = Build(tree, tmp_path_factory.mktemp(arch), arch, suffix)
        build.prepare()
        theirs: set[Place] = set()
        files, unread = [], []
        for told in build.read(SAMPLES[arch]["files"]):
            file = str(Path(str(told["file"])).relative_to(tree))
            files.append(file)
            unread += [f"{file}: {error}" for error in told["errors"]]  # type: ignore[attr-defined]
            theirs |= {(file, *call) for call in told["calls"]}  # type: ignore[attr-defined]
        symbols = build.symbols()
        ours = {place for file in files for place in our_calls(tree, file, symbols)}
        return Reading(ours=frozenset(ours), theirs=frozenset(theirs), unread=tuple(unread), files=tuple(files))

    return both


def test_the_sample_is_wide_enough_and_each_difference_has_a_reason() -> None:
    """At least 40 files over four architectures, each with two or more of its own, and no difference unexplained."""
    everywhere = {file for sample in SAMPLES.values() for file in sample["files"]}
    assert len(everywhere) >= 40
    assert set(SAMPLES) == {"arm64", "riscv", "s390", "x86_64"}
    for sample in SAMPLES.values():
        assert sample["files"] == sorted(set(sample["files"]))
        assert len([file for file in sample["files"] if file.startswith("arch/")]) >= 2
    assert all(one["reason"] for one in DATA.get("difference", ()))


@pytest.mark.compilers
@pytest.mark.parametrize("arch", sorted(SAMPLES))
def test_our_calls_are_those_that_clang_reads(reading: Callable[[str], Reading], arch: str) -> None:
    """Line, column, callee and function of every call agree, but for the differences that are explained."""
    both = reading(arch)
    assert list(both.files) == SAMPLES[arch]["files"]
    assert both.unread == ()
    found = {("ours", *place) for place in both.ours - both.theirs}
    found |= {("theirs", *place) for place in both.theirs - both.ours}
    explained = {(one["side"], one["file"], *one["place"], one["callee"], one["function"])
                 for one in DATA.get("difference", ()) if arch in one["archs"]}
    assert sorted(found) == sorted(explained)
    assert len(both.ours & both.theirs) >= SAMPLES[arch]["calls"]
