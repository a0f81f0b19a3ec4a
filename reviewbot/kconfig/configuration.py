"""`KernelConfig`: the questions that the rest of the program asks about one tree's configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from reviewbot.budget import Budget
from reviewbot.cfacts.conditions import read_conditions
from reviewbot.errors import Skip
from reviewbot.kconfig.guards import Guards, of_options, told
from reviewbot.kconfig.headers import Headers, Visible
from reviewbot.kconfig.kbuild import Kbuild
from reviewbot.kconfig.model import Model
from reviewbot.kconfig.resolving import Resolver
from reviewbot.kconfig.seeing import Seen, asked_options, seen_in
from reviewbot.kconfig.sightings import Sighting
from reviewbot.kconfig.slices import Slices
from reviewbot.kconfig.store import Sources, Store
from reviewbot.kconfig.types import Answer, Candidate, Resolution, SymbolReport
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Ternary, Var
from reviewbot.source.types import Tree

__all__ = ["KernelConfig"]

_ALIKE = 0.93  # two letters of thirty, or one of fifteen


class KernelConfig:
    """Kconfig, Kbuild and the definitions of one tree. Everything is read on demand and kept."""

    def __init__(self, tree: Tree, *, store: Store | None = None, sources: Sources | None = None,
                 makers: Mapping[str, tuple[str, ...]] | None = None, guards: Guards | None = None,
                 budget: Budget | None = None) -> None:
        """Open a tree; nothing is read before the first question.

        `makers` names for a symbol the macros that define it (`made_by` of the API files). `store`, `sources` and
        `guards` are what `after` hands on. The questions to Kconfig are paid from the `budget`.
        """
        self.tree = tree
        self._store = store or Store()
        self._sources = sources or Sources(tree)
        self._kbuild: dict[str, Kbuild] = {}
        self._slices: dict[str, Slices] = {}
        self._bare: dict[str, dict[int, dict[str, str]]] = {}
        self._arches: tuple[str, ...] | None = None
        self._version: str | None = None
        self._makers = makers or {}
        self._resolver: Resolver | None = None
        self._guards = guards or Guards()
        self._budget = budget or Budget(clock=lambda: 0.0, seconds=1)  # as much as is wanted

    def after(self, tree: Tree, *, changed: Iterable[str]) -> KernelConfig:
        """Return the same for a tree in which only the files `changed` differ; what they leave alone is shared."""
        touched = frozenset(changed)
        new = KernelConfig(tree, store=self._store, makers=self._makers, guards=self._guards, budget=self._budget,
                           sources=Sources(tree, parent=self._sources, changed=touched))
        new._resolver = Resolver(new, self._store.texts, makers=self._makers, parent=self._names(), changed=touched)
        if not any(path.rsplit("/", 1)[-1].startswith(("Makefile", "Kbuild")) for path in touched):
            new._kbuild = self._kbuild
        if not any(path.startswith("arch/") and path.count("/") == 2 for path in touched):
            new._arches = self._arches
        if not any("Kconfig" in path or path == "Makefile" for path in touched):
            new._slices, new._version = self._slices, self._version
        return new

    def arches(self) -> tuple[str, ...]:
        """Return the architectures of the tree (the folders of arch/ that hold a Kconfig or a Makefile), sorted."""
        if self._arches is None:
            folders = [name for name in self.tree.list_folder("arch") if name.endswith("/")]
            self._arches = tuple(folder.rstrip("/") for folder in folders if not {"Kconfig", "Makefile", "Kbuild"}.
                                 isdisjoint(self.tree.list_folder(f"arch/{folder}")))
        return self._arches

    def skips(self, arch: str) -> tuple[Skip, ...]:
        """Return what of the architecture's Kconfig could not be read."""
        return self._asked(arch).skips

    def possible(self, cond: Cond, arch: str) -> Answer:
        """Return whether the condition can hold on the architecture."""
        if cond == FALSE:
            return Answer(ternary=Ternary.NO, reason=("the condition is never true",))
        if cond == TRUE:
            return Answer(ternary=Ternary.YES)
        return self._asked(arch).ask(cond)

    def with_clang(self, cond: Cond, arch: str) -> Answer:
        """Return whether the condition can hold with LLVM's tool chain where it has all that Kconfig asks it for, and
        an example; UNKNOWN where not."""
        return self._asked(arch).with_clang(cond)

    def can(self, cond: Cond, arch: str) -> Ternary:
        """Return whether the condition can hold on the architecture: `possible` without example and reason, cheaper."""
        if cond.op in {"true", "false"}:
            return Ternary.YES if cond == TRUE else Ternary.NO
        return self._asked(arch).can(cond)

    def ordinary(self, cond: Cond, arch: str) -> bool:
        """Return whether the condition holds where every symbol has its default (`olddefconfig` on nothing)."""
        return cond == TRUE or (cond != FALSE and self._asked(arch).by_default(cond))

    def presence(self, path: str, line: int, arch: str) -> Cond:
        """Return when the compiler keeps the line on the architecture, as far as the configuration decides that.

        Its `#if` nest is joined with the file's Kbuild condition and with the tests in its function that dominate it.
        Include guards are dropped; macros that only headers define stay as opaque variables, `defined(NAME)`. What a
        test asks besides options is left out, as it may be true.
        """
        data = self.tree.read(path)
        nest = TRUE if data is None else read_conditions(data).at_line(line)
        around = self.simplified(And(nest, self.kbuild(path, arch)), arch)
        if around == FALSE:
            return FALSE
        tests = (of_options(guard) for guard in self.guards(path, line, arch))
        return self.simplified(And(around, *tests), arch)

    def guards(self, path: str, line: int, arch: str) -> tuple[Cond, ...]:
        """Return the tests in the function around a line that let it run, in C's own words.

        A call whose definitions are inline functions or macros (`debug_pagealloc_enabled()`) is what they return on
        the architecture under each configuration, as far as that does not depend on its arguments.
        """
        return tuple(told(guard, lambda name: self._names().truth(name, arch, near=path))
                     for guard in self._guards.before(self.tree, path, line))

    def truth(self, name: str, arch: str, *, near: str) -> Cond | None:
        """Return when `name()`, asked in the file `near`, is true as its inline definitions tell it; None for unknown.

        Options decide; what else the definitions ask is a variable named by its C text.
        """
        return self._names().truth(name, arch, near=near)

    def seen(self, symbol: str, start: str, arch: str, given: Cond, *, paths: Iterable[str]) -> tuple[Seen, ...]:
        """Return every place of the name in the files `paths`, and whether the file `start` certainly has it.

        That is asked of one configuration in which `given` holds, the ordinary one as far as can be; () for none.
        """
        headers, sightings = self._names().view_of(symbol, arch, paths)
        return self._seen(headers, sightings, start, arch, given)

    def sees(self, places: Iterable[Sighting], start: str, arch: str, given: Cond) -> tuple[Seen, ...]:
        """Return the same of places that the caller has found."""
        return self._seen(self._names().headers_of(arch), tuple(places), start, arch, given)

    def _seen(self, headers: Headers, sightings: tuple[Sighting, ...], start: str, arch: str, given: Cond
              ) -> tuple[Seen, ...]:
        asked = asked_options(headers, start, sightings)
        known = frozenset(option.removeprefix("CONFIG_").removesuffix("_MODULE") for option in asked)
        values = self._asked(arch).values(given, known)
        if values is None:
            return ()
        defined = {option: False for option in asked if option not in values and self._asked(arch).complete
                   and not self.knows(option.removeprefix("CONFIG_"), arch)}
        return seen_in(headers, start, sightings, {**values, **defined})

    def nests_around(self, path: str, arch: str) -> tuple[Cond, ...]:
        """Return under which `#if` conditions headers of the architecture include this one of its headers."""
        return self._names().headers_of(arch).nests_around(path)

    def included(self, start: str, arch: str) -> Visible:
        """Return every file that `start` includes under some configuration: at the least those that it does."""
        return self._names().seen_from(start, arch)

    def certain_from(self, start: str, arch: str) -> frozenset[str]:
        """Return the files that `start` includes whatever the configuration is, itself among them."""
        return self._names().headers_of(arch).certain_from(start)

    def refused(self, path: str, lines: Iterable[int], arch: str) -> Cond:
        """Return when one of these lines of a file, each of them an `#error`, stops a build that reads it."""
        return self._names().refused(path, lines, arch)

    def kbuild(self, path: str, arch: str) -> Cond:
        """Return when the architecture's build compiles the file: TRUE for its headers, FALSE for what is another's."""
        return self.simplified(self.kbuild_as_written(path, arch), arch)

    def kbuild_as_written(self, path: str, arch: str) -> Cond:
        """Return the same as the Makefiles say it: what Kconfig settles stays in, and Kconfig need not be read."""
        return self._makefiles(arch).condition(path)

    def entered(self, folder: str, arch: str) -> Cond:
        """Return when the architecture's build descends into the folder, as far as the Makefiles above it say that."""
        return self._makefiles(arch).entered(folder)

    def modular(self, path: str, arch: str) -> Cond:
        """Return when the architecture's build makes the file part of a module."""
        return self.simplified(self._makefiles(arch).modular(path), arch)

    def _makefiles(self, arch: str) -> Kbuild:
        kbuild = self._kbuild.get(arch)
        if kbuild is None:
            kbuild = self._kbuild[arch] = Kbuild(self.tree, arch, everywhere=self._store.everywhere)
        return kbuild

    def depends(self, symbol: str, arch: str) -> Cond:
        """Return the direct dependencies of a Kconfig symbol (without CONFIG_), FALSE where no Kconfig file defines it.

        Of an incomplete Kconfig the answer for an absent symbol is the opaque variable `CONFIG_symbol`.
        """
        model = self._asked(arch).model(symbol)
        found = model.symbols.get(symbol)
        if found is None:
            return FALSE if model.complete else Var(f"CONFIG_{symbol}")
        return expression_condition(model, found.depends)

    def selectors(self, symbol: str, arch: str) -> tuple[str, ...]:
        """Return the symbols that may give a value to one without a prompt, sorted; () for one that a person sets."""
        model = self._asked(arch).model(symbol)
        known = model.symbols.get(symbol)
        if known is None or known.choice >= 0 or expression_condition(model, known.visible) != FALSE:
            return ()
        names = expression_condition(model, known.selected).variables()
        return tuple(sorted({name.removeprefix("CONFIG_").removesuffix("_MODULE") for name in names} - {symbol}))

    def knows(self, symbol: str, arch: str) -> bool:
        """Return whether the architecture's Kconfig defines the symbol (named without CONFIG_)."""
        return self._asked(arch).kind(symbol) is not None

    def spelled_like(self, symbol: str, arch: str) -> str:
        """Return the symbol of the architecture's Kconfig that differs from `symbol` by little, empty for none."""
        bare = symbol.replace("_", "")
        names = self._bare_names(arch)
        # What is longer or shorter by more than this cannot be so much alike: it need not be compared.
        near = int(len(bare) * (2 / _ALIKE - 1)) + 1 - len(bare)
        lengths = range(len(bare) - near, len(bare) + near + 1)
        like = [one for length in lengths for one in names.get(length, ())
                if one[:1] == bare[:1] or one[-1:] == bare[-1:]]  # a slip leaves one end as it is
        found = get_close_matches(bare, like, n=1, cutoff=_ALIKE)
        name = names[len(found[0])][found[0]] if found else symbol
        return name if name != symbol else ""

    def _bare_names(self, arch: str) -> Mapping[int, Mapping[str, str]]:
        """Return the symbols of the architecture's Kconfig by their length without `_`, then by themselves so."""
        known = self._bare.get(arch)
        if known is None:
            known = self._bare[arch] = {}
            for name in self._asked(arch).names():
                known.setdefault(len(name.replace("_", "")), {})[name.replace("_", "")] = name
        return known

    def simplified(self, cond: Cond, arch: str) -> Cond:
        """Return the condition without what Kconfig settles: a bool is never m, an undefined symbol never set."""
        if not any(name.startswith("CONFIG_") for name in cond.variables()):
            return cond
        known = self._asked(arch)

        def settled(name: str) -> Cond | None:
            if not name.startswith("CONFIG_"):
                return None
            symbol = name.removeprefix("CONFIG_")
            if known.kind(symbol) is not None:
                return None
            base = known.kind(symbol.removesuffix("_MODULE")) if symbol.endswith("_MODULE") else None
            if base is not None:
                return None if base == "tristate" else FALSE
            return FALSE if known.complete else None

        return cond.replace(settled)

    def resolve(self, symbol: str, *, arches: Sequence[str] = (), config: Cond = TRUE,
                from_file: str = "") -> SymbolReport:
        """Return every place of the name, and what each architecture (all when none is named) gets under `config`.

        Without `from_file` the question is what the name is anywhere on the architecture, static functions included;
        with it (a path in the tree or `linux/set_memory.h`), what that file gets through its includes.
        """
        return self._names().report(symbol, arches=tuple(arches) or self.arches(), config=config, from_file=from_file)

    def prepare(self, symbols: Iterable[str]) -> None:
        """Search the tree for many names in one pass, before `resolve` is asked for each."""
        self._names().prepare(symbols)

    def candidates(self, symbol: str, arch: str) -> tuple[Candidate, ...]:
        """Return every place of the name that the architecture may have, exports and declarations included."""
        return self._names().candidates(symbol, arch)

    def find_header(self, name: str, arch: str) -> str | None:
        """Return the path of `name` in the tree, or of what `<name>` means on the architecture; None for neither."""
        bare = name.strip("<>")
        if bare.endswith((".c", ".h", ".S")) and self.tree.read(bare) is not None:
            return bare
        return self._names().find_header(bare, arch)

    def _names(self) -> Resolver:
        if self._resolver is None:
            self._resolver = Resolver(self, self._store.texts, makers=self._makers)
        return self._resolver

    def definition_for(self, symbol: str, arch: str, *, config: Cond = TRUE,
                       from_file: str = "") -> tuple[Resolution, ...]:
        """Return what the name is on one architecture, the ordinary configuration's definition first."""
        return self.resolve(symbol, arches=(arch,), config=config, from_file=from_file).resolution

    def _asked(self, arch: str) -> Slices:
        self._budget.spend()
        known = self._slices.get(arch)
        if known is None:
            if self._version is None:
                self._version = self.tree.kernel_version()
            known = self._slices[arch] = self._store.slices(self._sources, arch, version=self._version)
        return known


