"""The Kconfig files of trees, and what the trees around a patch have in common."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from reviewbot.kconfig.kbuild import Everywhere
from reviewbot.kconfig.layout import KconfigFile
from reviewbot.kconfig.outline import Catalogue, Outline
from reviewbot.kconfig.slices import Slices
from reviewbot.kconfig.texts import Texts
from reviewbot.source.types import Tree
from reviewbot.text import decode

__all__ = ["Sources", "Store", "surroundings"]


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
        self._texts: dict[str, tuple[str | None, str]] = {}

    def apart(self, other: Sources) -> frozenset[str] | None:
        """Return the files that may differ between the two trees, None where neither is the other after patches."""
        found = self.since(other)
        return other.since(self) if found is None else found

    def since(self, earlier: Sources) -> frozenset[str] | None:
        """Return the files that patches changed from an earlier tree to this one, None where it is no earlier one."""
        if self is earlier:
            return frozenset()
        before = None if self._parent is None else self._parent.since(earlier)
        return None if before is None else before | self._changed

    def read(self, path: str) -> str | None:
        """Return a file's text, None when it is absent."""
        return self.entry(path)[0]

    def entry(self, path: str) -> tuple[str | None, str]:
        """Return a file's text and the hash of its bytes, (None, "-") when it is absent."""
        known = self._texts.get(path)
        if known is None and self._parent is not None and path not in self._changed:
            known = self._texts[path] = self._parent.entry(path)
        if known is None:
            data = self._tree.read(path) if _is_inside(path) else None
            known = self._texts[path] = (None, "-") if data is None else (decode(data), sha256(data).hexdigest())
        return known


def _is_inside(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/")


class _Files(dict[str, KconfigFile | None]):
    """The Kconfig files of one tree, looked at when an outline comes to them; the architectures share them."""

    def __init__(self, sources: Sources, catalogue: Catalogue) -> None:
        super().__init__()
        self._sources, self._catalogue = sources, catalogue

    def __missing__(self, path: str) -> KconfigFile | None:
        text, content = self._sources.entry(path)
        found = self[path] = None if text is None else self._catalogue.file(content, text)
        return found


class Store:
    """What the trees of a run share: prepared sources, outlines by content, and the questions of equal Kconfigs."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.texts = Texts()
        self.everywhere = Everywhere()
        self._catalogue = Catalogue()
        self._slices: dict[str, Slices] = {}
        self._files: dict[Sources, _Files] = {}
        self._latest: dict[str, tuple[Sources, Mapping[str, str], frozenset[str], Slices]] = {}

    def slices(self, sources: Sources, arch: str, *, version: str) -> Slices:
        """Return the Kconfig of an architecture of the tree with these files."""
        given = surroundings(arch, version=version)
        if arch in self._latest and self._latest[arch][1] == given:
            other, _, named, known = self._latest[arch]
            apart = sources.apart(other)
            if apart is not None and named.isdisjoint(apart):
                return known
        if sources not in self._files:
            self._files[sources] = _Files(sources, self._catalogue)
        outline = Outline(self._files[sources].__getitem__, self._catalogue, given=given)
        key = sha256(f"{sorted(given.items())}".encode())
        for path in outline.files:
            key.update(f"{path} {sources.entry(path)[1]}\n".encode("utf-8", "replace"))
        content = f"{arch} {key.hexdigest()}" if outline.followed else ""
        slices = Slices(outline, sources.read, given=given, arch=arch, content=content)
        if not content:  # a file that only a macro names is not among those that the key speaks of
            return slices
        slices = self._slices.setdefault(key.hexdigest(), slices)
        self._latest[arch] = sources, given, outline.named, slices
        return slices
