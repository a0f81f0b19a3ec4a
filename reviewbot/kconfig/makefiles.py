"""One Makefile or Kbuild file as assignments, each with the condition of the `ifdef`s around it.

Accepted: the assignments and conditionals of kernel Makefiles. Recipes and `define` blocks are passed over.
What a conditional asks that is no option of Kconfig becomes an opaque variable with the text of the question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from posixpath import normpath

from reviewbot.errors import BudgetError
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Var
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Assignment", "Makefile", "parse_makefile"]

_MOST_BYTES = 2 << 20
_ASSIGNMENT = regex(
    r"^(?:export\s+|override\s+)?(?P<name>(?:\$\((?:[^()]|\([^()]*\))*\)|[^\s:=#+?$])+)\s*"
    r"(?P<how>::?=|\+=|\?=|=)\s*(?P<value>.*)$")
_VARIABLE = regex(r"\$[({]([\w.-]+)[)}]")
_BRACED = regex(r"\$\{([\w.-]+)\}")
_OPTION = regex(r"\$\((CONFIG_\w+)\)")
_SUFFIX = regex(r"^(?P<base>.*?)-(?P<when>y|m|objs|\$\(.*\))$")
_NO_MODULE = regex(r"\$\((?:subst m,y,\$\()?(CONFIG_\w+)(?:\)|:m=y)\)")
_IF_SET = regex(r"\$\((?:if \$\(CONFIG_\w+\),|and \$\(CONFIG_\w+\),\s*\$\(CONFIG_\w+\),\s*)y,?\)")
_FILTER = regex(r"\(\s*\$\(filter (?P<values>[ym][ ym]*),(?P<options>(?:\s*\$\(CONFIG_\w+\))+)\)\s*,\s*\)")
_COMPARED = regex(r"^\(\s*(.*?)\s*,\s*(.*?)\s*\)$|^[\"'](.*?)[\"']\s+[\"'](.*?)[\"']$")
_MOST_EXPANSION = 5
_MOST_WORDS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """`base-$(CONFIG_X) += words`: `condition` joins the conditionals around the line with what its suffix says.

    `module` is when the suffix is `m`: what a list `obj` then names becomes a module.
    """

    base: str
    words: tuple[str, ...]
    condition: Cond
    module: Cond = FALSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Makefile:
    """All assignments to list variables of one file, in order.

    `top`: it speaks for the whole tree. `everywhere`: it says the same on every architecture.
    """

    assignments: tuple[Assignment, ...]
    top: bool = False
    everywhere: bool = False


def parse_makefile(text: str, *, given: Mapping[str, str], read: Callable[[str], str | None],
                   top: bool = False) -> Makefile:
    """Return the assignments of a Makefile with those in `given` (SRCARCH ...) and its own simple ones filled in.

    `read` gives the text of a file that an `include` names (None: it does not exist). Raises BudgetError for more than
    2 MiB of text.
    """
    reader = _Reader(given, read)
    reader.text(text)
    return Makefile(assignments=tuple(reader.found), top=top)


class _Reader:
    def __init__(self, given: Mapping[str, str], read: Callable[[str], str | None]) -> None:
        self.given, self.read = given, read
        self.included: set[str] = set()
        self.bytes = 0
        self.values: dict[str, str] = dict(given)
        self.found: list[Assignment] = []
        # Each open conditional: (the condition of the arm that is open, that of all earlier arms).
        self.stack: list[tuple[Cond, Cond]] = []
        self.skipping = False
        self.in_rule = False  # a line that begins with a tab is a recipe's behind a rule, and any other line elsewhere
        self.words = 0
        self.plain: set[int] = set()  # of `found`, those that are assigned to a plain `base-y`

    def text(self, text: str) -> None:
        self.bytes += len(text)
        if self.bytes > _MOST_BYTES:
            raise BudgetError("Makefiles of more than 2 MiB")
        for line in re.sub(r"\\\r?\n", " ", text).split("\n"):
            self.line(line.rstrip("\r"))

    def include(self, path: str) -> None:
        path = normpath(self.expand(path))
        # The top Makefile includes the architecture's; that one is asked for by its own name.
        if path in self.included or "$" in path or path.startswith(("scripts/", "include/", "arch/", "/", "..")):
            return
        self.included.add(path)
        self.text(self.read(path) or "")

    def line(self, line: str) -> None:
        if self.in_rule and line.startswith("\t") and not line.strip().startswith(("if", "else", "endif")):
            return
        text = _BRACED.sub(r"$(\1)", line.split("#", 1)[0].strip())
        word = text.split(None, 1)[0] if text else ""
        if word in {"define", "endef"}:
            self.skipping = word == "define"
        elif self.skipping or not text:
            return
        elif word in {"ifdef", "ifndef", "ifeq", "ifneq"} or word.startswith(("ifeq(", "ifneq(")):
            self.stack.append((self.condition(text), FALSE))
        elif word == "else" and self.stack:
            arm, before = self.stack.pop()
            rest = text[4:].strip()
            before = Or(before, arm)
            self.stack.append((And(Not(before), self.condition(rest) if rest else TRUE), before))
        elif word == "endif" and self.stack:
            self.stack.pop()
        elif word == "include":
            for path in text.split()[1:]:
                self.include(path)
        else:
            self.assignment(text)

    def condition(self, text: str) -> Cond:
        found = re.match(r"(ifdef|ifndef|ifeq|ifneq)\s*(.*)$", text)
        if not found:
            return Var(f"make({text})")
        word, rest = found[1], found[2].strip()
        if word in {"ifdef", "ifndef"}:
            cond = Or(Var(rest), Var(f"{rest}_MODULE")) if rest.startswith("CONFIG_") else self.set_at_all(rest)
        else:
            cond = self.equality(rest)
        return Not(cond) if word in {"ifndef", "ifneq"} else cond

    def set_at_all(self, name: str) -> Cond:
        value = self.values.get(name)
        return Var(f"make({name})") if value is None else TRUE if value.strip() else FALSE

    def equality(self, text: str) -> Cond:
        filtered = _FILTER.fullmatch(text)
        if filtered:  # `ifneq ($(filter y m,$(CONFIG_A) $(CONFIG_B)),)`
            return Not(Or(*(Var(name if value == "y" else f"{name}_MODULE") for value in filtered["values"].split()
                            for name in _OPTION.findall(filtered["options"]))))
        found = _COMPARED.match(text)
        if not found:
            return Var(f"make({text})")
        left, right = (found[1], found[2]) if found[1] is not None else (found[3], found[4])
        left, right = self.expand(left), self.expand(right)
        if left.startswith(("$(filter ", "$(findstring ")):
            return Var(f"make({text})")
        if "$" in right and "$" not in left:
            left, right = right, left
        if "$" not in left and "$" not in right:
            return TRUE if left == right else FALSE
        if left in {"$(BITS)", "${BITS}"} and right in {"32", "64"}:
            return Var("CONFIG_64BIT") if right == "64" else Not(Var("CONFIG_64BIT"))
        options = _OPTION.findall(left)
        if not options or _OPTION.sub("", left).strip() or "$" in right:
            return Var(f"make({left} = {right})")
        return _spelled(options, right)

    def expand(self, text: str) -> str:
        for _ in range(_MOST_EXPANSION):
            new = _VARIABLE.sub(lambda hit: self.values.get(hit[1], hit[0]), text)
            if new == text or len(new) > _MOST_BYTES:
                break
            text = new
        return text

    def replaced(self, base: str, cond: Cond) -> None:
        """Take back what `base-y` held where it is given anew: `mmu-y := nommu.o`, `mmu-$(CONFIG_MMU) := memory.o`."""
        if cond == FALSE:
            return
        for number in sorted(self.plain):
            old = self.found[number]
            if old.base == base:
                self.found[number] = replace(old, condition=And(old.condition, Not(cond)))

    def assignment(self, text: str) -> None:
        found = _ASSIGNMENT.match(text)
        self.in_rule = not found and (":" in text or self.in_rule)
        if not found or self.words > _MOST_WORDS:
            return
        value = self.expand(found["value"])
        name = found["name"]
        words = _words(value)
        self.words += len(words)
        around = And(*(arm for arm, _ in self.stack))
        listed = _SUFFIX.match(self.expand(name))
        if listed:
            base = listed["base"].removesuffix("-objs")
            if found["how"] in {":=", "=", "::="} and f"({listed['base']}" not in found["value"]:
                self.replaced(base, And(around, _when_yes(listed["when"])))
            if listed["when"] == "y":
                self.plain.add(len(self.found))
            self.found.append(Assignment(base=base, words=words, condition=And(around, _when(listed["when"])),
                                         module=_when_module(listed["when"])))
        else:
            self.found.append(Assignment(base=name, words=words, condition=around))
            simple = found["how"] in {":=", "=", "::=", "?="} and len(words) <= 1 and "$" not in value
            if simple and around == TRUE and name not in self.given:
                self.values[name] = value.strip()


def _when_yes(suffix: str) -> Cond:
    """Return when the end of `mmu-$(CONFIG_X)` is `y`, FALSE where that cannot be said."""
    found = _OPTION.fullmatch(suffix)
    return TRUE if suffix == "y" else Var(found[1]) if found else FALSE


def _when_module(suffix: str) -> Cond:
    """Return when the end of `obj-$(CONFIG_X)` is `m`; `$(subst m,y,$(CONFIG_X))` never is."""
    if suffix in {"y", "objs"} or _NO_MODULE.fullmatch(suffix):
        return FALSE
    found = _OPTION.fullmatch(suffix)
    return TRUE if suffix == "m" else Var(f"{found[1]}_MODULE") if found else Var(f"make({suffix} = m)")


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a list; blanks inside `$(...)` do not part words."""
    out: list[str] = []
    depth, current = 0, ""
    for char in text:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char.isspace() and depth <= 0:
            if current:
                out.append(current.removesuffix("lib.a") if current.endswith("/lib.a") else current)
            current = ""
        else:
            current += char
    if current:
        out.append(current.removesuffix("lib.a") if current.endswith("/lib.a") else current)
    return tuple(out)


