"""The questions asked of one architecture's Kconfig, each parsed only as far as it reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from reviewbot.errors import Skip
from reviewbot.kconfig.model import Model
from reviewbot.kconfig.outline import OddFileError, Outline
from reviewbot.kconfig.reading import read_model
from reviewbot.kconfig.rewrite import Part
from reviewbot.kconfig.solving import Questions
from reviewbot.kconfig.types import Answer
from reviewbot.logic import FALSE, Cond, Ternary
from reviewbot.patterns import regex
from reviewbot.source.recalled import recalled

__all__ = ["Slices"]

_NAME = regex(r"\w+")
_ALWAYS = "MODULES"  # whether anything can be m hangs on it
_FEW = 60  # so many names are parsed again in a moment, together with others


class Slices:
    """The Kconfig of one architecture of one tree: parts of it are parsed as they are asked for, answers are kept."""

    def __init__(self, outline: Outline, read: Callable[[str], str | None], *, given: Mapping[str, str],
                 arch: str, content: str = "") -> None:
        """`read` gives the text of a Kconfig file, `given` are the variables that the Makefile exports.

        `content` stands for all files and variables, empty where they are not all known.
        """
        self._content = content
        self._outline, self._read, self._given, self._arch = outline, read, given, arch
        self._parsed: list[tuple[frozenset[str], Questions]] = []
        self._damaged: dict[frozenset[str], Questions] = {}
        self._all: Questions | None = None
        self._answers: dict[Cond, Answer] = {}
        self._told: dict[Cond, Ternary] = {}
        self._by_default: dict[Cond, bool] = {}

    def kind(self, name: str) -> str | None:
        """Return the type of a symbol, "" where it has none; None when no file defines it."""
        try:
            return self._outline.kind(name)
        except OddFileError:
            symbol = self._whole().model.symbols.get(name)
            return None if symbol is None else symbol.kind

    def names(self) -> list[str]:
        """Return every symbol that some file defines, sorted."""
        try:
            return sorted(self._outline.names())
        except OddFileError:
            return sorted(self._whole().model.symbols)

    @property
    def complete(self) -> bool:
        """Return whether every file is there and was read, so that a symbol that none defines is never set."""
        return self._outline.complete if self._outline.followed else self._whole().model.complete

    @property
    def skips(self) -> tuple[Skip, ...]:
        """Return what could not be read of that which was asked about."""
        self._asked(())
        asked = [*self._damaged.values(), *([] if self._all is None else [self._all])]
        return tuple(dict.fromkeys(skip for questions in asked for skip in questions.model.skips))

    def ask(self, cond: Cond) -> Answer:
        """Return whether the condition can hold, and how or why not."""
        known = self._answers.get(cond)
        if known is None:
            known = self._answers[cond] = self._asked(_symbols(cond)).ask(cond)
        return known

    def with_clang(self, cond: Cond) -> Answer:
        """Return whether the condition can hold with LLVM's tool chain where it has all that is asked for."""
        return self._asked(_symbols(cond)).with_clang(cond)

    def can(self, cond: Cond) -> Ternary:
        """Return whether the condition can hold."""
        known = self._told.get(cond)
        if known is None:
            never = self._is_never(cond)
            known = self._told[cond] = Ternary.NO if never else self._asked(_symbols(cond)).can(cond)
        return known

    def _is_never(self, cond: Cond) -> bool:
        """Return whether the condition needs an option that nothing on the architecture sets: no parser is needed to
        see that."""
        try:
            off = {variable: False for variable in cond.variables() if self._is_off(variable)}
        except OddFileError:
            return False
        return bool(off) and self._outline.complete and cond.assume(off) == FALSE

    def _is_off(self, variable: str) -> bool:
        name = variable.removeprefix("CONFIG_")
        plain = name.removesuffix("_MODULE")
        if name == variable or (name != plain and self._outline.kind(name) is not None):
            return False
        return self._outline.kind(plain) in {"bool", "tristate"} and self._outline.is_unset(plain)

    def by_default(self, cond: Cond) -> bool:
        """Return whether the condition holds where the user sets nothing."""
        known = self._by_default.get(cond)
        if known is None:
            known = self._by_default[cond] = self._asked(_symbols(cond)).by_default(cond)
        return known

    def values(self, cond: Cond, names: frozenset[str]) -> dict[str, bool] | None:
        """Return the values of these symbols in one configuration in which the condition holds, None for none."""
        return self._asked(_symbols(cond) | names).values(cond, names)

    def model(self, symbol: str) -> Model:
        """Return a model in which the symbol, if any file defines it, is whole."""
        return self._asked((symbol,)).model

    def _asked(self, names: Iterable[str]) -> Questions:
        """Return questions whose model holds these names; a new one holds some more, for the questions to come."""
        try:
            wanted = {name for name in names if self._outline.kind(name) is not None}
            for covered, questions in reversed(self._parsed):
                if wanted <= covered:
                    return questions
            wanted.add(_ALWAYS)
            more = self._parsed[-1][0] if self._parsed and len(self._parsed[-1][0]) < _FEW else frozenset()
            return self._parse(frozenset(wanted), more)
        except OddFileError:
            return self._whole()

    def _whole(self) -> Questions:
        """Return questions to the whole tree, parsed as one."""
        if self._all is None:
            self._all = Questions(read_model(self._read, surroundings=self._given), self._arch)
        return self._all

    def _parse(self, names: frozenset[str], more: frozenset[str]) -> Questions:
        """Return the questions to ask the part that holds the names, and `more` if that does no harm.

        Raises OddFileError.
        """
        known = self._damaged.get(names)
        if known is not None:
            return known
        def parsed() -> tuple[Model, frozenset[str]]:
            kept = self._outline.reached(names | more)

            def read(path: str) -> Part | None:
                text = self._read(path)
                return None if text is None else kept.part(path, text)

            return read_model(read, surroundings=self._given), frozenset(kept.names)

        model, covered = recalled("slice", (self._content, tuple(sorted(names | more))), parsed) \
            if self._content else parsed()
        if model.skips and more:
            return self._parse(names, frozenset())
        questions = Questions(replace(model, complete=self._outline.complete and not model.skips), self._arch)
        if model.skips:  # what could not be read here says nothing about questions that do not need it
            self._damaged[names] = questions
        else:
            self._parsed.append((covered, questions))
        return questions


def _symbols(cond: Cond) -> set[str]:
    """Return every name in the condition that may be a symbol's: of `CONFIG_NET_MODULE` also NET."""
    names = {word.removeprefix("CONFIG_") for variable in cond.variables() for word in _NAME.findall(variable)}
    return names | {name.removesuffix("_MODULE") for name in names}
