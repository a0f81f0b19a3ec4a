"""When an architecture's build compiles a file: objects, composite objects, and the folders that it descends into."""

from __future__ import annotations

from dataclasses import replace
from posixpath import dirname, relpath

from reviewbot.errors import BudgetError
from reviewbot.kconfig.circular import Circular
from reviewbot.kconfig.listing import Listing
from reviewbot.kconfig.makefiles import Makefile, parse_makefile
from reviewbot.logic import FALSE, TRUE, And, Cond, Or, Var
from reviewbot.source.types import Tree
from reviewbot.text import decode

__all__ = ["Everywhere", "Kbuild"]

_NEVER = ("tools/", "scripts/", "Documentation/", "LICENSES/")
_MOST_DEPTH = 12
_DEEPEST_FOLDER = 40  # levels; those of kernels have up to ten
# How the top Makefile's own switches stand while the kernel itself is built.
_TOP = {"SUBARCH": "x86", "KBUILD_EXTMOD": "", "srctree": ".", "objtree": ".", "src": ".", "obj": ".",
        "need-sub-make": "", "config-build": "", "mixed-build": "", "sub_make_done": "1", "dot-config": "1",
        "KBUILD_MODULES": "1", "KBUILD_BUILTIN": "1", "skip-makefile": ""}
_COMPILED = (".c", ".S", ".rs")


class Everywhere:
    """Makefiles that say the same on every architecture, by their text, and when each lists what."""

    def __init__(self) -> None:
        """Start with none."""
        self.makefiles: dict[str, Makefile] = {}
        self.listings: dict[int, Listing] = {}


