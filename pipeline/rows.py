"""Records -> rows of the output tables, as plain dictionaries in the columns of `schemas/`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipeline.provenance import undo
from pipeline.records import DeadLetter, Decision, Edit, Evidence, Flag, JudgedDocument, Metadata, Origin, ParsedDocument, RepairedDocument
from pipeline.schema import arrow_schema
from pipeline.signals import mt
from pipeline.signals.paragraph_languages import measure_languages
from pipeline.text.times import parse_time

__all__ = [
    "STAGED_SCHEMA",
    "dead_letter_row",
    "decision_columns",
    "document_row",
    "edit_rows",
    "read_repaired",
    "to_batch",
]

_LISTS = tuple(
    name
    for name in (
        "byline",
        "contributors",
        "author_info",
        "captions",
        "rights_notices",
        "published_hints",
        "publisher_hints",
        "text_agency",
        "photo_agency",
        "cited_sources",
        "keywords",
        "editor_notes",
    )
)
_PLAIN = (
    "title",
    "language_confidence",
    "ai_reserved",
    "publisher",
    "syndicator",
    "dateline",
    "guid",
    "version",
    "version_marker",
    "pubstatus",
    "embargoed_until",
    "urgency",
    "slugline",
    "section",
    "creditline",
    "usage_terms",
    "copyright_holder",
    "canonical_url",
    "item_type",
    "extra",
)
_SPAN_STRUCT = pa.struct([("start", pa.int32()), ("end", pa.int32())])
_PARSED_FIELDS = (
    "doc_id",
    "ordinal",
    "raw_sha256",
    "format",
    "extractor",
    "encoding",
    "encoding_source",
    "encoding_confidence",
    "replaced_bytes",
)
_EDIT_STRUCT = pa.struct([field for field in arrow_schema("edits") if field.name != "doc_id"])


def _staged_schema() -> pa.Schema:
    # A staged row is a document, a removed document or a dead letter, so every column is nullable here.
    fields = {field.name: field.with_nullable(True) for field in arrow_schema("documents")}
    for table in ("removed", "dead_letters"):
        for field in arrow_schema(table):
            fields.setdefault(field.name, field.with_nullable(True))
    own = [
        pa.field("ordinal", pa.int64()),
        pa.field("staged_table", pa.string()),
        pa.field("edits", pa.list_(_EDIT_STRUCT)),
        pa.field("key_spans", pa.list_(_SPAN_STRUCT)),
    ]
    return pa.schema([*own, *fields.values()])


STAGED_SCHEMA = _staged_schema()
"""Columns of a staged shard: the union of what a record can become, its ordinal, the table it is meant for, its edits, and the
spans that are left out of the comparison."""


def document_row(judged: JudgedDocument) -> dict[str, Any]:
    """The staged row of a judged document."""
    repaired, parsed = judged.repaired, judged.repaired.parsed
    row: dict[str, Any] = {"ordinal": parsed.ordinal, "doc_id": parsed.doc_id, "text": repaired.text}
    row["staged_table"] = "removed" if judged.verdict else "documents"
    row |= _metadata_columns(repaired.metadata)
    row |= _evidence_columns(judged)
    row |= judged.signals
    row |= _provenance_columns(repaired)
    row["edits"] = edit_rows(repaired.edits)
    row["key_spans"] = [{"start": start, "end": end} for start, end in repaired.key_spans] or None
    if judged.verdict:
        verdict = judged.verdict
        row |= {"filter": verdict.filter, "reason": verdict.reason, "measured": verdict.measured, "limit": verdict.limit}
    return row


def dead_letter_row(letter: DeadLetter) -> dict[str, Any]:
    """The staged row of a record that could not be read."""
    return {
        "ordinal": letter.ordinal,
        "staged_table": "dead_letters",
        "doc_id": letter.doc_id,
        "source_uri": letter.origin.uri,
        "source_member": letter.origin.member,
        "byte_offset": letter.origin.locator,
        "byte_length": letter.origin.length,
        "raw_sha256": letter.raw_sha256,
        "step": letter.step,
        "code": letter.code,
        "message": _storable(letter.message),
        "excerpt": None if letter.excerpt is None else _storable(letter.excerpt),
    }


def edit_rows(edits: Sequence[Edit]) -> list[dict[str, Any]]:
    """Rows of the edits of one document, in their order."""
    return [
        {
            "seq": seq,
            "op": edit.op,
            "start": edit.start,
            "end": edit.end,
            "before": edit.before,
            "after": edit.after,
            "kind": edit.kind,
            "rule": edit.rule,
            "rule_version": edit.rule_version,
            "certainty": edit.certainty,
            "evidence": edit.evidence or None,
        }
        for seq, edit in enumerate(edits)
    ]


def read_repaired(row: Mapping[str, Any]) -> RepairedDocument:
    """The document behind a staged row, as far as its columns hold it: `document_row` gives the row again.

    Its language may carry the mark of machine translation.
    """
    edits = tuple(_read_edit(entry) for entry in row["edits"] or ())
    origin = Origin(
        row["source_uri"],
        member=row["source_member"],
        locator=row["byte_offset"],
        media_type=row["media_type"],
        retrieved_at=row["retrieved_at"],
    )
    copied = {name: row[name] for name in _PARSED_FIELDS}
    metadata = _read_metadata(row)
    parsed = ParsedDocument(**copied, origin=origin, raw_bytes=row["byte_length"], source_text=undo(row["text"], edits), metadata=metadata)
    return RepairedDocument(
        parsed,
        row["text"],
        metadata,
        edits,
        tuple(Flag(**flag) for flag in row["flags"] or ()),
        tuple(Evidence(**item) for item in row["mt_evidence"] or ()),
        tuple((span["start"], span["end"]) for span in row["key_spans"] or ()),
    )


def _read_edit(entry: Mapping[str, Any]) -> Edit:
    values = {name: entry[name] for name in Edit.__slots__}
    return Edit(**values | {"evidence": entry["evidence"] or ""})


def _read_metadata(row: Mapping[str, Any]) -> Metadata:
    values = {name: row[name] for name in (*_PLAIN, "language")} | {name: tuple(row[name] or ()) for name in _LISTS}
    values["published_at"] = row["published_raw"]
    values["modified_at"] = row["modified_at"].isoformat() if row["modified_at"] else None
    return Metadata(**values)


def decision_columns(decision: Decision | None, doc_id: str) -> dict[str, Any]:
    """What the near-duplicate phase adds to a row; a document without a decision is a cluster of its own."""
    if decision is None:
        return {"cluster_id": doc_id, "cluster_size": 1, "duplicate_weight": 1.0, "representative_reason": None, "carried_by": None}
    return {
        "cluster_id": decision.cluster_id,
        "cluster_size": decision.cluster_size,
        "duplicate_weight": 1.0 / max(1, decision.cluster_size),
        "representative_reason": decision.reason,
        "carried_by": [_slots(copy) for copy in decision.carried_by] or None,
    }


def to_batch(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.RecordBatch:
    """Rows as one Arrow batch; a key that a row lacks is null."""
    return pa.RecordBatch.from_arrays([pa.array([row.get(f.name) for row in rows], f.type) for f in schema], schema=schema)


def _metadata_columns(metadata: Metadata) -> dict[str, Any]:
    columns: dict[str, Any] = {name: _clean(getattr(metadata, name)) for name in _PLAIN}
    columns |= {name: [_storable(value) for value in getattr(metadata, name)] or None for name in _LISTS}
    columns["published_at"] = parse_time(metadata.published_at)
    columns["modified_at"] = parse_time(metadata.modified_at)
    columns["published_raw"] = _clean(metadata.published_at)
    columns["metadata_sources"] = [{"field": field, "source": source} for field, source in metadata.metadata_sources] or None
    return columns


def _evidence_columns(judged: JudgedDocument) -> dict[str, Any]:
    repaired = judged.repaired
    return {
        "language": mt.language_tag(repaired.metadata.language, judged.mt_band),
        "paragraph_languages": [part._asdict() for part in measure_languages(repaired.text, repaired.metadata.language)] or None,
        "flags": [{**_slots(flag), "fragment": _storable(flag.fragment)} for flag in repaired.flags] or None,
        "mt_score": judged.mt_score,
        "mt_band": judged.mt_band,
        "mt_evidence": [{**_slots(item), "fragment": _storable(item.fragment)} for item in repaired.mt_evidence] or None,
        "quotes_verbatim": mt.quotes_verbatim(judged.mt_band),
    }


def _provenance_columns(repaired: RepairedDocument) -> dict[str, Any]:
    parsed = repaired.parsed
    taken_out = sum(len(e.before) - e.before.count(" ") - len(e.after) + e.after.count(" ") for e in repaired.edits)
    return {
        "n_edits": len(repaired.edits),
        "removed_chars": max(0, taken_out),
        "source_uri": parsed.origin.uri,
        "source_member": parsed.origin.member,
        "byte_offset": parsed.origin.locator,
        "byte_length": parsed.raw_bytes,
        "retrieved_at": parsed.origin.retrieved_at,
        "media_type": parsed.origin.media_type,
        "raw_sha256": parsed.raw_sha256,
        "text_sha256": hashlib.sha256(repaired.text.encode()).hexdigest(),
        "source_text_sha256": hashlib.sha256(parsed.source_text.encode()).hexdigest(),
        "encoding": parsed.encoding,
        "encoding_source": parsed.encoding_source,
        "encoding_confidence": parsed.encoding_confidence,
        "replaced_bytes": parsed.replaced_bytes,
        "format": parsed.format,
        "extractor": parsed.extractor,
    }


def _clean(value: Any) -> Any:
    # Unknown is null, never an empty string.
    return (_storable(value) or None) if isinstance(value, str) else value


_SURROGATES = re.compile("[\ud800-\udfff]")


def _storable(text: str) -> str:
    return _SURROGATES.sub("\ufffd", text) if not text.isascii() else text


def _slots(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}
