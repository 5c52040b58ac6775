import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("gzip", "zstd", "bzip2", "xz")
# Which argument is the code.
PLACES = {"DocumentError": 0, "Lost": 1, "_lost": 1}


def codes_of(node: ast.expr) -> set[str]:
    """Codes that an expression can give; a variable gives none here, since it was made somewhere else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return {f"{node.values[0].value}{kind}" for kind in KINDS}
    if isinstance(node, ast.IfExp):
        return codes_of(node.body) | codes_of(node.orelse)
    return set()


def codes_in_the_code() -> set[str]:
    found: set[str] = set()
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PLACES:
                place = PLACES[node.func.id]
                found |= codes_of(node.args[place]) if len(node.args) > place else set()
    return found


def codes_in_the_docs() -> set[str]:
    text = (ROOT / "docs" / "dead-letters.md").read_text(encoding="utf-8")
    return {code for line in text.splitlines() if line.startswith("| `") for code in re.findall(r"`(\w+)`", line.split("|")[1])}


def test_every_code_is_explained_and_none_is_invented() -> None:
    found = codes_in_the_code()
    assert {"truncated_gzip", "file_changed", "unreadable_file", "bad_json"} <= found
    assert found == codes_in_the_docs()
