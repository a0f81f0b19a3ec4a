"""The rooms of the house import in one direction only."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "reviewbot"
ORDER = ["values", "errors", "budget", "exports", "text", "logic", "resources", "patterns", "mail", "series", "source",
         "cfacts", "kconfig", "arch", "contracts", "findings", "checks", "review", "report", "cli"]
FOUNDATION = {"values", "errors", "budget", "exports", "text", "logic", "resources", "patterns"}
SURROUNDINGS = {("os", "getcwd"), ("Path", "cwd"), ("datetime", "now"), ("time", "time"), ("os", "getenv")}
OUTERMOST = {"__init__", "__main__"}


@cache
def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Return the nodes of a module that these tests ask for; the first is the module itself."""
    kinds = ast.Module | ast.Import | ast.ImportFrom | ast.Call | ast.Attribute
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)]


def imported_rooms(path: Path) -> set[str]:
    rooms: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module or ""]
            if node.module == "reviewbot":
                names = [f"reviewbot.{alias.name}" for alias in node.names]
        else:
            continue
        rooms.update(name.split(".")[1] for name in names if name.startswith("reviewbot."))
    return {room for room in rooms if room in ORDER}


def test_imports_point_left() -> None:
    """A module imports only from its own room and the rooms to its left."""
    wrong = []
    for path in modules():
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room in OUTERMOST:
            continue
        assert room in ORDER, f"{path}: a room that the map does not know"
        wrong += [f"{path.relative_to(PACKAGE)} imports {other}" for other in sorted(imported_rooms(path))
                  if ORDER.index(other) > ORDER.index(room) and not {other, room} <= FOUNDATION]
    assert wrong == []


def test_exported_names_are_sorted_and_exist() -> None:
    """Every `__all__` is sorted as ruff sorts it and names only what the module defines or imports."""
    for path in modules():
        tree = nodes(path)[0]
        assert isinstance(tree, ast.Module)
        defined: set[str] = set()
        exported: list[str] = []
        late = [inner for node in tree.body if isinstance(node, ast.If) for inner in node.body]  # loaded on demand
        for node in [*tree.body, *late]:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                defined.add(node.name)
            elif isinstance(node, ast.ImportFrom | ast.Import):
                defined.update(alias.asname or alias.name for alias in node.names)
            elif isinstance(node, ast.Assign):
                names = [name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
                defined.update(names)
                if names == ["__all__"]:
                    exported = ast.literal_eval(node.value)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                defined.add(node.target.id)
        assert set(exported) <= defined, path


def test_nothing_below_the_report_prints_or_looks_around() -> None:
    """No print, logging, clock, working folder or environment below `report` and `cli`."""
    allowed = {"report", "cli"}
    wrong = []
    for path in modules():
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room in allowed or room in OUTERMOST:
            continue
        for node in nodes(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "input"}:
                wrong.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {node.func.id}()")
            if isinstance(node, ast.Import) and any(alias.name in {"logging"} for alias in node.names):
                wrong.append(f"{path.relative_to(PACKAGE)}:{node.lineno} logging")
            if (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
                    and (node.value.id, node.attr) in SURROUNDINGS):
                wrong.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {node.value.id}.{node.attr}")
    assert wrong == []


def test_only_the_index_searches_the_tree() -> None:
    """From C facts to the review no room lists a tree's files or starts a program: it asks the tree for words."""
    walking = {"list_files", "walk", "scandir", "rglob", "Popen", "which"}
    wrong = []
    for room in ORDER[ORDER.index("source") + 1:ORDER.index("report")]:
        for path in (path for path in modules() if path.relative_to(PACKAGE).parts[0] == room):
            imported = {name for node in nodes(path) for name in (
                [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) else [])}
            wrong += [f"{path.relative_to(PACKAGE)} imports {name}" for name in sorted(imported)
                      if name.split(".")[0] == "subprocess" or name == "reviewbot.source.words"]
            wrong += [f"{path.relative_to(PACKAGE)}:{node.lineno} calls {node.func.attr}" for node in nodes(path)
                      if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                      and node.func.attr in walking
                      and isinstance(node.func.value, ast.Name | ast.Attribute)
                      and (node.func.attr not in {"walk", "scandir", "which"}
                           or getattr(node.func.value, "id", "") in {"os", "shutil"})]
    assert not wrong


def test_every_module_is_used() -> None:
    """A module that nothing names is a form, a kind or a command that somebody forgot to register."""
    paths = [path for path in modules() if path.stem not in OUTERMOST]
    made = PACKAGE.parent / "tests" / "cli" / "update_man.py"  # it alone makes man pages
    named = {path: set(re.findall(r"[.\"](\w+)", path.read_text())) for path in (*modules(), made)}
    by = Counter(name for names in named.values() for name in names)
    unused = [str(path.relative_to(PACKAGE)) for path in paths if by[path.stem] == (path.stem in named[path])]
    assert unused == [], "nothing names these modules: a list of theirs lacks them"
