from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import desk

PACKAGE = Path(__file__).resolve().parents[1] / "pipeline"
MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_and_functions_keep_to_their_size(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= 400
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name} is too long"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_says_what_it_is(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    assert len(docstring) > 20


@pytest.mark.parametrize("folder", ["repairs", "furniture"])
def test_every_rule_file_is_registered(folder: str) -> None:
    """A file that defines NAME, VERSION and find is in the order of the desk; a forgotten registration would never run."""
    registered = {getattr(rule, "__name__", "") for rule in (*desk.RULES_BEFORE_LANGUAGE, *desk.RULES_AFTER_LANGUAGE)}
    for path in sorted((PACKAGE / folder).glob("*.py")):
        names = {
            target.id
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.Assign)
            for target in ast.walk(node)
            if isinstance(target, ast.Name)
        }
        if "NAME" in names:
            assert f"pipeline.{folder}.{path.stem}" in registered


def test_rule_names_are_unique_and_versions_count_from_one() -> None:
    rules = desk.list_rules()
    assert len({name for name, _, _ in rules}) == len(rules)
    assert all(version >= 1 and summary for _, version, summary in rules)


def test_the_package_imports_without_beam() -> None:
    code = "import sys, pipeline; sys.exit(any(name.startswith(('apache_beam', 'pyarrow', 'ftfy')) for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