def expression_condition(model: Model, expression: int, depth: int = 0) -> Cond:
    """Return a Kconfig expression ("not n") as a condition over CONFIG_X; relations between texts stay opaque."""
    node = model.table[expression]
    operator = node[0]
    if operator == "c":
        return FALSE if node[1] == "n" or node[1] not in {"y", "m"} else TRUE
    if operator == "s":
        return _is_set(model, str(node[1]))
    if operator == "h" or depth > 200:
        return TRUE
    if operator in {"&", "|", "!"}:
        parts = [expression_condition(model, int(part), depth + 1) for part in node[1:]]
        return Not(parts[0]) if operator == "!" else And(*parts) if operator == "&" else Or(*parts)
    left, right = (str(model.table[int(part)][1]) for part in node[1:])
    symbol = model.symbols.get(left)
    if operator in {"=", "!="} and right in {"y", "m", "n"} and symbol and symbol.kind in {"bool", "tristate"}:
        equal = {"y": Var(f"CONFIG_{left}"), "n": Not(_is_set(model, left)),
                 "m": Var(f"CONFIG_{left}_MODULE") if symbol.kind == "tristate" else FALSE}[right]
        return equal if operator == "=" else Not(equal)
    left = f"CONFIG_{left}" if symbol else model.probes.get(left, left)
    spelled = Var(f"({left} {'==' if operator in {'=', '!='} else operator} {right})")
    return Not(spelled) if operator == "!=" else spelled


def _is_set(model: Model, name: str) -> Cond:
    symbol = model.symbols.get(name)
    if symbol is None:
        label = model.probes.get(name)
        return Var(label) if label else FALSE if model.complete else Var(f"CONFIG_{name}")
    if symbol.kind == "tristate":
        return Or(Var(f"CONFIG_{name}"), Var(f"CONFIG_{name}_MODULE"))
    return Var(f"CONFIG_{name}")
