"""What a dataset says about itself to other tools: the card (README.md) and the Croissant metadata (croissant.json).

Both are made from the manifest alone and hold no clock time, so that the same run gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipeline.report.dataset import list_parts
from pipeline.schema import TABLES, arrow_schema, json_schema

__all__ = ["croissant", "dataset_card"]

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"))


def dataset_card(manifest: Mapping[str, Any]) -> str:
    """README.md of a dataset: YAML front matter whose `configs` make `documents` the default, then a page for people.

    A table without rows is left out of `configs`, since `datasets` refuses to load it in any case, and less clearly.
    """
    books, counters = manifest["books"], manifest["counters"]
    configs = []
    for table in ("documents", *(name for name in _tables(manifest) if name != "documents" and manifest["tables"][name]["rows"])):
        configs += [f"- config_name: {table}", f"  data_files: {table}/*.parquet"]
        configs += ["  default: true"] if table == "documents" else []
    languages = sorted({tag for name in counters.get("languages", {}) if (tag := _primary(name))})
    front = [
        "---",
        "pretty_name: News corpus cleaned by copydesk",
        *(["language:", *(f"- {tag!r}" if tag == "no" else f"- {tag}" for tag in languages)] if languages else []),
        "tags:\n- news\n- copydesk",
        f"size_categories:\n- {_size(books['documents'])}",
        "configs:",
        *configs,
        "---",
    ]
    return "\n".join([*front, "", *_card_body(manifest), ""])


def croissant(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Croissant 1.0 metadata: every Parquet part with its sha256, and a record set with described fields for each table.

    The file sets name no container, since the files lie in the folder of croissant.json itself.
    Licence, creator and date of publication are the owner's to add: nothing in a run knows them.
    """
    files = {str(entry["path"]): entry for entry in manifest["files"]}
    distribution: list[dict[str, Any]] = []
    record_sets = []
    for table in _tables(manifest):
        parts = list_parts(manifest, table)
        distribution += [
            {
                "@type": "cr:FileObject",
                "@id": part,
                "name": part,
                "contentUrl": part,
                "contentSize": f"{files[part]['bytes']} B",
                "encodingFormat": "application/x-parquet",
                "sha256": files[part]["sha256"],
            }
            for part in parts
        ]
        distribution.append(
            {
                "@type": "cr:FileSet",
                "@id": f"{table}-parts",
                "name": f"{table}-parts",
                "encodingFormat": "application/x-parquet",
                "includes": f"{table}/*.parquet",
            }
        )
        record_sets.append(_record_set(table))
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "dct:conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "copydesk-corpus",
        "description": "News documents, cleaned and de-duplicated by copydesk, with every edit, removed document and copy on record.",
        "identifier": str(manifest["run_id"]),
        "version": str(manifest["copydesk"]["version"]),
        "distribution": distribution,
        "recordSet": record_sets,
    }


def _tables(manifest: Mapping[str, Any]) -> list[str]:
    return [table for table in TABLES if list_parts(manifest, table)]


def _primary(language: str) -> str | None:
    tag = language.split("-")[0].lower()
    return tag if re.fullmatch(r"[a-z]{2,3}", tag) and tag != "und" else None


def _size(documents: int) -> str:
    return next((name for limit, name in _SIZES if documents < limit), "n>10M")


def _say_what_is_empty(rows: Mapping[str, Any]) -> list[str]:
    empty = [f"`{table}`" for table in TABLES if table in rows and not rows[table]["rows"]]
    if not empty:
        return []
    words = f"{', '.join(empty)} {'has' if len(empty) == 1 else 'have'} no rows"
    return ["", f"`datasets` loads no table without rows, so it does not know these here: {words}. All others read them."]


def _card_body(manifest: Mapping[str, Any]) -> list[str]:
    books, rows = manifest["books"], manifest["tables"]
    lines = ["# News corpus cleaned by copydesk", ""]
    lines += [
        f"{books['records']:,} documents in, {books['documents']:,} clean documents out: one representative of each cluster of copies.",
        "Every input record is in exactly one of the tables `documents`, `duplicates`, `removed` and `dead_letters`.",
        "",
        "| table | rows | what it holds |",
        "|---|---:|---|",
    ]
    for table in TABLES:
        if table in rows:
            lines.append(f"| `{table}` | {rows[table]['rows']:,} | {_describe(table)} |")
    lines += [
        "",
        "## Load it",
        "",
        "```python",
        'import datasets, pandas, polars, duckdb  # any one of them; "path/to/this/folder" is the folder of this file',
        "",
        'documents = datasets.load_dataset("path/to/this/folder", split="train")',
        'edits = datasets.load_dataset("path/to/this/folder", "edits", split="train")',
        'documents = pandas.read_parquet("path/to/this/folder/documents")',
        'documents = polars.scan_parquet("path/to/this/folder/documents/*.parquet")',
        "documents = duckdb.sql(\"select * from 'path/to/this/folder/documents/*.parquet'\")",
        "```",
        *_say_what_is_empty(rows),
        "",
        "## Read it with care",
        "",
        "- Unknown is null, never false and never an empty string.",
        "- `mt_score` is evidence of machine translation. A low score never means that a human wrote the text.",
        "- From `mt_band` `likely` on, `quotes_verbatim` is false: quotations may not be attributed word for word.",
        "- `ai_reserved` is true where the document or its delivery reserves text and data mining; null means that nothing was said.",
        "- The licence of the texts is that of their sources. copydesk neither knows nor changes it.",
        "",
        "## Where each text came from",
        "",
        "Each row names its source file, place and hashes. The table `edits` holds every change: undoing the edits of a document in",
        "falling order of `seq` gives the source text back, whose hash is in `source_text_sha256`.",
        "",
        "```sh",
        "copydesk explain path/to/this/folder DOC_ID   # a document's whole story",
        "copydesk verify path/to/this/folder           # hashes, schemas, books, undo of every edit",
        "```",
        "",
        f"Made by copydesk {manifest['copydesk']['version']}, run `{manifest['run_id']}`, configuration `{manifest['config_sha256']}`,",
        f"rules `{manifest['rules_sha256']}`. `run.json` has the books, the counters and the hash of every file.",
    ]
    return lines


def _describe(table: str) -> str:
    return str(json_schema(table)["description"])


def _record_set(table: str) -> dict[str, Any]:
    fields = [_field(table, f"{table}/{field.name}", field, [field.name]) for field in arrow_schema(table)]
    return {"@type": "cr:RecordSet", "@id": table, "name": table, "description": _describe(table), "field": fields}


def _field(table: str, name: str, field: pa.Field, path: list[str]) -> dict[str, Any]:
    described: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": name}
    if field.metadata and b"description" in field.metadata:
        described["description"] = field.metadata[b"description"].decode()
    kind = field.type
    if pa.types.is_list(kind):
        described["repeated"] = True
        kind = kind.value_type
    if pa.types.is_struct(kind):
        described["subField"] = [_field(table, f"{name}/{child.name}", child, [*path, child.name]) for child in kind]
    else:
        described["dataType"] = _data_type(kind)
    source: dict[str, Any] = {"fileSet": {"@id": f"{table}-parts"}, "extract": {"column": path[0]}}
    if len(path) > 1:
        source["transform"] = {"jsonPath": ".".join(path[1:])}
    described["source"] = source
    return described


def _data_type(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    if pa.types.is_floating(kind):
        return "sc:Float"
    if pa.types.is_timestamp(kind):
        return "sc:DateTime"
    return "sc:Text"


_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that the Croissant 1.0 specification prescribes; without it the names below mean nothing to a reader."""
