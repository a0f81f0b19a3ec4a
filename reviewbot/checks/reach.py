"""Whether code can be part of a kernel for an architecture: the one place that says yes or no.

What is asked joins the file's Kbuild condition, the `#if` nest, the tests in the code that options decide, and whatever
else the sentence rests on. It is asked of Kconfig at one moment and, where a patch changes Kconfig lines, at the end of
the series too: a gate that a later patch selects counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from reviewbot.arch import Fact, KernelVersion, Model
from reviewbot.checks.arches import arch_values, identity, own_arch
from reviewbot.checks.kconfig_hunks import Hunks, read_hunks
from reviewbot.checks.new_files import NewFiles
from reviewbot.errors import UsageError
from reviewbot.kconfig import KernelConfig
from reviewbot.kconfig.guards import of_options
from reviewbot.kconfig.lines import is_kconfig
from reviewbot.logic import FALSE, TRUE, And, Cond, Or, Ternary, Var
from reviewbot.patterns import regex
from reviewbot.source import OverlayTree
from reviewbot.source.types import PatchState, Tree
from reviewbot.text import decode

__all__ = ["SHOWN_BY", "Reach", "has_kconfig"]

SHOWN_BY = {"ARCH_HAS_SET_MEMORY": "set_memory_ro", "ARCH_HAS_SET_DIRECT_MAP": "set_direct_map_invalid_noflush",
            "ARCH_HAS_MEM_ENCRYPT": "set_memory_encrypted"}
"""Gates with a function that stands or falls with each: so the model shows which architecture has them."""

_COMPILED = (".c", ".S", ".rs")
_UNSURE = frozenset({"fragment", "failed"})
_DEPENDS = regex(r"\s*(?:depends\s+on|if)\b")
_UNDEFINED = "no Kconfig file"
_NEVER = ("the condition is never true",)
_MOST_NAMED = 3  # options that an architecture lacks


def has_kconfig(tree: Tree, arch: str = "") -> bool:
    """Return whether the tree can answer questions about configurations at all, or those of an architecture."""
    return tree.kind != "none" and tree.exists("Kconfig") and (not arch or tree.exists(f"arch/{arch}/Kconfig"))


class Reach:
    """The questions of one series, each asked once for an architecture and a moment; looks at parts of the series
    share it."""

    def __init__(self, configs: tuple[KernelConfig, ...], states: tuple[PatchState, ...], *, arches: tuple[str, ...],
                 model: Model, version: KernelVersion, whole: bool) -> None:
        """`configs` answer for the moments of the series, `model` of `version` where there is no tree.

        `whole`: no patch of the series is missing.
        """
        self._states, self._arches = states, arches
        self._model, self._version = model, version
        self._start, self._end = configs[0], configs[-1]
        self.words = _kconfig_words(states)
        self._granted = _granted(states)
        self._hunks: Hunks = read_hunks(states, every=configs[0].tree.kind == "none")
        self._sure = whole and not any(file.applies in _UNSURE for state in states for file in state.files)
        self._new = NewFiles(self._start, self._end, states, arches=tuple(sorted(model.arches)), whole=self._sure)
        self._known: dict[tuple[int, str, Cond, tuple[str, ...]], Ternary] = {}
        self._values: dict[tuple[int, str], tuple[Tree, Mapping[str, bool]]] = {}
        self._richer: dict[tuple[int, tuple[str, ...]], KernelConfig] = {}

    def can(self, config: KernelConfig, arch: str, condition: Cond, files: Iterable[str] = ()) -> Ternary:
        """Return whether some kernel of the architecture has these files and the condition, then or at the end."""
        paths = tuple(dict.fromkeys(files))
        key = (id(config), arch, condition, paths)
        known = self._known.get(key)
        if known is None:
            known = self._now(config, arch, condition, paths)
            if known is Ternary.NO and config is not self._end and self.words:
                later = [self._at_end(path, config) for path in paths]
                if all(later) and self._is_named(config, arch, condition, paths):
                    known = self._now(self._end, arch, condition, tuple(later))
            if known is Ternary.NO and self._lacks(config, arch, condition, paths):
                known = self._granting(config, arch, condition, paths)
            self._known[key] = known
        return known

    def compiled(self, config: KernelConfig, arch: str, condition: Cond, files: Iterable[str] = ()) -> Cond:
        """Return when the condition holds and the architecture's build compiles these files, as `can` asks for it."""
        return self._whole(config, arch, self._opened(config, arch, condition), tuple(dict.fromkeys(files)))

    def is_built_by_hunks(self, path: str, arch: str) -> bool:
        """Return whether a Makefile hunk that did not apply says when the file is built."""
        return self._hunks.built(path, arch) is not None

    def may_change(self, condition: Cond) -> bool:
        """Return whether the series changes a Kconfig line that names a symbol of the condition."""
        return any(name.removeprefix("CONFIG_").removesuffix("_MODULE") in self.words for name in condition.variables())

    def never(self, condition: Cond, arch: str, files: Iterable[str] = ()) -> tuple[str, ...]:
        """Return why no kernel of the architecture has the files and the condition, before or after the series; () when
        one may."""
        paths = tuple(files)
        if self.can(self._start, arch, condition, paths) is not Ternary.NO:
            return ()
        # Of what the series brings the end tells why; what it takes away only the start can tell of.
        later = tuple(self._at_end(path, self._start) for path in paths)
        asked = [(self._end, later), (self._start, paths)] if all(later) else [(self._start, paths)]
        reasons = [self._reason(config, arch, condition, files) for config, files in asked]
        return next((one for one in reasons if one and one != _NEVER), _NEVER)

    def _now(self, config: KernelConfig, arch: str, condition: Cond, paths: tuple[str, ...]) -> Ternary:
        if condition == FALSE or any(own_arch(path) not in {"", arch} for path in paths):
            return Ternary.NO
        if not has_kconfig(config.tree, arch):
            return self._without_kconfig(config.tree, arch, condition, paths)
        asked = self._opened(config, arch, condition)
        if asked.assume(self.certain(config.tree, arch)) == FALSE:
            return Ternary.NO
        return config.can(self._whole(config, arch, asked, paths), arch)

    def _whole(self, config: KernelConfig, arch: str, condition: Cond, paths: tuple[str, ...]) -> Cond:
        built = [self._built(config, path, arch) for path in paths if path.endswith(_COMPILED)]
        return config.simplified(And(condition, *built), arch)

    def built(self, config: KernelConfig, arch: str, path: str) -> Cond:
        """Return which options build the file on the architecture, TRUE where that is not known."""
        return of_options(self._built(config, path, arch)) if path.endswith(_COMPILED) else TRUE

    def _built(self, config: KernelConfig, path: str, arch: str) -> Cond:
        found = config.kbuild_as_written(path, arch)
        if found == Var(f"built({path})"):
            hunks = self._hunks.built(path, arch)
            found = hunks if hunks is not None else self._as_new(config, path, arch, found)
        return self._opened(config, arch, found)

    def _as_new(self, config: KernelConfig, path: str, arch: str, found: Cond) -> Cond:
        if not has_kconfig(config.tree, arch):
            return found
        return FALSE if self._new.lacking(path, arch) else And(found, self._new.gates(path, arch))

    def _opened(self, config: KernelConfig, arch: str, condition: Cond) -> Cond:
        """Return the condition with what hunks that did not apply say of its symbols.

        A symbol that no Kconfig file of the tree has is open where the series did not apply whole: the tree may be
        another than the author's.
        """
        if self._sure:
            return condition

        def replaced(variable: str) -> Cond | None:
            name = variable.removeprefix("CONFIG_")
            plain = name.removesuffix("_MODULE")
            if not variable.startswith("CONFIG_") or config.knows(plain, arch):
                return None
            if config.knows(name, arch):
                more = self._hunks.selects.get(name, {}).get(arch)
                return Or(Var(variable), more) if more is not None else None
            if identity(variable, arch) is False:
                return FALSE
            said = self._hunks.says_of(variable, arch)
            if said is not None:
                return said.replace(lambda other: Var(f"unseen({other})") if other == variable else None)
            elsewhere = any(config.knows(plain, other) for other in self._arches if other != arch)
            return None if elsewhere else Var(f"unseen({variable})")

        return condition.replace(replaced)

    def _without_kconfig(self, tree: Tree, arch: str, condition: Cond, paths: tuple[str, ...]) -> Ternary:
        """Return the answer of names, of hunks and of the model."""
        values = self.certain(tree, arch)
        built = [found for path in paths if path.endswith(_COMPILED)
                 and (found := self._hunks.built(path, arch)) is not None]
        asked = And(condition, *built)
        for _ in range(3):  # an entry may depend on another one
            asked = asked.replace(lambda name: None if name in values else self._hunks.says_of(name, arch))
        left = asked.assume({name: value for name in asked.variables()
                             if (value := values.get(name, identity(name, arch))) is not None})
        return Ternary.NO if left == FALSE else Ternary.YES if left == TRUE else Ternary.UNKNOWN

    def certain(self, tree: Tree, arch: str) -> Mapping[str, bool]:
        """Return the Kconfig symbols that are certain on the architecture, from the tree or, without one, the model.

        The model shows ARCH_HAS_SET_DIRECT_MAP by what it says of a function that stands or falls with it.
        """
        key = (id(tree), arch)
        if key not in self._values:
            values = arch_values(tree, arch)
            for symbol, function in SHOWN_BY.items():
                name = f"CONFIG_{symbol}"
                facts = self._in_model(arch, function) if name not in values else ()
                if facts and not self._hunks.selects_on(symbol, arch) and not tree.exists(f"arch/{arch}/Kconfig"):
                    values[name] = facts[0].is_real
                    values[f"{name}_MODULE"] = False
            # The tree is kept with its answer, so that no other tree can get its id.
            self._values[key] = (tree, values)
        return self._values[key][1]

    def _in_model(self, arch: str, function: str) -> tuple[Fact, ...]:
        try:
            return self._model.fact(arch, function, self._version)
        except UsageError:
            return ()

    def _lacks(self, config: KernelConfig, arch: str, condition: Cond, paths: tuple[str, ...]) -> bool:
        """Return whether the answer is no for want of a symbol that the series takes for granted and the tree lacks.

        Where the series did not apply whole, the tree is most likely older than the author's.
        """
        if self._sure or not has_kconfig(config.tree, arch):
            return False
        strange = self._strange(arch)
        return bool(strange) and any(
            name in line.split(":")[0].split() for line in self._reason(config, arch, condition, paths)
            for name in strange if _UNDEFINED in line)

    def _strange(self, arch: str) -> frozenset[str]:
        return frozenset(name for name in self._granted if not self._end.knows(name, arch))

    def _granting(self, config: KernelConfig, arch: str, condition: Cond, paths: tuple[str, ...]) -> Ternary:
        """Return the answer for trees in which the symbols that the tree lacks can be chosen, never a plain yes: what
        else has to hold may rule the code out all the same."""
        asked = [(config, paths)]
        later = tuple(self._at_end(path, config) for path in paths)
        if config is not self._end and all(later):
            asked.append((self._end, later))
        possible = any(self._now(self._with_strange(one, arch), arch, condition, files) is not Ternary.NO
                       for one, files in asked)
        return Ternary.UNKNOWN if possible else Ternary.NO

    def _with_strange(self, config: KernelConfig, arch: str) -> KernelConfig:
        names = tuple(sorted(self._strange(arch)))
        key = (id(config), names)
        if key not in self._richer:
            lines = "".join(f"\nconfig {name}\n\ttristate \"{name}\"\n" for name in names)
            whole = (config.tree.read("Kconfig") or b"") + lines.encode()
            self._richer[key] = config.after(OverlayTree(config.tree, {"Kconfig": whole}), changed=("Kconfig",))
        return self._richer[key]

    # The end of the series

    def _at_end(self, path: str, config: KernelConfig) -> str:
        """Return what the file is called at the end, empty when it is gone by then."""
        if self._end.tree.exists(path) or not config.tree.exists(path):
            return path
        renamed = {file.old_path: file.path for state in self._states for file in state.files if file.after is not None}
        return renamed.get(path, "")

    def _is_named(self, config: KernelConfig, arch: str, condition: Cond, paths: tuple[str, ...]) -> bool:
        """Return whether the series changes a Kconfig line that names something of the reason: all that can undo it."""
        if not has_kconfig(config.tree, arch):
            return False
        reason = self._reason(config, arch, condition, paths)
        whole = And(condition, *(self._built(config, path, arch) for path in paths if path.endswith(_COMPILED)))
        return bool(self.words & set(re.findall(r"\w+", f"{whole} {' '.join(reason)}".replace("CONFIG_", ""))))

    def _reason(self, config: KernelConfig, arch: str, condition: Cond, paths: tuple[str, ...]) -> tuple[str, ...]:
        if not has_kconfig(config.tree, arch) or any(own_arch(path) not in {"", arch} for path in paths):
            return ()
        lacking = next(((path, name) for path in paths if (name := self._new.lacking(path, arch))), None)
        if lacking and self._built(config, lacking[0], arch) == FALSE:
            return (f"{lacking[0]} includes <{lacking[1]}>, which {arch} lacks",)
        whole = self._whole(config, arch, self._opened(config, arch, condition), paths)
        if whole == FALSE:  # what no Kconfig file of the architecture has is gone from it
            asked = And(condition, *(self._built(config, path, arch) for path in paths if path.endswith(_COMPILED)))
            names = sorted({name.removeprefix("CONFIG_").removesuffix("_MODULE") for name in asked.variables()
                            if name.startswith("CONFIG_")})
            if strange := [name for name in names if not config.knows(name, arch)][:_MOST_NAMED]:
                return tuple(f"{name}: no Kconfig file of {arch} defines it" for name in strange)
        return config.possible(whole, arch).reason


def _granted(states: tuple[PatchState, ...]) -> frozenset[str]:
    """Return the symbols that the series adds dependencies on."""
    found: set[str] = set()
    for state in states:
        for file in state.files:
            if is_kconfig(file.path):
                text = decode(file.after or b"").splitlines()
                found.update(name for line in file.added if line <= len(text) and _DEPENDS.match(text[line - 1])
                             for name in re.findall(r"[A-Z][A-Z0-9_]+", text[line - 1]))
    return frozenset(found)


def _kconfig_words(states: tuple[PatchState, ...]) -> frozenset[str]:
    """Return the words of all Kconfig and Makefile lines that the series adds or removes."""
    words: set[str] = set()
    for state in states:
        for file in state.files:
            if file.path.rsplit("/", 1)[-1].startswith(("Kconfig", "Makefile", "Kbuild")):
                for lines, content in ((file.added, file.after), (file.removed, file.before)):
                    text = decode(content or b"").splitlines()
                    words.update(word.removeprefix("CONFIG_") for line in lines if line <= len(text)
                                 for word in re.findall(r"\w+", text[line - 1]))
    return frozenset(words)
