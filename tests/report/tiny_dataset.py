"""Writes a small, complete dataset by hand, so that the readers of a dataset are tested without a run.

Seven records: a story (STORY) with an abridged copy of it (COPY), another story that quotes it (QUOTER), one that a filter removed
(SHORT), a kill notice and the story that it killed (NOTICE, KILLED), and a file that could not be read (BROKEN).
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import __version__, provenance
from pipeline.config import Config, fingerprint, to_mapping
from pipeline.records import Edit
from pipeline.report.card import croissant, dataset_card
from pipeline.schema import TABLES, arrow_schema, schema_version

STORY, COPY, QUOTER, SHORT, NOTICE, KILLED, BROKEN = (
    "03" + "a" * 30, "5b" + "1" * 30, "7c" + "2" * 30, "9d" + "3" * 30, "bc" + "4" * 30, "bd" + "5" * 30, "ef" + "6" * 30,
)  # fmt: skip
RUN = {"run_id": "0123456789abcdef", "pipeline_version": __version__, "config_sha256": fingerprint(Config()), "rules_sha256": "7" * 64}

_LEAD = "The harbour at Nordvik will stay open this winter, the port office said on Monday."
_QUOTE = "“We have two icebreakers and we mean to use them,” said harbour master Liv Strand."
_DATELINE = "NORDVIK, Nov. 3 (ABC) -"
_CALL = "CLICK HERE FOR MORE FROM THE HARBOR POST"
_SOURCE = f"Play audio\n{_DATELINE} {_LEAD.replace('this winter', 'thiswinter')}\n\n\n{_QUOTE} .\n{_CALL}"


def write_dataset(folder: Path) -> dict[str, Any]:
    """Write the dataset and return its manifest."""
    rows, edits = _rows_and_edits()
    tables = {
        "documents/part-00000-000000000.parquet": [rows[STORY]],
        "documents/part-00001-000000000.parquet": [rows[QUOTER]],
        "duplicates/part-00000-000000000.parquet": [rows[COPY]],
        "removed/part-00000-000000000.parquet": [rows[SHORT], rows[NOTICE]],
        "removed/part-00001-000000000.parquet": [rows[KILLED]],
        "dead_letters/part-00001-000000000.parquet": [_dead_letter()],
        "edits/part-00000-000000000.parquet": edits,
        "relations/part-00000-000000000.parquet": _relations(),
        "passages/part-empty.parquet": [],
        "index/part-00000-000000000.parquet": [_sketch(STORY, "documents"), _sketch(COPY, "duplicates")],
    }
    files = [_write_part(folder, path, rows) for path, rows in sorted(tables.items())]
    manifest = make_manifest(files, edits)
    (folder / "README.md").write_text(dataset_card(manifest), encoding="utf-8")
    (folder / "croissant.json").write_text(json.dumps(croissant(manifest)), encoding="utf-8")
    manifest["files"] += [describe_file(folder, name) for name in ("README.md", "croissant.json")]
    (folder / "run_times.json").write_text('{"seconds": 1.0, "stages": {}, "workers": 1}')
    write_manifest(folder, manifest)
    return manifest


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write run.json."""
    (folder / "run.json").write_text(json.dumps(manifest, sort_keys=True), encoding="utf-8")


def rewrite_part(folder: Path, path: str, change: Any) -> None:
    """Pass a part's rows through `change(list) -> list` and set the manifest right, as a faulty run would have done."""
    rows = pq.ParquetFile(folder / path).read().to_pylist()
    entry = _write_part(folder, path, change(rows))
    manifest = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    manifest["files"] = [entry if old["path"] == path else old for old in manifest["files"]]
    write_manifest(folder, manifest)


