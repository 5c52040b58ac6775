"""What a file of `tests/golden` is read as, in the form in which its pair states it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import Member, parse, split_members
from pipeline.records import Metadata, Origin, ParsedDocument, RawDocument

SUFFIX = ".expected.json"


def raw_document(data: bytes, name: str = "file", kind: str = "file", **origin: Any) -> RawDocument:
    """A raw document as the reader makes it."""
    return RawDocument("0" * 32, 0, Origin(name, **origin), data, hashlib.sha256(data).hexdigest(), kind)


def read(data: bytes, name: str = "file", kind: str = "file", config: InputConfig | None = None, **origin: Any) -> ParsedDocument:
    """Parse bytes."""
    return parse(raw_document(data, name, kind, **origin), config or InputConfig())


def documents(folder: Path) -> list[Path]:
    """Input files of the golden pairs."""
    return sorted(p for p in folder.rglob("*.*") if p.is_file() and not p.name.endswith(SUFFIX))


def observe(path: Path) -> list[dict[str, Any]]:
    """All documents of a file as plain values: its members where it holds several."""
    data = path.read_bytes()
    members = split_members(data, path.name) or [Member("", data, None)]
    return [_observe_member(member, path.name) for member in members]


def _observe_member(member: Member, name: str) -> dict[str, Any]:
    seen: dict[str, Any] = {"member": member.member_id} if member.member_id else {}
    try:
        parsed = read(member.data, name, member=member.member_id or None, media_type=member.media_type)
    except DocumentError as error:
        return {**seen, "error": error.code}
    lines = parsed.source_text.split("\n") if parsed.source_text else []
    return {
        **seen,
        "format": parsed.format,
        "extractor": parsed.extractor.split(" with trafilatura")[0],
        "encoding": [parsed.encoding, parsed.encoding_source],
        "lines": lines,
        "marks": list(parsed.marks),
        "metadata": _stated(parsed.metadata),
    }


def _stated(metadata: Metadata) -> dict[str, Any]:
    values = dataclasses.asdict(metadata)
    values["extra"] = json.loads(metadata.extra) if metadata.extra else None
    values["metadata_sources"] = dict(metadata.metadata_sources) or None
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items() if v not in (None, ())}
