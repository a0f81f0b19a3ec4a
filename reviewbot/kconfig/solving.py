"""Whether a condition can hold on one architecture, with a small configuration that shows it or the reason why not.

python-sat rather than z3: the question is pure propositional logic, a few thousand clauses asked again and again under
assumptions; MiniSat's family answers that in milliseconds, gives the core that the reason is made of, and installs as
a wheel of two megabytes.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pysat.solvers import Solver

from reviewbot.errors import BudgetError
from reviewbot.kconfig.bounded import holds
from reviewbot.kconfig.explaining import explain
from reviewbot.kconfig.formulas import Formulas
from reviewbot.kconfig.model import Model
from reviewbot.kconfig.types import Answer
from reviewbot.logic import Cond, Ternary, Var

__all__ = ["MOST_ALIVE", "Questions"]

_ENGINE = "glucose4"
_MOST_FREE_SHOWN = 4
_FEW_TOLD = 256  # questions: more of them make a solver slower than a new one is
MOST_ALIVE = 16
"""Solvers at a time: each takes 4 MB of addresses before its first clause, and ends the process where it gets none."""
# What a question to the tool chain is about when the ordinary answer is yes: GCC with the GNU assembler and linker.
_ORDINARY = ("= GCC", "= GNU", "= BFD")
_LLVM = ("= Clang", "= LLVM", "= LLD")


def _probe(label: str, *, ordinary: bool) -> bool:
    """Return what is assumed of something that the tree does not say."""
    if any(mark in label for mark in _ORDINARY):
        return True
    contrary = any(mark in label for mark in _LLVM)
    return not ordinary and not contrary and " = " not in label


_ALIVE: OrderedDict[int, Questions] = OrderedDict()
"""Those who have a solver, the one that was asked last at the end."""


class Questions:
    """The questions asked of one architecture's model; clauses and answers are kept between them.

    Which example, reason or free variables a solver comes upon depends on what it was asked before, so these are told
    by a solver that is asked nothing else.
    """

    def __init__(self, model: Model, arch: str, *, hard: Counter[str] | None = None) -> None:
        """Keep the model; nothing is built before the first question. `hard` counts the questions that were too hard,
        together with another one of the same model."""
        self.model, self.arch = model, arch
        self._hard = Counter() if hard is None else hard
        self._built: Formulas | None = None
        self._told: dict[Cond, Ternary] = {}
        self._answers: dict[Cond, Answer] = {}

    @property
    def _formulas(self) -> Formulas:
        """Return the clauses so far; those of a solver that was let go are built again."""
        if self._built is None:
            self._built = Formulas(self.model, Solver(name=_ENGINE))
            while len(_ALIVE) >= MOST_ALIVE:
                _, oldest = _ALIVE.popitem(last=False)
                oldest.release()
            _ALIVE[id(self)] = self
        return self._built

    @property
    def has_solver(self) -> bool:
        """Return whether the clauses of earlier questions are still there."""
        return self._built is not None

    def release(self) -> None:
        """Let go of the solver and its clauses; what it has told is kept."""
        _ALIVE.pop(id(self), None)
        if self._built is not None:
            self._built.solver.delete()
            self._built = None

    @property
    def _solver(self) -> Any:
        return self._formulas.solver

    def _holds(self, assumptions: Sequence[int]) -> bool:
        """Return whether the clauses hold under the assumptions. Raises BudgetError where that is too hard: each time
        half as much is tried the next time, so that many such questions cost little more than two."""
        try:
            return holds(self._solver, assumptions, halved=self._hard.total())
        except BudgetError:
            self._hard[self.arch] += 1
            self.release()  # the engine sees its bound late when it has learned much
            raise

    def can(self, cond: Cond) -> Ternary:
        """Return whether the condition can hold; UNKNOWN also where that is too hard to decide."""
        known = self._told.get(cond)
        if known is None:
            known = self._told[cond] = self._answers[cond].ternary if cond in self._answers else self._tell(cond)
        return known

    def ask(self, cond: Cond) -> Answer:
        """Return whether the condition can hold, and how or why not."""
        known = self._answers.get(cond)
        if known is None:
            try:
                known = self._answered(cond)
            except BudgetError:
                known = Answer(ternary=Ternary.UNKNOWN)
            self._answers[cond] = known
        return known

    def _answered(self, cond: Cond) -> Answer:
        """Return the same; raises BudgetError. How a condition can hold is told by a solver of its own, whose example
        others have not shaped; that it cannot by the one of all questions, as long as these have not made it slow."""
        if len(self._told) < _FEW_TOLD and self.can(cond) is Ternary.NO:
            return Answer(ternary=Ternary.NO, reason=explain(self.model, cond, arch=self.arch))
        alone = Questions(self.model, self.arch, hard=self._hard)
        try:
            return alone.answer(cond)
        finally:
            alone.release()

    def by_default(self, cond: Cond) -> bool:
        """Return whether the condition holds where the user sets nothing (an empty `.config` and `olddefconfig`)."""
        question = self._reached(cond)
        try:
            return self._holds([question, *self._defaults(()), *self._probes(cond, ordinary=True)])
        except BudgetError:
            return False

    def _reached(self, cond: Cond) -> int:
        formulas = self._formulas
        _ALIVE.move_to_end(id(self))
        question = formulas.literal(cond)
        formulas.close()
        return question

    def _tell(self, cond: Cond) -> Ternary:
        try:
            return self._decided(cond)
        except BudgetError:
            return Ternary.UNKNOWN

    def _decided(self, cond: Cond) -> Ternary:
        question = self._reached(cond)
        if cond.op == "var" and cond.name in self._formulas.free and cond.name not in self._formulas.typed_labels():
            return Ternary.YES if _probe(cond.name, ordinary=True) and _probe(cond.name, ordinary=False) \
                else Ternary.UNKNOWN  # nothing else is tied to it
        if not self._holds([question]):
            return Ternary.NO
        low, high = self._probes(cond, ordinary=True), self._probes(cond, ordinary=False)
        sure = self._holds([question, *low]) and (
            low == high or self._holds([question, *high]))
        return Ternary.YES if sure else Ternary.UNKNOWN

    def answer(self, cond: Cond) -> Answer:
        """Return whether the condition can hold, and how or why not, as the questions before let the solver see it.

        Raises BudgetError where that is too hard to decide.
        """
        question = self._reached(cond)
        if not self._holds([question]):
            return Answer(ternary=Ternary.NO, reason=explain(self.model, cond, arch=self.arch))
        low, high = self._probes(cond, ordinary=True), self._probes(cond, ordinary=False)
        settings = self._smallest([question, *low])
        if settings is None:
            return self._open(cond, question, low)
        example = self._example([question, *low], settings)
        if low != high and not self._holds([question, *high, *self._defaults(settings)]) \
                and not self._holds([question, *high]):
            return self._open(cond, question, high)
        return Answer(ternary=Ternary.YES, example=example)

    def with_clang(self, cond: Cond) -> Answer:
        """Return whether the condition can hold with LLVM's tool chain where it has all that Kconfig asks it for, with
        an example; UNKNOWN where not, or where that is too hard to decide."""
        asked = Questions(self.model, self.arch, hard=self._hard)
        try:
            question = asked._reached(cond)
            fixed = [question, *asked._clang()]
            settings = asked._smallest(fixed) if asked._holds(fixed) else None
            if settings is None:
                return Answer(ternary=Ternary.UNKNOWN)
            return Answer(ternary=Ternary.YES, example=asked._example(fixed, settings))
        except BudgetError:
            return Answer(ternary=Ternary.UNKNOWN)

    def _clang(self) -> list[int]:
        typed = self._formulas.typed_labels()
        return [literal if any(mark in label for mark in _LLVM) or (
            label.startswith("$(") and not any(mark in label for mark in _ORDINARY)) else -literal
            for label, literal in self._formulas.free.items() if label not in typed]

    def values(self, cond: Cond, names: Iterable[str]) -> dict[str, bool] | None:
        """Return one configuration in which the condition holds: for each symbol CONFIG_X and CONFIG_X_MODULE.

        The rest has its default as far as can be. None when the condition cannot hold, or nobody can tell.
        """
        alone = Questions(self.model, self.arch, hard=self._hard)
        try:
            return alone.chosen(cond, names)
        except BudgetError:
            return None
        finally:
            alone.release()

    def chosen(self, cond: Cond, names: Iterable[str]) -> dict[str, bool] | None:
        """Return the same as the questions before let the solver see it. Raises BudgetError as `answer` does."""
        wanted = [name for name in sorted(set(names)) if name in self.model.symbols]
        literals = {f"CONFIG_{name}{ending}": self._formulas.literal(Var(f"CONFIG_{name}{ending}"))
                    for name in wanted for ending in ("", "_MODULE")}
        question = self._reached(cond)
        fixed = [question, *self._probes(cond, ordinary=True)]
        settings = self._smallest(fixed) if self._holds(fixed) else None
        if settings is None or not self._holds([*fixed, *self._defaults(settings)]):
            return None
        true = set(self._solver.get_model())
        return {variable: literal in true for variable, literal in literals.items()}

    def _open(self, cond: Cond, question: int, probes: list[int]) -> Answer:
        self._holds([question, *probes])
        core = set(self._solver.get_core() or ())
        labels = [label for label, literal in self._formulas.free.items() if literal in core or -literal in core]
        # A question that is itself one free variable has a core without names.
        labels = labels or [name for name in cond.variables() if name in self._formulas.free]
        return Answer(ternary=Ternary.UNKNOWN, free=tuple(sorted(labels)[:_MOST_FREE_SHOWN]))

    def _probes(self, cond: Cond, *, ordinary: bool) -> list[int]:
        """Return the assumptions about everything that the tree does not say: all no, or all yes.

        What only other questions name is left out: nothing ties it to this one.
        """
        typed = self._formulas.typed_labels() | (self._formulas.only_asked - cond.variables())
        out = []
        for label, literal in self._formulas.free.items():
            if label in typed:
                continue
            out.append(literal if _probe(label, ordinary=ordinary) else -literal)
        return out

    def _defaults(self, settings: Iterable[str]) -> list[int]:
        kept = set(settings)
        return [-literal for name, literal in self._formulas.user.items() if name not in kept]

    def _smallest(self, fixed: list[int]) -> tuple[str, ...] | None:
        """Return a small set of symbols such that the rest may have its default; None when nothing satisfies `fixed`.

        Cores say which symbols must be set; then those that turn out not to be needed are taken back, by halves.
        """
        names = {literal: name for name, literal in self._formulas.user.items()}
        settings: list[str] = []
        while not self._holds([*fixed, *self._defaults(settings)]):
            core = [names[-literal] for literal in self._solver.get_core() or () if -literal in names]
            if not core:
                return None
            settings.extend(sorted(core))
        kept: list[str] = []
        blocks = [settings]
        while blocks:
            block = blocks.pop()
            rest = [*kept, *(name for other in blocks for name in other)]
            if self._holds([*fixed, *self._defaults(rest)]):
                continue
            if len(block) == 1:
                kept.extend(block)
            else:
                middle = len(block) // 2
                blocks.extend((block[middle:], block[:middle]))
        return tuple(sorted(kept))

    def _example(self, fixed: list[int], settings: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        self._holds([*fixed, *self._defaults(settings)])
        true = {literal for literal in self._solver.get_model() if literal > 0}
        out: dict[str, str] = {}
        for name in settings:
            if name.startswith("choice "):
                out.update(self._choice_value(int(name.removeprefix("choice ")), true))
            else:
                out[name] = self._value(name, true)
        return tuple(sorted(out.items()))

    def _value(self, name: str, true: set[int]) -> str:
        symbol = self.model.symbols[name]
        if symbol.kind in {"bool", "tristate"}:
            at_least, yes = self._formulas.symbols[name]
            return "y" if yes in true else "m" if at_least in true else "n"
        numbers = [int(text) for text, literal in self._formulas.numbers.get(name, {}).items() if literal in true]
        texts = [text for text, literal in self._formulas.numbers.get(f"{name} =", {}).items() if literal in true]
        value = str(max(numbers)) if numbers else texts[0] if texts else "0" if symbol.kind != "string" else ""
        return hex(int(value)) if symbol.kind == "hex" and value.isdigit() else value

    def _choice_value(self, number: int, true: set[int]) -> Mapping[str, str]:
        members = self.model.choices[number].members
        for member in members:
            if self._formulas.symbols[member][1] in true:
                return {member: "y"}
        return {member: "m" for member in members if self._formulas.symbols[member][0] in true}