def describe_file(folder: Path, path: str, rows: int | None = None) -> dict[str, Any]:
    """A file's entry in the manifest."""
    data = (folder / path).read_bytes()
    return {"path": path, "rows": rows, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def make_manifest(files: list[dict[str, Any]], edits: list[dict[str, Any]]) -> dict[str, Any]:
    """The manifest of the dataset."""
    count = {table: sum(entry["rows"] for entry in files if entry["path"].startswith(f"{table}/")) for table in TABLES}
    rules = sorted({edit["rule"] for edit in edits})
    return {
        "copydesk": {"version": __version__, "schema_versions": {table: schema_version(table) for table in TABLES}},
        "run_id": RUN["run_id"],
        "config": to_mapping(Config()),
        "config_sha256": RUN["config_sha256"],
        "rules_sha256": RUN["rules_sha256"],
        "input": {"files": 7, "bytes": 2_000, "records": 7},
        "books": {"records": 7, "balanced": True, "documents": 2, "duplicates": 1, "removed": 3, "dead_letters": 1},
        "counters": {
            "edits_by_rule": {rule: sum(edit["rule"] == rule for edit in edits) for rule in rules},
            "edits_by_kind": dict.fromkeys(sorted(edit["kind"] for edit in edits), 1),
            "removed_by_filter": {"word_count": 1, "kill_notice": 1, "killed": 1},
            "dead_letters_by_code": {"empty": 1},
            "relations": {"near_duplicate": 1, "shares_passage": 1},
            "languages": {"en": 4, "en-t-t0-und": 1},
            "mt_bands": {"none": 1, "likely": 1},
            "formats": {"text": 6},
            "clusters": 1,
            "largest_cluster": 2,
        },
        "tables": {table: {"schema_id": f"urn:copydesk:schema:{table}:1", "rows": count[table]} for table in TABLES},
        "files": files,
    }


def _rows_and_edits() -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    text, edits = _repair(_SOURCE)
    story = _row(STORY, "post/nordvik.txt", _SOURCE, text, edits)
    story |= {
        "title": "Nordvik harbour to stay open", "publisher": "The Harbor Post", "byline": ["Ana Ruiz"], "language": "en",
        "dateline": _DATELINE, "text_agency": ["ABC"], "encoding": "utf-8", "encoding_source": "utf-8",
        "cluster_id": STORY, "cluster_size": 2, "duplicate_weight": 0.5, "representative_reason": "longest",
        "flags": [{"kind": "fused_words", "start": 0, "end": 7, "fragment": text[:7], "certainty": "likely", "rule": "fused_words"}],
        "carried_by": [
            {"doc_id": STORY, "relation": "representative", "publisher": "The Harbor Post", "uri": "post/nordvik.txt"},
            {"doc_id": COPY, "relation": "near_duplicate", "publisher": "Coast Daily", "uri": "daily/7.txt"},
        ],
    }  # fmt: skip
    copy = _row(COPY, "daily/7.txt", _LEAD, _LEAD, [])
    copy |= {
        "title": "Port <b>open</b> & busy", "publisher": "Coast Daily", "cluster_id": STORY, "cluster_size": 2, "duplicate_weight": 0.5,
        "representative_reason": "longest", "representative_id": STORY, "relation": "near_duplicate", "jaccard": 0.5, "containment": 0.9,
        "containment_of_representative": 0.5,
    }  # fmt: skip
    quoter = _row(QUOTER, "coast/news.jsonl", f"Ferries face a hard winter. {_QUOTE}", f"Ferries face a hard winter. {_QUOTE}", [])
    quoter |= {
        "mt_score": 0.65, "mt_band": "likely", "quotes_verbatim": False, "language": "en-t-t0-und", "urgency": 4, "byte_offset": 812,
        "mt_evidence": [{"kind": "orphan_punctuation", "start": 0, "end": 7, "fragment": "Ferries", "weight": 0.35}],
        "cluster_id": QUOTER, "cluster_size": 1, "duplicate_weight": 1.0,
    }  # fmt: skip
    short = _row(SHORT, "post/alert.txt", "Alert", "Alert", [])
    short |= {"filter": "word_count", "reason": "1 word, at least 3 wanted", "measured": 1.0, "limit": 3.0}
    notice = _row(NOTICE, "wire/kill.txt", "KILL KILL KILL", "KILL KILL KILL", [])
    notice |= {"filter": "kill_notice", "reason": "a notice to editors, not a document"}
    killed = _row(KILLED, "wire/killed.txt", "The mayor has fled.", "The mayor has fled.", [])
    killed |= {"filter": "killed", "reason": "killed by its source", "removed_by": NOTICE}
    rows = {STORY: story, COPY: copy, QUOTER: quoter, SHORT: short, NOTICE: notice, KILLED: killed}
    return rows, [_edit_row(STORY, seq, edit) for seq, edit in enumerate(edits)]


def _repair(source: str) -> tuple[str, list[Edit]]:
    text, edits = source, []
    steps = [
        ("Play audio\n", "", "widget", "widgets", "a fixed label alone on its line"),
        (f"\n{_CALL}", "", "call_to_action", "calls_to_action", "an imperative formula"),
        ("thiswinter", "this winter", "fused_words", "fused_words", "both halves stand in the text"),
        (" .", "", "orphan_punctuation", "orphan_punctuation", "after a finished sentence"),
        ("\n\n\n", "\n\n", "blank_lines", "layout", ""),
    ]
    for before, after, kind, rule, evidence in steps:
        start = text.index(before)
        certainty = "likely" if kind == "fused_words" else "certain"
        edit = Edit(start, start + len(before), before, after, kind, rule, 1, certainty, evidence)
        edits += provenance.sequence(text, [edit])
        text = provenance.apply(text, [edit])
    return text, edits


def _row(doc_id: str, uri: str, source: str, text: str, edits: list[Edit]) -> dict[str, Any]:
    return {
        "doc_id": doc_id,
        "text": text,
        "mt_score": 0.0,
        "mt_band": "none",
        "n_paragraphs": text.count("\n\n") + 1,
        "n_edits": len(edits),
        "removed_chars": 0,
        "source_uri": uri,
        "raw_sha256": _sha256(source),
        "text_sha256": _sha256(text),
        "source_text_sha256": _sha256(source),
        "replaced_bytes": 0,
        "format": "text",
        "extractor": "plain/1",
        **RUN,
    }


def _edit_row(doc_id: str, seq: int, edit: Edit) -> dict[str, Any]:
    names = ("op", "start", "end", "before", "after", "kind", "rule", "rule_version", "certainty", "evidence")
    return {"doc_id": doc_id, "seq": seq} | {name: getattr(edit, name) for name in names}


def _dead_letter() -> dict[str, Any]:
    return {
        "doc_id": BROKEN, "source_uri": "wire/empty.txt", "step": "parse", "code": "empty",
        "message": "the file holds no text; any text would be accepted", "run_id": RUN["run_id"],
    }  # fmt: skip


def _relations() -> list[dict[str, Any]]:
    return [
        {"a": STORY, "b": COPY, "relation": "near_duplicate", "merges": True, "jaccard": 0.5, "containment_a": 0.5, "containment_b": 0.9},
        {"a": STORY, "b": QUOTER, "relation": "shares_passage", "merges": False, "jaccard": 0.04, "evidence": "one quotation"},
    ]


def _sketch(doc_id: str, table: str) -> dict[str, Any]:
    return {"doc_id": doc_id, "table": table, "text_key": b"k" * 16, "n_shingles": 9, "scheme": "demo", "signature": b"\0" * 12}


def _write_part(folder: Path, path: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    schema = arrow_schema(path.split("/")[0])
    known = set(schema.names)
    assert all(set(row) <= known for row in rows)
    with pq.ParquetWriter(folder / path, schema, compression="zstd") as writer:
        if rows:  # a row group without rows stops `datasets` from loading the file; a file without row groups does not
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    return describe_file(folder, path, len(rows))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
