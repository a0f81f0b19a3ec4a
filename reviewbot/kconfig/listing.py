"""When the lists of one Makefile name an object or a folder: directly, through composite objects, through variables."""

from __future__ import annotations

from collections import defaultdict
from posixpath import normpath

from reviewbot.kconfig.makefiles import Assignment, Makefile
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Var
from reviewbot.patterns import regex

__all__ = ["Listing"]

_LISTS = frozenset({"obj", "lib", "extra"})
# Lists of the top Makefile and the architecture's own; further down these are names of composite objects.
_TOP_LISTS = _LISTS | {"core", "drivers", "libs", "net", "virt", "init", "head"}
_MOST_DEPTH = 12
_WIDTHS = (("32", Not(Var("CONFIG_64BIT"))), ("64", Var("CONFIG_64BIT")))
"""What `$(BITS)` comes to, and when."""
# `$(patsubst %,arch/arm/mach-%/,$(machine-y))`
_PATTERN = regex(r"\$\(patsubst %,\s*(?P<before>[^,%]*)%(?P<after>[^,]*),\s*\$\((?P<base>[\w.]+)-y\)")


class Listing:
    """The lists of one Makefile, looked up by the words in them; an answer is found once."""

    def __init__(self, makefile: Makefile) -> None:
        """Sort the assignments by their words."""
        self._makefile = makefile
        self._plain: dict[str, list[int]] = defaultdict(list)
        self._spelled: list[int] = []
        for number, assignment in enumerate(makefile.assignments):
            for word in assignment.words:
                self._plain[word].append(number)
                if "/" in word:
                    self._plain[normpath(word)].append(number)
            if any("$(" in word for word in assignment.words):
                self._spelled.append(number)
        self._known: dict[tuple[str, int, bool], Cond] = {}

    def when(self, target: str, *, modules: bool, depth: int = 0) -> Cond:
        """Return when the Makefile lists the target; with `modules`, when as a part of a module."""
        if depth > _MOST_DEPTH:
            return FALSE
        key = (target, depth, modules)
        known = self._known.get(key)
        if known is None:
            arms = [self._arm(assignment, target, depth, modules=modules) for assignment in self._candidates(target)]
            known = self._known[key] = Or(*arms)
        return known

    def _candidates(self, target: str) -> list[Assignment]:
        """Return the assignments in which some word may mean the target, in the order of the file."""
        numbers = {*self._plain.get(target, ()), *self._plain.get(normpath(target), ()), *self._spelled}
        return [self._makefile.assignments[number] for number in sorted(numbers)]

    def _arm(self, assignment: Assignment, target: str, depth: int, *, modules: bool) -> Cond:
        bare = target.rstrip("/")
        named = Or(*(self._meant(word, target, bare) for word in assignment.words))
        if named == FALSE:
            return FALSE
        if assignment.base in (_TOP_LISTS if self._makefile.top else _LISTS):
            return And(named, assignment.condition,
                       *([assignment.module if assignment.base == "obj" else FALSE] if modules else ()))
        outer = self.when(f"{assignment.base}.o", depth=depth + 1, modules=modules) \
            if target.endswith((".o", ")")) else FALSE
        by_name = Or(*(self.when(f"$({assignment.base}{end})", depth=depth + 1, modules=modules)
                       for end in ("-y", "-objs", "")))
        return And(named, assignment.condition, Or(outer, by_name))

    def _meant(self, word: str, target: str, bare: str) -> Cond:
        """Return when a word means the target: `mm/`, `./mm/`, `pageattr.o`, `init_$(BITS).o`, `$(mmu-y)`."""
        if "$(" in word and not target.startswith("$("):
            found = _PATTERN.search(word)
            if found and target.startswith(found["before"]) and target.endswith(found["after"]):
                item = target[len(found["before"]):len(target) - len(found["after"])]
                return Or(*(one.condition for one in self._makefile.assignments
                            if one.base == found["base"] and item in one.words))
            for bits, cond in _WIDTHS:
                spelled = word.replace("$(BITS)", bits).replace("$(CONFIG_WORD_SIZE)", bits)
                if spelled != word and _is_same(spelled, target, bare):
                    return cond
            return FALSE
        return TRUE if _is_same(word, target, bare) else FALSE


def _is_same(word: str, target: str, bare: str) -> bool:
    if word == target:
        return True
    if target.startswith("$("):
        return target in word
    if "/" not in word or word.endswith("/") != target.endswith("/"):
        return False
    return normpath(word) == bare
