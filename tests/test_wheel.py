"""The built wheel carries the rules and templates, and runs from an empty folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from reviewbot.resources import data_folder

ROOT = Path(__file__).resolve().parent.parent


def test_a_checkout_finds_its_own_data() -> None:
    """In a checkout the rules and templates beside the package are used."""
    assert data_folder("rules") == ROOT / "rules"
    assert list(data_folder("templates").rglob("page.html"))


def test_a_dependency_is_locked_and_explained() -> None:
    """What pyproject.toml asks for has its version in requirements.lock and its row in docs/dependencies.md."""
    asked = [re.split(r"[^\w-]", one)[0].lower() for one in tomllib.loads(
        (ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    rows = [line for line in (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").splitlines()
            if line.startswith("| ")]
    assert [name for name in asked if f"\n{name}==" not in f"\n{lock}"] == [], "'make lock' pins them"
    assert [name for name in asked if not any(re.search(rf"\b{re.escape(name)}\b", row.split("|")[1]) for row in rows)
            ] == [], "no row in docs/dependencies.md"


@pytest.mark.wheel
def test_an_installed_wheel_reviews_the_example(tmp_path: Path) -> None:
    """A wheel in a fresh virtual environment reviews a series from an empty folder with its own rules."""
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
                    "--wheel-dir", str(tmp_path / "dist"), str(ROOT)], check=True, cwd=tmp_path)
    [wheel] = (tmp_path / "dist").glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
                    "-r", str(ROOT / "requirements.lock")], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                    str(wheel)], check=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    run = subprocess.run([str(python.parent / "reviewbot"), "review", str(ROOT / "examples" / "series.mbox"), "--tree",
                          str(ROOT / "examples" / "linux"), "--no-network", "--format", "json"],
                         check=True, cwd=empty, capture_output=True, text=True, env=environment)
    review = json.loads(run.stdout)
    assert review["findings"]
    question = "from reviewbot.resources import data_folder; print(data_folder('rules'))"
    where = subprocess.run([str(python), "-c", question],
                           check=True, cwd=empty, capture_output=True, text=True, env=environment)
    assert str(tmp_path / "venv") in where.stdout
    page = subprocess.run([str(python.parent / "reviewbot"), "review", str(ROOT / "examples" / "series.mbox"), "--tree",
                           str(ROOT / "examples" / "linux"), "--no-network", "--format", "html"],
                          check=True, cwd=empty, capture_output=True, text=True, env=environment)
    assert page.stdout.lower().startswith("<!doctype html>")