class Kbuild:
    """The Makefiles of one tree as one architecture's build reads them."""

    def __init__(self, tree: Tree, arch: str, *, everywhere: Everywhere | None = None) -> None:
        """Open the tree for `arch`; Makefiles are read when a question reaches them.

        `everywhere` is what the builds of all architectures have in common.
        """
        self._tree, self._arch = tree, arch
        self._everywhere = everywhere or Everywhere()
        self._files: dict[str, Makefile | None] = {}
        self._listings: dict[int, Listing] = {}
        self._conditions: dict[str, Cond] = {}
        self._modular: dict[str, Cond] = {}
        self._folders = Circular(self._entered)

    def condition(self, path: str) -> Cond:
        """Return when the file is compiled: FALSE for another architecture's, TRUE for what is no source of an object.

        A file that no Makefile names (it is included by another, or a rule of its own makes it) has the opaque
        variable `built(PATH)`.
        """
        known = self._conditions.get(path)
        if known is None:
            known = self._conditions[path] = self._condition(path)
        return known

    def modular(self, path: str) -> Cond:
        """Return when the file is compiled as a part of a module, FALSE for what is always part of the kernel itself.

        `obj-y` and `obj-$(subst m,y,$(CONFIG_X))` name what is never a module, also in a folder that a module enters.
        """
        known = self._modular.get(path)
        if known is None:
            target = f"{path.rsplit('.', 1)[0]}.o"
            known = self._modular[path] = FALSE if not (self._is_ours(path) and path.endswith(_COMPILED)) else \
                Or(self._built(target, modules=True), self._borrowed(target, modules=True))
        return known

    def entered(self, folder: str) -> Cond:
        """Return when the build descends into the folder, or into the nearest one above it that some list leads to;
        TRUE where no list leads to any."""
        while folder:
            found = self._descended(folder)
            if found != Var(f"built({folder}/)"):
                return found
            folder = dirname(folder)
        return TRUE

    def _condition(self, path: str) -> Cond:
        if not self._is_ours(path):
            return FALSE
        if not path.endswith(_COMPILED):
            return TRUE
        target = f"{path.rsplit('.', 1)[0]}.o"
        found = Or(self._built(target), self._borrowed(target))
        return Var(f"built({path})") if found == FALSE else found

    def _is_ours(self, path: str) -> bool:
        if path.startswith(_NEVER):
            return False
        if not path.startswith("arch/"):
            return True
        return path.startswith(f"arch/{self._arch}/") or (self._arch == "um" and path.startswith("arch/x86/um/"))

    def _built(self, target: str, *, modules: bool = False) -> Cond:
        """Return when the object or folder (ends with /) `target`, named from the top, is part of the build.

        With `modules`, when it is part of a module.
        """
        arms: list[Cond] = []
        folder = dirname(target.rstrip("/"))
        for _ in range(_MOST_DEPTH):
            arms.extend(And(self._listed_in(makefile, relative, modules=modules), self._descended(folder))
                        for makefile, relative in self._namings(folder, target))
            if not folder:
                break
            folder = dirname(folder)
        return Or(*arms)

    def _borrowed(self, target: str, *, modules: bool = False) -> Cond:
        """Return when the architecture's folder of the same name lists the object: arch/x86/kvm builds virt/kvm."""
        folder = f"arch/{self._arch}/{dirname(target).rsplit('/', 1)[-1]}"
        if target.startswith("arch/"):
            return FALSE
        makefile = self._makefile(f"{folder}/Makefile")
        if makefile is None:
            return FALSE
        listed = self._listed_in(makefile, relpath(target, folder), modules=modules)
        return listed if listed == FALSE else And(listed, self._descended(folder))

    def _is_root(self, folder: str) -> bool:
        """Return whether the build enters the folder though no list says so."""
        if folder in {"arch", f"arch/{self._arch}"}:
            return True
        return "/" not in folder and not self._tree.exists("Kbuild") and not self._tree.exists("Makefile")

    def _namings(self, folder: str, target: str) -> list[tuple[Makefile, str]]:
        """Return the Makefiles that govern `folder`, with the name that `target` has in them."""
        relative = target.removeprefix(f"{folder}/") if folder else target
        if not folder:
            names = ["Kbuild", "Makefile", f"arch/{self._arch}/Makefile"]
        elif folder == f"arch/{self._arch}":
            # Makefile there belongs to the top one; in a tree of a few files it may hold lists of its own as well.
            names = [f"{folder}/Kbuild", f"{folder}/Makefile"]
        else:
            names = [f"{folder}/Kbuild" if self._tree.exists(f"{folder}/Kbuild") else f"{folder}/Makefile"]
        found = [self._makefile(name) for name in names]
        return [(makefile, relative) for makefile in found if makefile is not None]

    def _makefile(self, path: str) -> Makefile | None:
        if path not in self._files:
            text = self._text(path)
            try:
                self._files[path] = None if text is None else self._parse(path, text)
            except BudgetError:
                self._files[path] = None
        return self._files[path]

    def _parse(self, path: str, text: str) -> Makefile:
        top = path in {"Kbuild", "Makefile", f"arch/{self._arch}/Makefile"}
        everywhere = not top and "ARCH" not in text and "include" not in text
        known = self._everywhere.makefiles.get(text) if everywhere else None
        if known is None:
            given = {**_TOP, "SRCARCH": self._arch, "ARCH": self._arch,
                     "HEADER_ARCH": "x86" if self._arch == "um" else self._arch}
            known = replace(parse_makefile(text, given=given, read=self._text, top=top), everywhere=everywhere)
            if everywhere:
                self._everywhere.makefiles[text] = known
        return known

    def _text(self, path: str) -> str | None:
        data = self._tree.read(path)
        return None if data is None else decode(data)

    def _listed_in(self, makefile: Makefile, target: str, *, modules: bool) -> Cond:
        known = self._everywhere.listings if makefile.everywhere else self._listings
        if id(makefile) not in known:  # the Makefile lives as long as the listing that is made of it
            known[id(makefile)] = Listing(makefile)
        return known[id(makefile)].when(target, modules=modules)

    def _descended(self, folder: str) -> Cond:
        if folder.count("/") > _DEEPEST_FOLDER:
            return Var(f"built({folder}/)")
        return self._folders.get(folder) if folder else TRUE

    def _entered(self, folder: str) -> Cond:
        """Return when some list leads to the folder; one that nothing leads to may be entered in another way."""
        found = self._built(f"{folder}/")
        if found == FALSE:
            return TRUE if self._is_root(folder) else Var(f"built({folder}/)")
        return found
