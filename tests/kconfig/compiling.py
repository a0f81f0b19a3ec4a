"""The compiler's answer to what `resolve` answers: a configured kernel, one probe for each name, and its symbols.

A probe is a C file that includes what the cell's file is (a header, or a whole C file), compiled with the flags of the
configured tree. It takes the address of the name: that needs a declaration, leaves an undefined symbol for a function
of another object, and a symbol of its own for an inline function. Before that stand the types that a header such as
linux/set_memory.h leaves to its includer.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Build", "Probe", "Symbols"]

_PROBE = """\
#include <linux/mm_types.h>
#include <linux/pgtable.h>
#include {included}
#ifdef {name}
int probe_is_macro;
#undef {name}
#endif
void *probe_address[] = {{ (void *)&{name} }};
"""
_BARE = """\
#include <linux/mm_types.h>
#include <linux/pgtable.h>
#include {included}
#ifdef {name}
int probe_is_macro;
#endif
"""
_LISTED = re.compile(r"-o (\S+\.o)\b")
_NM = re.compile(r"^[0-9a-f ]* ([A-Za-z]) (\S+)(?:\t(\S+):(\d+))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbols:
    """What nm says of one object: each name's letter, where debug information knows it the `file:line`."""

    letters: Mapping[str, str]
    places: Mapping[str, tuple[str, int]]

    def defines(self, name: str) -> bool:
        """Return whether the object holds the function, seen by others or not."""
        return self.letters.get(name, "U") not in "U"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What the compiler made of a name: `declared` as a function, `macro`; its `symbols`, and whether an inline
    function's code refers to anything outside itself (`refers`)."""

    declared: bool
    macro: bool
    symbols: Symbols
    refers: bool
    errors: str = ""


class Build:
    """One kernel tree, configured out of tree for one architecture with the kernel's own `conf`."""

    def __init__(self, tree: Path, out: Path, *, arch: str, cross: str, symbols: Iterable[str]) -> None:
        """Name the build; `arch` is what make calls the architecture, `symbols` are switched on over allnoconfig."""
        self.tree, self.out, self.cross = tree, out, cross
        self._make = ["make", "-C", str(tree), f"O={out}", f"ARCH={arch}", f"CROSS_COMPILE={cross}"]
        self._symbols = tuple(symbols)
        self._command: list[str] = []

    def prepare(self) -> None:
        """Make the configuration, the generated headers and one object, whose command then serves every probe."""
        wanted = self.out / "wanted"
        wanted.write_text("".join(f"CONFIG_{symbol}=y\n" for symbol in self._symbols))
        self._run([*self._make, "-s", "allnoconfig"], KCONFIG_ALLCONFIG=str(wanted))
        self._run([*self._make, "-s", "-j2", "prepare"])
        self._run([*self._make, "-s", "lib/ctype.o"])
        text = (self.out / "lib/.ctype.o.cmd").read_text().split("\n", 1)[0].split(":=", 1)[1]
        words = shlex.split(text.split(";", 1)[0])
        end = words.index("-c")
        self._command = [word for word in words[:end] if not word.startswith("-Wp,-MMD")]

    def config(self) -> dict[str, str]:
        """Return the symbols that are set, without CONFIG_."""
        return dict(re.findall(r"^CONFIG_(\w+)=(.*)$", (self.out / ".config").read_text(), re.MULTILINE))

    def objects(self, paths: Iterable[str]) -> None:
        """Build the objects of these C and assembly files; one that fails is left out."""
        targets = sorted({path.rsplit(".", 1)[0] + ".o" for path in paths})
        if targets:
            self._run([*self._make, "-s", "-k", "-j2", *targets], check=False)

    def listed(self, folders: Iterable[str]) -> frozenset[str]:
        """Return the objects of the folders that Kbuild would build under this configuration and has not yet."""
        targets = sorted({f"{folder}/" for folder in folders})
        if not targets:
            return frozenset()
        done = self._run([*self._make, "-n", "-k", *targets], check=False)
        return frozenset(_LISTED.findall(done.stdout))

    def symbols(self, path: Path) -> Symbols:
        """Return what nm finds in an object, nothing for one that is absent."""
        if not path.is_file():
            return Symbols(letters={}, places={})
        letters: dict[str, str] = {}
        places: dict[str, tuple[str, int]] = {}
        for line in self._run([f"{self.cross}nm", "-l", str(path)], check=False).stdout.splitlines():
            found = _NM.match(line)
            if found:
                letters[found[2]] = found[1]
                if found[3]:
                    places[found[2]] = (found[3], int(found[4]))
        return Symbols(letters=letters, places=places)

    def probe(self, name: str, start: str) -> Probe:
        """Return what the name is for a file of the tree, or for one that includes the header `start`."""
        included = f'"{self.tree}/{start}"' if start.endswith(".c") else f"<{start}>"
        stem = re.sub(r"\W", "_", f"probe_{name}_{start}")
        errors, path = self._compiled(stem, _PROBE.format(included=included, name=name), start)
        declared = not errors
        if errors and re.search(rf"['‘]{name}['’] undeclared", errors):
            errors, path = self._compiled(stem, _BARE.format(included=included, name=name), start)
        symbols = self.symbols(path)
        return Probe(declared=declared, macro="probe_is_macro" in symbols.letters, symbols=symbols, errors=errors,
                     refers=self.refers(path, name))

    def refers(self, path: Path, name: str) -> bool:
        """Return whether the code of a function of the object, in a section of its own, refers to anything."""
        done = self._run([f"{self.cross}objdump", "-r", "-j", f".text.{name}", str(path)], check=False)
        return "R_" in done.stdout

    def _compiled(self, stem: str, text: str, start: str) -> tuple[str, Path]:
        source, made = self.out / f"{stem}.c", self.out / f"{stem}.o"
        source.write_text(text)
        made.unlink(missing_ok=True)
        beside = [f"-I{(self.tree / start).parent}"] if start.endswith(".c") else []
        done = self._run([*self._command, *beside, "-w", "-g", "-ffunction-sections", "-c", "-o", str(made),
                          str(source)], check=False)
        return ("" if done.returncode == 0 else done.stderr or "the compiler failed"), made

    def _run(self, words: list[str], *, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(words, cwd=self.out, text=True, capture_output=True, timeout=600, check=False,
                              env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", **more})
        assert done.returncode == 0 or not check, f"{shlex.join(words)}: {done.stderr[-2000:]}"
        return done
