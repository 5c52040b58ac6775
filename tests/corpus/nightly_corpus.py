"""A generated corpus in nightly batches: stories with copies, versions, kills and texts that come again, dealt over nights."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

WORDS = [
    f"{a}{b}{c}"
    for a in ("har", "mor", "lin", "tes", "vol", "kan", "bir", "sud")
    for b in ("ba", "de", "ko", "mi")
    for c in ("n", "rs", "tle", "ld")
]


def sentence(rng: random.Random, words: int = 12) -> str:
    picked = [rng.choice(WORDS) for _ in range(words)]
    return f"{picked[0].capitalize()} {' '.join(picked[1:])}."


def story(rng: random.Random, sentences: int = 12) -> list[str]:
    return [sentence(rng) for _ in range(sentences)]


def change(rng: random.Random, text: list[str]) -> list[str]:
    """A copy as an outlet makes it: as it is, cut at the end, with a lead of its own, with some sentences changed."""
    kind = rng.choice(("exact", "exact", "cut", "lead", "edit", "long"))
    if kind == "cut":
        return text[: max(4, len(text) * 2 // 3)]
    if kind == "lead":
        return [sentence(rng), *text[1:]]
    if kind == "edit":
        return [sentence(rng) if rng.random() < 0.15 else line for line in text]
    if kind == "long":
        return [*text, *story(rng, 4)]
    return text


def generate(seed: int, nights: int, documents: int) -> list[list[dict[str, Any]]]:
    """Rows for each night."""
    rng = random.Random(seed)
    stories: list[list[str]] = []
    batches = []
    for night in range(nights):
        rows = []
        for number in range(documents):
            if stories and rng.random() < 0.55:
                text = change(rng, rng.choice(stories))
                if rng.random() < 0.3:
                    stories.append(text)  # copies of copies make chains
            else:
                text = story(rng, rng.randint(6, 16))
                stories.append(text)
            row: dict[str, Any] = {
                "text": " ".join(text),
                "publisher": f"outlet-{rng.randrange(6)}",
                "published_at": f"2026-03-{night % 27 + 1:02d}T{rng.randrange(24):02d}:00:00Z",
                "url": f"https://news.example/{night}/{number}",
            }
            rows.append(row)
        batches.append(rows)
    return batches


def generate_wire(seed: int, nights: int, items: int) -> list[list[dict[str, Any]]]:
    """ninjs items for each night: stories, newer versions of earlier ones, and cancellations."""
    rng = random.Random(seed + 1000)
    known: dict[str, tuple[int, list[str]]] = {}
    batches = []
    for night in range(nights):
        rows = []
        for number in range(items):
            kind = rng.random()
            uri = f"urn:newsml:wire.example:202603:{night}-{number}"
            version, text, status = 1, story(rng, 9), "usable"
            if known and kind < 0.5:
                uri = rng.choice(sorted(known))
                version, text = known[uri][0] + 1, change(rng, known[uri][1])
                status = "canceled" if kind < 0.15 else "usable"
            known[uri] = version, text
            body = "This item is canceled." if status == "canceled" else " ".join(text)
            rows.append(
                {
                    "uri": uri,
                    "type": "text",
                    "version": str(version),
                    "pubstatus": status,
                    "versioncreated": f"2026-03-{night % 27 + 1:02d}T{number % 24:02d}:30:00Z",
                    "headline": " ".join(text)[:40],
                    "provider": "Example Wire",
                    "body_text": body,
                }
            )
        batches.append(rows)
    return batches


def write(batches: list[list[dict[str, Any]]], folder: Path, wire: list[list[dict[str, Any]]] | None = None) -> list[list[Path]]:
    """Files of each night: one of JSON lines, and one for each wire item."""
    folder.mkdir(parents=True, exist_ok=True)
    nights = []
    for number, rows in enumerate(batches):
        paths = [folder / f"night-{number:02d}.jsonl"]
        paths[0].write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        for place, item in enumerate(wire[number] if wire else ()):
            paths.append(folder / f"wire-{number:02d}-{place:02d}.json")
            paths[-1].write_text(json.dumps(item), encoding="utf-8")
        nights.append(paths)
    return nights