def _when(suffix: str) -> Cond:
    """Return the condition that the end of `obj-...` states: y and m always, `$(CONFIG_X)` when X is y or m."""
    if suffix in {"y", "m", "objs"}:
        return TRUE
    found = _OPTION.fullmatch(suffix) or _NO_MODULE.fullmatch(suffix)
    if found:
        return Or(Var(found[1]), Var(f"{found[1]}_MODULE"))
    found = _IF_SET.fullmatch(suffix)
    if found:
        return And(*(Or(Var(name), Var(f"{name}_MODULE")) for name in _OPTION.findall(suffix)))
    # `obj-$(CONFIG_X86_$(BITS))`: the width of a word, which no Makefile states as an option.
    found = re.fullmatch(r"\$\((CONFIG_\w*)\$\(BITS\)(\w*)\)", suffix)
    if found:
        return Or(*(Var(f"{found[1]}{bits}{found[2]}") for bits in ("32", "64")))
    return Var(f"make({suffix})")


def _spelled(options: list[str], text: str) -> Cond:
    """Return when the values of the options, written one after the other, spell `text`."""
    if not text:
        return And(*(Not(Or(Var(name), Var(f"{name}_MODULE"))) for name in options))
    if len(options) == 1:
        return {"y": Var(options[0]), "m": Var(f"{options[0]}_MODULE"), "n": FALSE}.get(
            text, Var(f"make($({options[0]}) = {text})"))
    if len(text) == len(options) and set(text) <= {"y", "m"}:
        return And(*(Var(name if value == "y" else f"{name}_MODULE")
                     for name, value in zip(options, text, strict=True)))
    if text in {"y", "m"}:  # one of them has that value, the others are not set
        arms = []
        for name in options:
            others = [Not(Or(Var(other), Var(f"{other}_MODULE"))) for other in options if other != name]
            arms.append(And(Var(name if text == "y" else f"{name}_MODULE"), *others))
        return Or(*arms)
    return Var(f"make({''.join(options)} = {text})")
