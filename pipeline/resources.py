"""Finds `data/` and `schemas/`: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["code_sha256", "list_resources", "load_toml", "read_text", "rules_sha256"]

_PACKAGE = Path(__file__).resolve().parent


@cache
def _folder(kind: str) -> Path:
    for base in (_PACKAGE / "_resources", _PACKAGE.parent):
        if (base / kind).is_dir():
            return base / kind
    raise FileNotFoundError(f"the installation is incomplete: no folder {kind!r} beside or inside {_PACKAGE.name}/")


def list_resources(kind: str) -> list[str]:
    """Names of the files of a kind (``data`` or ``schemas``), sorted."""
    return sorted(path.name for path in _folder(kind).iterdir() if path.is_file())


def read_text(kind: str, name: str) -> str:
    """Text of one resource file.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return (_folder(kind) / name).read_text(encoding="utf-8")


@cache
def load_toml(name: str) -> dict[str, Any]:
    """A parsed file of `data/`. Cached; treat the result as read-only."""
    return tomllib.loads(read_text("data", name))


@cache
def rules_sha256() -> str:
    """SHA-256 over all reference data and all code of the desk: what decides how a text comes out."""
    digest = hashlib.sha256()
    for name in list_resources("data"):
        digest.update(f"data/{name}\n".encode() + read_text("data", name).encode())
    for folder in ("text", "parsers", "repairs", "furniture", "signals", "filters", "dedup", "repetition"):
        for path in sorted((_PACKAGE / folder).glob("*.py")):
            digest.update(f"{folder}/{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


@cache
def code_sha256() -> str:
    """SHA-256 over all code, schemas and reference data: what has to be the same for staged work to be used again."""
    digest = hashlib.sha256(rules_sha256().encode())
    for name in list_resources("schemas"):
        digest.update(f"schemas/{name}\n".encode() + read_text("schemas", name).encode())
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(f"{path.relative_to(_PACKAGE).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()
