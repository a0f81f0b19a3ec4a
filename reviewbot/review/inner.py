"""Names that mean something in a helper alone: a condition on one of them is told with the helper that has it."""

from __future__ import annotations

from reviewbot.checks.arguments import parameter_names
from reviewbot.logic import Cond, Var
from reviewbot.patterns import regex
from reviewbot.review.conditions import local_names
from reviewbot.review.matching import Item, Place, lines_of

__all__ = ["with_helpers"]

_VARIABLE = regex(r"(?<![\w.>])[A-Za-z_]\w*")


def with_helpers(item: Item, condition: Cond) -> Cond:
    """Return the condition with each test of a helper's own variable under the helper's name: `next (in pick_one())`.

    What the helper is given stands in it in the words of its caller already, and needs no name.
    """
    own = _own_of_helpers(item)
    if not own:
        return condition
    given = {word for argument in item.call.arguments for word in _VARIABLE.findall(argument)}
    tested = {atom for guard in item.call.guards for atom in guard.condition.variables()}

    def named(atom: str) -> Cond | None:
        words = set(_VARIABLE.findall(atom)) - given
        those = [helper for helper, names in own.items() if words & names]
        if not those or atom in tested or " (in " in atom:
            return None
        return Var(f"{atom} (in {those[0]}())" if len(those) == 1 else f"{atom} (in a helper)")

    return condition.replace(named)


def _own_of_helpers(item: Item) -> dict[str, frozenset[str]]:
    """Return the parameters and local variables of the helpers behind the call, by the helper's name; the variables of
    one that another helper calls have its name already."""
    found: dict[str, frozenset[str]] = {}
    side = item.place.side
    for leaf in item.leaves:
        for number, (name, path) in enumerate(zip(leaf.via, leaf.files, strict=False)):
            wrapper = side.wrapper(name, path)
            if wrapper is not None and name not in found:
                place = Place(side=side, path=wrapper.file, function=wrapper.function)
                local = local_names(lines_of(place)[1:]) if number == 0 else frozenset()
                found[name] = local | frozenset(parameter_names(wrapper.function))
    return found
