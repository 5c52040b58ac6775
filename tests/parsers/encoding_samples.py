"""Invented text of many languages in the encodings that it was written in, from `tests/cases/encodings.json`."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CASES = Path(__file__).resolve().parents[1] / "cases" / "encodings.json"
_PLAIN = {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "ș": "ş", "ț": "ţ", "£": "L", "€": "E"}
_TONES = "\u0300\u0301\u0303\u0309\u0323"


class Sample(NamedTuple):
    """`text` in `encoding`; `size` is ``sentence``, ``paragraph`` or ``article``."""

    language: str
    encoding: str
    size: str
    text: str
    data: bytes


def samples() -> Iterator[Sample]:
    """Every language in each of its encodings in three sizes."""
    for case in json.loads(CASES.read_text(encoding="utf-8")):
        first, second = case["paragraphs"]
        sizes = {
            "sentence": first[: first.find(" ", 55)] if " " in first[55:] else first[:25],
            "paragraph": second,
            "article": "\n\n".join([first, second] * 3),
        }
        for encoding in case["encodings"]:
            for size, text in sizes.items():
                fitted = fit(text, encoding)
                if not fitted.isascii():
                    yield Sample(case["language"], encoding, size, fitted, fitted.encode(encoding))


def fit(text: str, encoding: str) -> str:
    """The text as someone wrote it who had only this encoding."""
    if encoding == "cp1258":
        text = "".join(_vietnamese(c) for c in text)
    return "".join(c if _encodes(c, encoding) else _PLAIN[c] for c in text)


def _vietnamese(character: str) -> str:
    # The encoding has letters with hats and hooks, and tones as marks of their own.
    parts = unicodedata.normalize("NFD", character)
    base = "".join(part for part in parts if part not in _TONES)
    return unicodedata.normalize("NFC", base) + "".join(part for part in parts if part in _TONES)


def _encodes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
