"""The changed functions of which the family's own definitions are made, beside what the cells say of them."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.changed_names import sightings_of
from reviewbot.findings.types import Cell
from reviewbot.patterns import regex
from reviewbot.review.beneath import changed_work
from reviewbot.review.reach import How

__all__ = ["own_definitions"]

_OPTION = regex(r"(?P<not>!)?CONFIG_(?P<name>\w+)(?<!_MODULE)")


def own_definitions(analysis: Analysis, position: int, cells: list[Cell]
                    ) -> Iterator[tuple[str, int, str, str, How, str]]:
    """Yield (file, line, what, name, how, for whom) for the changed functions of which the family's own definitions are
    made, where no changed cell tells; for whom are the options under which a new one is defined."""
    told = {(cell.function, cell.file) for cell in cells if cell.changed or cell.doubt}
    here = {(cell.function, cell.arch) for cell in cells if cell.changed and cell.call == cell.function}
    alike = {(cell.function, cell.file, cell.arch) for cell in cells if cell.call == cell.function
             and cell.seen == "same"}
    called = {symbol for cell in cells if cell.changed for symbol in (cell.before.symbol, cell.after.symbol)}
    for name, those in sorted(analysis.redefined.items()):
        for one in those if name in analysis.primitives else ():
            if one.position != position or not one.path or (name, one.path) in told or (name, one.arch) in here \
                    or (name, one.path, one.arch) in alike:
                continue
            line = _head(analysis.after(position), one.path, name)
            was = _head(analysis.before(position), one.path, name)
            if not line and not was and (name in called or _only_declared(analysis, position, one.path, name)):
                continue  # only declared there, and what its calls come to is said, or stays
            fresh = line and not was
            yield (one.path, line, f"{name}()" if fresh else f"what {name}() is or does", name,
                   "adds" if fresh else "changes", _for_whom(analysis, position, one.path, name) if fresh else "")
    for work in changed_work(analysis, position):
        if work.name not in analysis.primitives:
            known = analysis.family.names("core")
            of = f"{min(work.of, key=lambda name: (name not in known, name))}()" if work.of else "the family"
            how: How = "adds" if work.fresh else "changes"
            yield work.path, work.line, f"{work.name}(), which does work of {of}", work.name, how, ""


def _for_whom(analysis: Analysis, position: int, path: str, name: str) -> str:
    """Return the options under which a header defines the function, `DEMO=n`, empty where it asks anything else."""
    content = analysis.after(position).tree.read(path) or b""
    asked = {seen.condition for seen in sightings_of(path, content, name) if seen.kind in {"function", "inline"}}
    parts = [part for one in asked for part in (one.parts if one.op == "and" else (one,))] if len(asked) == 1 else []
    said = [_OPTION.fullmatch(str(part)) for part in parts]
    return ", ".join(f"{one['name']}={'n' if one['not'] else 'y'}" for one in said if one) if all(said) else ""


def _only_declared(analysis: Analysis, position: int, path: str, name: str) -> bool:
    """Return whether a file has nothing of the name but declarations, before and after, whatever the options are."""
    return all(seen.kind == "declaration" and not any(atom.startswith("CONFIG_") for atom in seen.condition.variables())
               for side in (analysis.before(position), analysis.after(position))
               for seen in sightings_of(path, side.tree.read(path) or b"", name))


def _head(side: Side, path: str, name: str) -> int:
    facts = side.facts.get(path)
    return next((f.span.line for f in facts.functions if f.name == name), 0) if facts else 0
