"""The parsed Kconfig of trees: found by the hash of the files that it was made from, in memory and on disk."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from reviewbot.kconfig.model import FORMAT, Model, model_from_lines, model_to_lines
from reviewbot.kconfig.reading import read_model
from reviewbot.kconfig.solving import Questions
from reviewbot.kconfig.texts import Texts
from reviewbot.source.types import Tree
from reviewbot.text import decode

__all__ = ["Sources", "Store", "surroundings"]

_SOURCE = re.compile(r"^[ \t]*(?:or?|r)?source[ \t]+[\"']?([^\"'\n#]+)", re.MULTILINE)
_VARIABLE = re.compile(r"\$\((\w+)\)")
_MOST_FILES = 8000


def surroundings(arch: str, *, version: str) -> Mapping[str, str]:
    """Return what the top Makefile exports to Kconfig for a build of `arch` on an x86 machine with gcc."""
    return {
        "ARCH": arch, "SRCARCH": arch, "SUBARCH": "x86", "HEADER_ARCH": "x86" if arch == "um" else arch,
        "KERNELVERSION": version, "srctree": ".", "CC": "gcc", "HOSTCC": "gcc", "LD": "ld", "AR": "ar", "NM": "nm",
        "OBJCOPY": "objcopy", "CLANG_FLAGS": "", "USERCFLAGS": "", "USERLDFLAGS": "", "RUSTC": "rustc",
        "BINDGEN": "bindgen", "PAHOLE": "pahole", "PYTHON3": "python3", "CROSS_COMPILE_COMPAT": "",
    }


class Sources:
    """The texts of one tree's Kconfig files, read once; `parent` is the tree before a patch that left most alone."""

    def __init__(self, tree: Tree, *, parent: Sources | None = None, changed: frozenset[str] = frozenset()) -> None:
        """Open the texts of `tree`; those outside `changed` are asked of `parent`, also if it has yet to read them."""
        self._tree, self._parent, self._changed = tree, parent, changed
        # The text (None: absent), the hash of its bytes, and what its `source` lines name.
        self._texts: dict[str, tuple[str | None, str, tuple[str, ...]]] = {}

    def read(self, path: str) -> str | None:
        """Return a file's text, None when it is absent."""
        return self._entry(path)[0]

    def _entry(self, path: str) -> tuple[str | None, str, tuple[str, ...]]:
        known = self._texts.get(path)
        if known is None and self._parent is not None and path not in self._changed:
            known = self._texts[path] = self._parent._entry(path)  # noqa: SLF001 - the same class
        if known is None:
            data = self._tree.read(path) if _is_inside(path) else None
            text = None if data is None else decode(data)
            known = (text, sha256(data).hexdigest() if data is not None else "-",
                     tuple(found.strip() for found in _SOURCE.findall(text or "")))
            self._texts[path] = known
        return known

    def key(self, given: Mapping[str, str]) -> str:
        """Return the hash of every Kconfig file that a build with these variables may read."""
        pending, seen = ["Kconfig"], {"Kconfig"}
        digest = sha256(f"{FORMAT} {sorted(given.items())}".encode())
        while pending:
            path = pending.pop()
            _, content, sourced = self._entry(path)
            digest.update(f"{path} {content}\n".encode("utf-8", "replace"))
            for name in sourced:
                target = _VARIABLE.sub(lambda hit: given.get(hit[1], ""), name)
                if target not in seen and len(seen) < _MOST_FILES:
                    seen.add(target)
                    pending.append(target)
        return digest.hexdigest()


def _is_inside(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/")


class Store:
    """Models and the questions asked of them, shared by all trees of a run; files below `folder` keep the models."""

    def __init__(self, folder: Path | None) -> None:
        """Keep models below the folder; None keeps them in memory only."""
        self._folder = folder
        self.texts = Texts()
        self._questions: dict[str, Questions] = {}

    def questions(self, sources: Sources, arch: str, *, version: str) -> Questions:
        """Return the questions of an architecture of the tree with these Kconfig texts."""
        given = surroundings(arch, version=version)
        key = sources.key(given)
        known = self._questions.get(key)
        if known is None:
            known = self._questions[key] = Questions(self._model(sources.read, key, given), arch)
        return known

    def _model(self, read: Callable[[str], str | None], key: str, given: Mapping[str, str]) -> Model:
        path = self._folder / f"{key[:32]}.kconfig" if self._folder else None
        if path:
            with suppress(OSError, ValueError, KeyError, TypeError):
                return model_from_lines(path.read_text("utf-8"))
        model = read_model(read, surroundings=given)
        if path and model.symbols:
            with suppress(OSError):  # a cache that cannot be written costs time, not answers
                _write_whole(path, model_to_lines(model))
        return model


def _write_whole(path: Path, text: str) -> None:
    """Write the file so that another run never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as out:
        out.write(text)
    Path(out.name).replace(path)
